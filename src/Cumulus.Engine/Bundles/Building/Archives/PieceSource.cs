using System.Collections.Concurrent;

namespace Cumulus.Engine.Bundles;

/// <summary>Where the compressor looks before it compresses: the archive that is being written, then the cache.</summary>
internal sealed class PieceSource(ArchiveFile archive, PieceCache? cache)
{
    private readonly ConcurrentDictionary<Digest256, WrittenPiece> _written = [];

    /// <summary>Appends the piece's compressed bytes to the output, if there are such; from any thread.</summary>
    /// <returns>Null: it has to be compressed.</returns>
    public TakenPiece? Take(Digest256 key, MemoryStream output)
    {
        int start = (int)output.Length;
        if (_written.TryGetValue(key, out WrittenPiece there) && archive.TryRead(there.Offset, Room(output, there.Length))) return new TakenPiece(there.Length, there.Crc);
        output.SetLength(start);
        if (cache?.Find(key, out PiecePack? pack) is { } piece && pack!.TryRead(piece, Room(output, piece.Length))) return new TakenPiece(piece.Length, piece.Crc);
        output.SetLength(start);
        return null;
    }

    /// <summary>Remembers a piece that stands in the archive now; from one thread.</summary>
    public void Keep(Digest256 key, uint crc, long offset, ReadOnlySpan<byte> compressed, bool isNew)
    {
        _written.TryAdd(key, new WrittenPiece(offset, compressed.Length, crc));
        if (isNew) cache?.Add(key, crc, compressed);
    }

    private static Span<byte> Room(MemoryStream output, int length)
    {
        int start = (int)output.Length;
        output.SetLength(start + length);
        output.Position = start + length;
        return output.GetBuffer().AsSpan(start, length);
    }

    private readonly record struct WrittenPiece(long Offset, int Length, uint Crc);
}

/// <summary>A piece that needs not be compressed again.</summary>
/// <param name="Length">Bytes; 0: the content does not shrink and is stored as it is.</param>
/// <param name="Crc">Checksum of a whole file's content.</param>
internal readonly record struct TakenPiece(int Length, uint Crc);
