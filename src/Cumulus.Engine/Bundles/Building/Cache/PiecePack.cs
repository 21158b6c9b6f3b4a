using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>A compressed piece and where it lies in its pack.</summary>
/// <param name="Length">Bytes; 0: the content does not shrink and is stored as it is.</param>
/// <param name="Crc">Checksum of the content.</param>
/// <param name="Check">Checksum of the compressed bytes: a cache on a bad disk must not end in an archive.</param>
internal readonly record struct PackedPiece(Digest256 Key, long Offset, int Length, uint Crc, uint Check);

/// <summary>
/// One file of the cache: pieces, then an index sorted by key, then a footer. It is written once and renamed into place, so
/// what is there is whole; it may be deleted at any time.
/// </summary>
internal sealed class PiecePack : IDisposable
{
    public const string Ending = ".pack";

    private const ulong Magic = 0x314B434150_4D5543;
    private const int RecordLength = Digest256.Length + 8 + 4 + 4 + 4;
    private const int FooterLength = 8 + 8 + 4 + 4;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _index;

    private PiecePack(string path, SafeFileHandle handle, byte[] index)
    {
        Path = path;
        _handle = handle;
        _index = index;
    }

    public string Path { get; }

    /// <summary>Whether something was taken from it.</summary>
    public bool IsUsed { get; private set; }

    public long Size => RandomAccess.GetLength(_handle);

    public IEnumerable<PackedPiece> Pieces
    {
        get
        {
            for (int i = 0; i < _index.Length / RecordLength; i++) yield return Record(i);
        }
    }

    /// <summary>Null when the file is not a whole pack.</summary>
    public static PiecePack? Open(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            Span<byte> footer = stackalloc byte[FooterLength];
            long length = RandomAccess.GetLength(handle);
            if (length >= FooterLength && TryRead(handle, length - FooterLength, footer)
                && BinaryPrimitives.ReadUInt64LittleEndian(footer[16..]) == Magic)
            {
                long start = BinaryPrimitives.ReadInt64LittleEndian(footer);
                long bytes = BinaryPrimitives.ReadInt32LittleEndian(footer[8..]) * (long)RecordLength;
                if (start >= 0 && bytes >= 0 && start + bytes == length - FooterLength)
                {
                    byte[] index = new byte[bytes];
                    if (TryRead(handle, start, index) && Crc32.Of(index) == BinaryPrimitives.ReadUInt32LittleEndian(footer[12..]))
                        return new PiecePack(path, handle, index);
                }
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        handle.Dispose();
        return null;
    }

    public PackedPiece? Find(Digest256 key)
    {
        Span<byte> wanted = stackalloc byte[Digest256.Length];
        key.CopyTo(wanted);
        int low = 0;
        for (int high = (_index.Length / RecordLength) - 1; low <= high;)
        {
            int middle = (low + high) / 2;
            int order = _index.AsSpan(middle * RecordLength, Digest256.Length).SequenceCompareTo(wanted);
            if (order == 0) return Record(middle);
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return null;
    }

    /// <summary>False when the bytes are not those that were put in.</summary>
    public bool TryRead(in PackedPiece piece, Span<byte> destination)
    {
        IsUsed = true;
        return TryRead(_handle, piece.Offset, destination) && Crc32.Of(destination) == piece.Check;
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>Adds index and footer to pieces that have been written.</summary>
    /// <param name="pieces">Sorted on the way.</param>
    public static void Finish(Stream pack, List<PackedPiece> pieces)
    {
        long start = pack.Position;
        pieces.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        var crc = new Crc32();
        Span<byte> record = stackalloc byte[RecordLength];
        foreach (PackedPiece piece in pieces)
        {
            piece.Key.CopyTo(record);
            BinaryPrimitives.WriteInt64LittleEndian(record[32..], piece.Offset);
            BinaryPrimitives.WriteInt32LittleEndian(record[40..], piece.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(record[44..], piece.Crc);
            BinaryPrimitives.WriteUInt32LittleEndian(record[48..], piece.Check);
            crc.Append(record);
            pack.Write(record);
        }

        Span<byte> footer = stackalloc byte[FooterLength];
        BinaryPrimitives.WriteInt64LittleEndian(footer, start);
        BinaryPrimitives.WriteInt32LittleEndian(footer[8..], pieces.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(footer[12..], crc.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(footer[16..], Magic);
        pack.Write(footer);
    }

    private PackedPiece Record(int number)
    {
        ReadOnlySpan<byte> record = _index.AsSpan(number * RecordLength, RecordLength);
        return new PackedPiece(
            Digest256.From(record[..32]),
            BinaryPrimitives.ReadInt64LittleEndian(record[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(record[40..]),
            BinaryPrimitives.ReadUInt32LittleEndian(record[44..]),
            BinaryPrimitives.ReadUInt32LittleEndian(record[48..]));
    }

    private static bool TryRead(SafeFileHandle handle, long position, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(handle, destination, position);
            if (read == 0) return false;
            destination = destination[read..];
            position += read;
        }

        return true;
    }
}
