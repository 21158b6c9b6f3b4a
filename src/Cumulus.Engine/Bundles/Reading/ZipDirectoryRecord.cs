using System.Buffers.Binary;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>One record of a zip's central directory (APPNOTE 4.3.12), as it stands there, zip64 fields put in.</summary>
internal sealed record ZipDirectoryRecord
{
    public const int HeaderLength = 46;
    public const uint Signature = 0x02014b50;

    /// <summary>Flags that must be the same in both headers: encryption, descriptor, strong encryption, UTF-8, masked headers.</summary>
    private const ushort TellingFlags = Encrypted | Descriptor | Strong | Utf8 | Masked;

    private const ushort Encrypted = 1;
    private const ushort Descriptor = 1 << 3;
    private const ushort Strong = 1 << 6;
    private const ushort Utf8 = 1 << 11;
    private const ushort Masked = 1 << 13;
    private const byte UnixHost = 3;
    private const ushort UnicodePathField = 0x7075;

    private static readonly Encoding StrictUtf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);
    private static readonly Encoding Cp437 = CodePagesEncodingProvider.Instance.GetEncoding(437)!;

    /// <summary>As it stands, folders with a trailing <c>/</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name's bytes, to be compared with those of the local header.</summary>
    public required byte[] RawName { get; init; }

    public required ushort Flags { get; init; }

    public required ushort Method { get; init; }

    public required uint Crc32 { get; init; }

    public required long CompressedSize { get; init; }

    public required long Size { get; init; }

    public required int UnixMode { get; init; }

    /// <summary>Of the local header.</summary>
    public required long Offset { get; init; }

    public bool IsEncrypted => (Flags & (Encrypted | Strong | Masked)) != 0;

    public bool HasDescriptor => (Flags & Descriptor) != 0;

    public bool FlagsAgree(ushort local) => (Flags & TellingFlags) == (local & TellingFlags);

    /// <param name="header">46 bytes.</param>
    /// <param name="more">Name and extra fields.</param>
    /// <exception cref="InvalidDataException"></exception>
    public static ZipDirectoryRecord Parse(ReadOnlySpan<byte> header, ReadOnlySpan<byte> more)
    {
        ReadOnlySpan<byte> raw = more[..BinaryPrimitives.ReadUInt16LittleEndian(header[28..])];
        ReadOnlySpan<byte> extra = more[raw.Length..];
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        var zip64 = new Zip64Fields(ZipExtra.Find(extra, ZipExtra.Zip64));
        long size = zip64.Take(BinaryPrimitives.ReadUInt32LittleEndian(header[24..]));
        long compressed = zip64.Take(BinaryPrimitives.ReadUInt32LittleEndian(header[20..]));
        long offset = zip64.Take(BinaryPrimitives.ReadUInt32LittleEndian(header[42..]));
        if (BinaryPrimitives.ReadUInt16LittleEndian(header[34..]) is not 0 and not 0xFFFF) throw new InvalidDataException("An entry lies on another disk.");
        return new ZipDirectoryRecord
        {
            Name = Decode(raw, flags, header[5], extra),
            RawName = raw.ToArray(),
            Flags = flags,
            Method = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]),
            Crc32 = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]),
            CompressedSize = compressed,
            Size = size,
            UnixMode = BinaryPrimitives.ReadUInt16LittleEndian(header[40..]),
            Offset = offset,
        };
    }

    /// <summary>
    /// By the flag as UTF-8, else by Info-ZIP's field with the name in UTF-8 (APPNOTE 4.6.9), else what a Unix program wrote as UTF-8 if it is
    /// that, as unzip does, else as code page 437 (APPNOTE appendix D).
    /// </summary>
    private static string Decode(ReadOnlySpan<byte> raw, ushort flags, byte host, ReadOnlySpan<byte> extra)
    {
        if (Ascii.IsValid(raw)) return Encoding.ASCII.GetString(raw);
        if ((flags & Utf8) != 0) return Encoding.UTF8.GetString(raw);
        ReadOnlySpan<byte> unicode = ZipExtra.Find(extra, UnicodePathField);
        if (unicode.Length > 5 && unicode[0] == 1)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(unicode[1..]) == Bundles.Crc32.Of(raw)) return Encoding.UTF8.GetString(unicode[5..]);
            throw new InvalidDataException("An entry has two names that disagree.");
        }

        if (host != UnixHost) return Cp437.GetString(raw);
        try
        {
            return StrictUtf8.GetString(raw);
        }
        catch (DecoderFallbackException)
        {
            return Cp437.GetString(raw);
        }
    }
}

/// <summary>Extra fields of zip headers: an id, a length, and that many bytes (APPNOTE 4.5.1).</summary>
internal static class ZipExtra
{
    public const ushort Zip64 = 1;

    /// <summary>Empty when there is none. A rest too short for a field counts as padding.</summary>
    /// <exception cref="InvalidDataException">A field is longer than what is there.</exception>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> extra, ushort id)
    {
        while (extra.Length >= 4)
        {
            ushort found = BinaryPrimitives.ReadUInt16LittleEndian(extra);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - 4) throw new InvalidDataException("An extra field is longer than its header says.");
            if (found == id) return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }

        return [];
    }
}

/// <summary>The zip64 field (APPNOTE 4.5.3): eight bytes, in a fixed order, for each number whose place in the header holds all ones.</summary>
internal ref struct Zip64Fields(ReadOnlySpan<byte> field)
{
    private ReadOnlySpan<byte> _rest = field;

    /// <exception cref="InvalidDataException">The number should be in the field and is not, or fits no signed one.</exception>
    public long Take(uint inHeader)
    {
        if (inHeader != uint.MaxValue) return inHeader;
        if (_rest.Length < 8) throw new InvalidDataException("A number that should be in a zip64 field is not.");
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
        _rest = _rest[8..];
        return value <= long.MaxValue ? (long)value : throw new InvalidDataException("A zip64 number is beyond all files.");
    }
}
