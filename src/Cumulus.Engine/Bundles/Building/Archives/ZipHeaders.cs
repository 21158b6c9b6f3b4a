using System.Buffers.Binary;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>What the directory of a zip tells of one entry.</summary>
/// <param name="HeaderAt">Where its local header starts.</param>
/// <param name="External">Type and Unix mode in the upper half.</param>
internal readonly record struct ZipHeader(string Name, int External, ushort Method, uint Crc, long Compressed, long Size, long HeaderAt)
{
    public const ushort Stored = 0;
    public const ushort Deflated = 8;

    /// <summary>From this size on, 64 bit fields are kept ready: deflate may need a little more than the content.</summary>
    private const long LargeFrom = 0xFF000000;

    public bool IsLarge => Size >= LargeFrom;
}

/// <summary>Writes the records of a zip (APPNOTE 6.3.10, sections 4.3 and 4.5), with nothing in them that depends on machine or day.</summary>
internal sealed class ZipHeaders(ArchiveFile file, DateTimeOffset time)
{
    private const ushort Unix = 3;
    private const ushort PlainVersion = 20;
    private const ushort Zip64Version = 45;
    private const ushort Utf8Flag = 1 << 11;
    private const uint Overflow = 0xFFFFFFFF;
    private const int LocalZip64Length = 20;
    private const int LongestHeader = 256;

    private readonly Fields _fields = new();
    private readonly ushort _date = (ushort)(((time.Year - 1980) << 9) | (time.Month << 5) | time.Day);
    private readonly ushort _time = (ushort)((time.Hour << 11) | (time.Minute << 5) | (time.Second / 2));

    /// <summary>The first moment that a zip can tell.</summary>
    public static DateTimeOffset FirstTime { get; } = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset LastTime { get; } = new(2107, 12, 31, 23, 59, 58, TimeSpan.Zero);

    /// <summary>The nearest moment, in UTC, that a zip can tell.</summary>
    public static DateTimeOffset Nearest(DateTimeOffset time) =>
        time < FirstTime ? FirstTime : time > LastTime ? LastTime : time.ToUniversalTime();

    /// <summary>Appends the header that stands before an entry's data.</summary>
    public void AppendLocal(in ZipHeader record) => file.Append(Local(record));

    /// <summary>Puts sizes and checksum into a header that was appended before they were known.</summary>
    public void PatchLocal(in ZipHeader record) => file.Patch(record.HeaderAt, Local(record));

    /// <summary>Appends the directory and the end of the archive.</summary>
    public void AppendDirectory(IReadOnlyList<ZipHeader> records)
    {
        long start = file.Position;
        foreach (ZipHeader record in records) AppendCentral(record);
        long length = file.Position - start;
        bool zip64 = records.Count >= 0xFFFF || start >= Overflow || length >= Overflow;
        if (zip64) AppendZip64End(records.Count, start, length);
        Fields end = _fields.Start("");
        end.Add(0x06054b50u);
        end.Add((ushort)0);
        end.Add((ushort)0);
        end.Add((ushort)Math.Min(records.Count, 0xFFFF));
        end.Add((ushort)Math.Min(records.Count, 0xFFFF));
        end.Add((uint)Math.Min(length, Overflow));
        end.Add((uint)Math.Min(start, Overflow));
        end.Add((ushort)0);
        file.Append(end.Bytes);
    }

    private ReadOnlySpan<byte> Local(in ZipHeader record)
    {
        Fields header = _fields.Start(record.Name);
        header.Add(0x04034b50u);
        header.Add(record.IsLarge ? Zip64Version : PlainVersion);
        AddCommon(header, record);
        header.Add(record.IsLarge ? Overflow : (uint)record.Compressed);
        header.Add(record.IsLarge ? Overflow : (uint)record.Size);
        header.Add((ushort)header.Name.Length);
        header.Add((ushort)(record.IsLarge ? LocalZip64Length : 0));
        header.Add(header.Name);
        if (record.IsLarge)
        {
            header.Add((ushort)1);
            header.Add((ushort)16);
            header.Add((ulong)record.Size);
            header.Add((ulong)record.Compressed);
        }

        return header.Bytes;
    }

    private void AppendCentral(in ZipHeader record)
    {
        bool far = record.HeaderAt >= Overflow;
        int extra = (record.IsLarge ? 16 : 0) + (far ? 8 : 0);
        Fields header = _fields.Start(record.Name);
        ushort version = extra > 0 ? Zip64Version : PlainVersion;
        header.Add(0x02014b50u);
        header.Add((ushort)((Unix << 8) | version));
        header.Add(version);
        AddCommon(header, record);
        header.Add(record.IsLarge ? Overflow : (uint)record.Compressed);
        header.Add(record.IsLarge ? Overflow : (uint)record.Size);
        header.Add((ushort)header.Name.Length);
        header.Add((ushort)(extra > 0 ? extra + 4 : 0));
        header.Add((ushort)0);
        header.Add((ushort)0);
        header.Add((ushort)0);
        header.Add((uint)record.External);
        header.Add(far ? Overflow : (uint)record.HeaderAt);
        header.Add(header.Name);
        if (extra > 0)
        {
            header.Add((ushort)1);
            header.Add((ushort)extra);
            if (record.IsLarge)
            {
                header.Add((ulong)record.Size);
                header.Add((ulong)record.Compressed);
            }

            if (far) header.Add((ulong)record.HeaderAt);
        }

        file.Append(header.Bytes);
    }

    private void AddCommon(Fields header, in ZipHeader record)
    {
        header.Add(Ascii.IsValid(header.Name) ? (ushort)0 : Utf8Flag);
        header.Add(record.Method);
        header.Add(_time);
        header.Add(_date);
        header.Add(record.Crc);
    }

    private void AppendZip64End(int count, long start, long length)
    {
        long at = file.Position;
        Fields end = _fields.Start("");
        end.Add(0x06064b50u);
        end.Add(44ul);
        end.Add((ushort)((Unix << 8) | Zip64Version));
        end.Add(Zip64Version);
        end.Add(0u);
        end.Add(0u);
        end.Add((ulong)count);
        end.Add((ulong)count);
        end.Add((ulong)length);
        end.Add((ulong)start);
        end.Add(0x07064b50u);
        end.Add(0u);
        end.Add((ulong)at);
        end.Add(1u);
        file.Append(end.Bytes);
    }

    /// <summary>One header after another in the same buffer.</summary>
    private sealed class Fields
    {
        private byte[] _bytes = new byte[LongestHeader];
        private byte[] _name = new byte[LongestHeader];
        private int _nameLength;
        private int _at;

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _at);

        public ReadOnlySpan<byte> Name => _name.AsSpan(0, _nameLength);

        public Fields Start(string name)
        {
            int longest = Encoding.UTF8.GetMaxByteCount(name.Length);
            if (_name.Length < longest)
            {
                _name = new byte[longest];
                _bytes = new byte[longest + LongestHeader];
            }

            _nameLength = Encoding.UTF8.GetBytes(name, _name);
            _at = 0;
            return this;
        }

        public void Add(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_at), value);
            _at += 2;
        }

        public void Add(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_at), value);
            _at += 4;
        }

        public void Add(ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(_at), value);
            _at += 8;
        }

        public void Add(ReadOnlySpan<byte> value)
        {
            value.CopyTo(_bytes.AsSpan(_at));
            _at += value.Length;
        }
    }
}
