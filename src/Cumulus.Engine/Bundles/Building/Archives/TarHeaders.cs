using System.Globalization;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Writes the headers of a tar (POSIX.1-2017, pax: ustar and extended headers) with nothing in them that depends on
/// machine, day or process. What fits in ustar is ustar; longer or non-ASCII names and sizes from 8 GiB on get an extended header.
/// </summary>
internal sealed class TarHeaders(DateTimeOffset time)
{
    public const int Block = 512;

    private const int LongestName = 100;
    private const int LongestPrefix = 155;
    private const long LargestSize = (8L << 30) - 1;

    private readonly long _time = time.ToUnixTimeSeconds();

    /// <summary>What ends a tar: two empty blocks.</summary>
    public static ReadOnlySpan<byte> End => new byte[2 * Block];

    /// <summary>Zeros after content up to a whole block.</summary>
    public static int Padding(long size) => (int)(-size & (Block - 1));

    /// <summary>All blocks that stand before an entry's content.</summary>
    public byte[] Header(BundleSource source)
    {
        string name = source.Type == BundleEntryType.Folder ? source.Name + "/" : source.Name;
        string target = source.LinkTarget ?? "";
        long size = source.Type == BundleEntryType.File ? source.Size : 0;
        char type = source.Type switch
        {
            BundleEntryType.Folder => '5',
            BundleEntryType.Link => '2',
            _ => '0',
        };
        (string prefix, string rest)? split = Split(name);
        var extended = new MemoryStream();
        if (split is null) AppendRecord(extended, "path", name);
        if (!Fits(target)) AppendRecord(extended, "linkpath", target);
        if (size > LargestSize) AppendRecord(extended, "size", size.ToString(CultureInfo.InvariantCulture));

        var header = new MemoryStream();
        if (extended.Length > 0)
        {
            header.Write(Ustar("", "PaxHeader", "", 'x', 0x1A4, extended.Length));
            header.Write(extended.GetBuffer(), 0, (int)extended.Length);
            header.Write(new byte[Padding(extended.Length)]);
        }

        // A reader that knows extended headers does not look at what was cut here.
        (string shortPrefix, string shortName) = split ?? ("", "long-name");
        header.Write(Ustar(shortPrefix, shortName, Fits(target) ? target : "", type, (int)source.Mode, size > LargestSize ? 0 : size));
        return header.ToArray();
    }

    private byte[] Ustar(string prefix, string name, string target, char type, int mode, long size)
    {
        byte[] block = new byte[Block];
        Put(block, 0, name);
        PutOctal(block, 100, 8, mode);
        PutOctal(block, 108, 8, 0);
        PutOctal(block, 116, 8, 0);
        PutOctal(block, 124, 12, size);
        PutOctal(block, 136, 12, _time);
        block[156] = (byte)type;
        Put(block, 157, target);
        Put(block, 257, "ustar\0" + "00");
        PutOctal(block, 329, 8, 0);
        PutOctal(block, 337, 8, 0);
        Put(block, 345, prefix);
        block.AsSpan(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in block) sum += b;
        PutOctal(block, 148, 7, sum);
        return block;
    }

    // "LENGTH KEY=VALUE\n", where the length counts its own digits.
    private static void AppendRecord(MemoryStream output, string key, string value)
    {
        int length = Encoding.UTF8.GetByteCount(value) + key.Length + 3;
        int digits = 1;
        while ((length + digits).ToString(CultureInfo.InvariantCulture).Length != digits) digits++;
        output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length + digits} {key}={value}\n")));
    }

    // A long name is cut at a slash into prefix and name; null when no slash is in the right place.
    private static (string Prefix, string Name)? Split(string name)
    {
        if (!Ascii.IsValid(name)) return null;
        if (name.Length <= LongestName) return ("", name);
        int slash = name.IndexOf('/', name.Length - LongestName - 1);
        return slash > 0 && slash <= LongestPrefix && slash < name.Length - 1 ? (name[..slash], name[(slash + 1)..]) : null;
    }

    private static bool Fits(string target) => target.Length <= LongestName && Ascii.IsValid(target);

    private static void Put(byte[] block, int at, string text) => Encoding.ASCII.GetBytes(text, block.AsSpan(at));

    private static void PutOctal(byte[] block, int at, int length, long value) =>
        Put(block, at, Convert.ToString(value, 8).PadLeft(length - 1, '0'));
}
