using System.Collections.Concurrent;

namespace Cumulus.Engine.Bundles;

/// <summary>Where the compressor looks before it compresses: the archive that is being written, then the cache.</summary>
internal sealed class PieceSource(ArchiveFile archive, PieceCache? cache)
{
    private readonly ConcurrentDictionary<Digest256, PackedPiece> _written = [];

    /// <summary>Appends the piece's compressed bytes to the output, if there are such; from any thread.</summary>
    /// <returns>Null: it has to be compressed.</returns>
    public PackedPiece? Take(Digest256 key, MemoryStream output)
    {
        if (_written.TryGetValue(key, out PackedPiece there) && TakeBytes(there, output, archive.TryRead)) return there;
        if (cache?.Find(key, out PiecePack? pack) is not { } piece) return null;
        return TakeBytes(piece, output, (_, bytes) => pack!.TryRead(piece, bytes)) ? piece : null;
    }

    /// <summary>Remembers a piece that stands in the archive now; from one thread.</summary>
    public void Keep(Digest256 key, uint crc, long offset, ReadOnlySpan<byte> compressed, bool isNew)
    {
        _written.TryAdd(key, new PackedPiece(key, offset, compressed.Length, crc, 0));
        if (isNew) cache?.Add(key, crc, compressed);
    }

    private static bool TakeBytes(PackedPiece piece, MemoryStream output, ReadBytes read)
    {
        int start = (int)output.Length;
        output.SetLength(start + piece.Length);
        output.Position = output.Length;
        if (read(piece.Offset, output.GetBuffer().AsSpan(start, piece.Length))) return true;
        output.SetLength(start);
        return false;
    }

    private delegate bool ReadBytes(long offset, Span<byte> destination);
}
