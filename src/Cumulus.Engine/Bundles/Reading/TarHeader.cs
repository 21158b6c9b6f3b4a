using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>One header block of a tar (POSIX.1-2017, pax, "ustar Interchange Format"), in the dialects ustar, GNU and old v7.</summary>
/// <param name="Type">The type flag; v7's NUL is told as <c>0</c>.</param>
internal sealed record TarHeader(string Name, char Type, int Mode, long Size, string LinkName)
{
    public const int BlockLength = 512;
    private const int ChecksumOffset = 148;

    /// <summary>What else than this program reads there is.</summary>
    public string Kind => Type switch
    {
        '1' => "a hard link",
        '3' => "a character device",
        '4' => "a block device",
        '6' => "a named pipe",
        '7' => "a contiguous file",
        'D' => "a GNU folder list",
        'M' => "a part of a file on several volumes",
        'S' => "a sparse file",
        'V' => "a volume label",
        _ => $"of the unknown type '{ArchiveRefusal.Shown(Type.ToString())}'",
    };

    /// <param name="block">512 bytes.</param>
    /// <exception cref="InvalidDataException">A wrong checksum, or no numbers where numbers belong.</exception>
    public static TarHeader Parse(ReadOnlySpan<byte> block)
    {
        int sum = 0;
        for (int i = 0; i < block.Length; i++) sum += i is >= ChecksumOffset and < ChecksumOffset + 8 ? ' ' : block[i];
        if (Number(block.Slice(ChecksumOffset, 8)) != sum) throw new InvalidDataException("A tar header does not have its checksum.");

        string name = Text(block[..100]);
        // GNU's magic ends in blanks, and it has other things than a prefix there.
        if (block.Slice(257, 6).SequenceEqual("ustar\0"u8) && Text(block.Slice(345, 155)) is { Length: > 0 } prefix) name = $"{prefix}/{name}";
        char type = block[156] == 0 ? '0' : (char)block[156];
        return new TarHeader(name, type, (int)(Number(block.Slice(100, 8)) & 0xFFF), Number(block.Slice(124, 12)), Text(block.Slice(157, 100)));
    }

    /// <summary>Up to the first NUL; what is not UTF-8 becomes U+FFFD, which no name may hold.</summary>
    public static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>
    /// The records of a pax header: length, blank, keyword, <c>=</c>, value, line feed.
    /// </summary>
    /// <exception cref="InvalidDataException">They are not so.</exception>
    public static Dictionary<string, string> PaxRecords(ReadOnlySpan<byte> bytes)
    {
        var records = new Dictionary<string, string>(StringComparer.Ordinal);
        while (bytes.Length > 0)
        {
            int blank = bytes.IndexOf((byte)' ');
            if (blank is < 1 or > 9
                || !int.TryParse(Encoding.ASCII.GetString(bytes[..blank]), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length < blank + 3 || length > bytes.Length || bytes[length - 1] != '\n') throw new InvalidDataException("A pax header is not whole.");
            ReadOnlySpan<byte> record = bytes[(blank + 1)..(length - 1)];
            int equal = record.IndexOf((byte)'=');
            if (equal < 1) throw new InvalidDataException("A pax header has a record without a keyword.");
            if (!records.TryAdd(Encoding.UTF8.GetString(record[..equal]), Encoding.UTF8.GetString(record[(equal + 1)..]))) throw new InvalidDataException("A pax header has a keyword twice.");
            bytes = bytes[length..];
        }

        return records;
    }

    /// <summary>Octal digits between blanks or NULs, or GNU's base 256, which its first bit tells.</summary>
    private static long Number(ReadOnlySpan<byte> field)
    {
        if (field[0] == 0x80)
        {
            // Twelve bytes hold more than any file has; the front ones are zero then.
            if (field[..^8].IndexOfAnyExcept((byte)0, (byte)0x80) >= 0) throw new InvalidDataException("A tar header has a number that is too large.");
            long value = field.Length > 8 ? BinaryPrimitives.ReadInt64BigEndian(field[^8..]) : BinaryPrimitives.ReadInt64BigEndian(field) & long.MaxValue;
            return value >= 0 ? value : throw new InvalidDataException("A tar header has a number that is too large.");
        }

        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        long number = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7') throw new InvalidDataException("A tar header has letters for a number.");
            number = (number << 3) | (uint)(digit - '0');
            if (number < 0) throw new InvalidDataException("A tar header has a number that is too large.");
        }

        return number;
    }
}
