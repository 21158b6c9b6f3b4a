using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Reads a zip's central directory, and compares each record with the header before the entry's bytes (APPNOTE 4.3). Both must
/// say the same; entries must lie one after the other, without gap, from the file's start to the directory, and the directory must reach to
/// the end record: then no two programs can see different contents in one archive, and no two entries share bytes.
/// </summary>
internal sealed class ZipDirectory(SafeFileHandle file, ArchiveRefusal refuse, EntryGuard guard, CancellationToken cancellationToken)
{
    private const int EndLength = 22;
    private const uint EndSignature = 0x06054b50;
    private const int Zip64EndLength = 56;
    private const uint Zip64EndSignature = 0x06064b50;
    private const int LocatorLength = 20;
    private const uint LocatorSignature = 0x07064b50;
    private const int LocalLength = 30;
    private const uint LocalSignature = 0x04034b50;
    private const uint DescriptorSignature = 0x08074b50;

    private readonly long _length = RandomAccess.GetLength(file);

    /// <returns>The records in the directory's order, with the place of each one's bytes.</returns>
    /// <exception cref="InvalidDataException">The structure is not whole.</exception>
    /// <exception cref="EndOfStreamException">As that.</exception>
    public IReadOnlyList<(ZipDirectoryRecord Record, long DataOffset)> Read()
    {
        (long start, long size, ulong count) = FindDirectory();
        guard.CheckCount(count);
        List<ZipDirectoryRecord> records = ReadRecords(start, size, count);
        Dictionary<long, long> places = CheckLocalHeaders(records, start);
        return [.. records.Select(r => (r, places[r.Offset]))];
    }

    private (long Start, long Size, ulong Count) FindDirectory()
    {
        int tailLength = (int)Math.Min(_length, EndLength + ushort.MaxValue);
        byte[] tail = new byte[tailLength];
        ReadFully(tail, _length - tailLength);
        int end = LastEnd(tail);
        ReadOnlySpan<byte> record = tail.AsSpan(end);
        if (record[EndLength..].IndexOf("PK\u0005\u0006"u8) >= 0) throw refuse.Unsafe("has a second end record in its comment, so that programs could see two contents in it");
        uint count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        ushort disk = BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);
        ushort startDisk = BinaryPrimitives.ReadUInt16LittleEndian(record[6..]);
        ushort onDisk = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]);
        long endOffset = _length - tailLength + end;
        if (Zip64End(endOffset) is { } large)
        {
            if ((count != ushort.MaxValue && count != large.Count) || (size != uint.MaxValue && size != large.Size) || (start != uint.MaxValue && start != large.Start))
            {
                throw new InvalidDataException("The two end records disagree.");
            }

            return large;
        }

        if (disk != 0 || startDisk != 0 || onDisk != count) throw new InvalidDataException("It is one part of several.");
        RequireReach(start, size, endOffset);
        return (start, size, count);
    }

    /// <summary>Searched from the back: the record whose comment reaches to the end of the file.</summary>
    private static int LastEnd(ReadOnlySpan<byte> tail)
    {
        for (int at = tail.Length - EndLength; at >= 0; at--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail[at..]) == EndSignature
                && at + EndLength + BinaryPrimitives.ReadUInt16LittleEndian(tail[(at + 20)..]) == tail.Length) return at;
        }

        throw new InvalidDataException("It has no end record: it is cut off, or something is behind it.");
    }

    private (long Start, long Size, ulong Count)? Zip64End(long endOffset)
    {
        long locatorOffset = endOffset - LocatorLength;
        if (locatorOffset < 0) return null;
        Span<byte> locator = stackalloc byte[LocatorLength];
        ReadFully(locator, locatorOffset);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != LocatorSignature) return null;
        ulong at = BinaryPrimitives.ReadUInt64LittleEndian(locator[8..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator[4..]) != 0 || BinaryPrimitives.ReadUInt32LittleEndian(locator[16..]) > 1) throw new InvalidDataException("It is one part of several.");
        if (locatorOffset < Zip64EndLength || at > (ulong)(locatorOffset - Zip64EndLength)) throw new InvalidDataException("The zip64 locator points past itself.");

        Span<byte> record = stackalloc byte[Zip64EndLength];
        ReadFully(record, (long)at);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != Zip64EndSignature) throw new InvalidDataException("The zip64 locator points to no zip64 record.");
        if (BinaryPrimitives.ReadUInt64LittleEndian(record[4..]) != (ulong)locatorOffset - at - 12) throw new InvalidDataException("The zip64 record does not reach to its locator.");
        ulong count = BinaryPrimitives.ReadUInt64LittleEndian(record[32..]);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(record[40..]);
        ulong start = BinaryPrimitives.ReadUInt64LittleEndian(record[48..]);
        if (BinaryPrimitives.ReadUInt64LittleEndian(record[16..]) != 0 || BinaryPrimitives.ReadUInt64LittleEndian(record[24..]) != count) throw new InvalidDataException("It is one part of several.");
        if (size > long.MaxValue || start > long.MaxValue) throw new InvalidDataException("Its directory is beyond all files.");
        RequireReach((long)start, (long)size, (long)at);
        return ((long)start, (long)size, count);
    }

    private static void RequireReach(long start, long size, long end)
    {
        if (start > end || size != end - start) throw new InvalidDataException("Its directory does not reach to its end record.");
    }

    private List<ZipDirectoryRecord> ReadRecords(long start, long size, ulong count)
    {
        var records = new List<ZipDirectoryRecord>();
        using var directory = new FileSegment(file);
        directory.Begin(start, size);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ZipDirectoryRecord.HeaderLength + (3 * ushort.MaxValue));
        try
        {
            while (directory.Position < start + size)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Span<byte> header = buffer.AsSpan(0, ZipDirectoryRecord.HeaderLength);
                directory.ReadExactly(header);
                if (BinaryPrimitives.ReadUInt32LittleEndian(header) != ZipDirectoryRecord.Signature) throw new InvalidDataException("A record of its directory has no signature.");
                int named = BinaryPrimitives.ReadUInt16LittleEndian(header[28..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[30..]);
                int comment = BinaryPrimitives.ReadUInt16LittleEndian(header[32..]);
                Span<byte> more = buffer.AsSpan(ZipDirectoryRecord.HeaderLength, named + comment);
                directory.ReadExactly(more);
                records.Add(ZipDirectoryRecord.Parse(header, more[..named]));
                if ((ulong)records.Count > count) break;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return (ulong)records.Count == count ? records : throw new InvalidDataException($"Its directory does not have the {count} records that it should.");
    }

    /// <returns>For the offset of each local header that of the entry's bytes.</returns>
    private Dictionary<long, long> CheckLocalHeaders(List<ZipDirectoryRecord> records, long directoryStart)
    {
        var places = new Dictionary<long, long>(records.Count);
        using var local = new FileSegment(file);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(LocalLength + (2 * ushort.MaxValue));
        try
        {
            long next = 0;
            foreach (ZipDirectoryRecord record in records.OrderBy(r => r.Offset))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (record.Offset < next) throw refuse.Unsafe(record.Name, "overlaps the entry before it");
                if (record.Offset > next) throw refuse.Unsafe($"holds bytes before its entry '{ArchiveRefusal.Shown(record.Name)}' that belong to none");
                local.Begin(record.Offset, directoryStart - record.Offset);
                next = CheckLocalHeader(record, local, buffer, directoryStart);
                places[record.Offset] = local.Position;
                next = record.HasDescriptor ? next + DescriptorLength(record, next, directoryStart) : next;
            }

            if (next != directoryStart) throw refuse.Unsafe("holds bytes before its directory that belong to no entry");
            return places;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <returns>Where the entry's bytes end; <paramref name="local"/> stands where they start.</returns>
    private long CheckLocalHeader(ZipDirectoryRecord record, FileSegment local, byte[] buffer, long directoryStart)
    {
        Span<byte> header = buffer.AsSpan(0, LocalLength);
        local.ReadExactly(header);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != LocalSignature) throw Disagree(record, "signature");
        ushort nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        Span<byte> more = buffer.AsSpan(LocalLength, nameLength + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]));
        local.ReadExactly(more);
        if (!more[..nameLength].SequenceEqual(record.RawName)) throw Disagree(record, "name");
        if (!record.FlagsAgree(BinaryPrimitives.ReadUInt16LittleEndian(header[6..]))) throw Disagree(record, "flags");
        if (BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) != record.Method) throw Disagree(record, "method");
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(header[14..]);
        uint compressed = BinaryPrimitives.ReadUInt32LittleEndian(header[18..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header[22..]);
        // With a descriptor these may stand there instead, and are zero, or all ones for zip64, here.
        bool later = record.HasDescriptor && crc == 0 && compressed is 0 or uint.MaxValue && size is 0 or uint.MaxValue;
        if (!later)
        {
            var zip64 = new Zip64Fields(ZipExtra.Find(more[nameLength..], ZipExtra.Zip64));
            if (zip64.Take(size) != record.Size || zip64.Take(compressed) != record.CompressedSize) throw Disagree(record, "sizes");
            if (crc != record.Crc32) throw Disagree(record, "checksum");
        }

        if (record.CompressedSize > directoryStart - local.Position) throw refuse.Unsafe(record.Name, "reaches into the directory");
        return local.Position + record.CompressedSize;
    }

    /// <summary>Checksum and sizes behind the entry (APPNOTE 4.3.9): with or without signature, sizes of four bytes or of eight.</summary>
    private int DescriptorLength(ZipDirectoryRecord record, long at, long directoryStart)
    {
        Span<byte> bytes = stackalloc byte[24];
        bytes = bytes[..(int)Math.Min(bytes.Length, directoryStart - at)];
        ReadFully(bytes, at);
        bool signed = bytes.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == DescriptorSignature;
        return (signed ? Match(bytes, 4) : null) ?? Match(bytes, 0) ?? throw Disagree(record, "descriptor");

        int? Match(ReadOnlySpan<byte> descriptor, int skip)
        {
            ReadOnlySpan<byte> d = descriptor[skip..];
            if (d.Length < 12 || BinaryPrimitives.ReadUInt32LittleEndian(d) != record.Crc32) return null;
            if (d.Length >= 20 && BinaryPrimitives.ReadInt64LittleEndian(d[4..]) == record.CompressedSize && BinaryPrimitives.ReadInt64LittleEndian(d[12..]) == record.Size) return skip + 20;
            return BinaryPrimitives.ReadUInt32LittleEndian(d[4..]) == record.CompressedSize && BinaryPrimitives.ReadUInt32LittleEndian(d[8..]) == record.Size ? skip + 12 : null;
        }
    }

    private CumulusException Disagree(ZipDirectoryRecord record, string what) =>
        refuse.Invalid($"is damaged: the {what} of '{ArchiveRefusal.Shown(record.Name)}' in the directory and at the entry disagree");

    private void ReadFully(Span<byte> buffer, long offset)
    {
        while (buffer.Length > 0)
        {
            int read = RandomAccess.Read(file, buffer, offset);
            if (read == 0) throw new EndOfStreamException("The file ends in the middle.");
            buffer = buffer[read..];
            offset += read;
        }
    }
}
