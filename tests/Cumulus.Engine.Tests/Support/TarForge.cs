using System.IO.Compression;
using System.Text;
using ICSharpCode.SharpZipLib.BZip2;

namespace Cumulus.Engine.Tests.Support;

/// <summary>Writes tars block by block, so that each of them may lie.</summary>
public static class TarForge
{
    private const int Block = 512;

    /// <summary>The two blocks of zeros that end a tar.</summary>
    public static byte[] End { get; } = new byte[2 * Block];

    /// <summary>A header and its content.</summary>
    /// <param name="size">Told in place of the content's.</param>
    public static byte[] Entry(string name, string content = "1", char type = '0', int mode = 0x1A4, string link = "", long? size = null, Action<byte[]>? bend = null)
    {
        byte[] bytes = type is '0' or '\0' or '7' or 'x' or 'g' or 'L' or 'K' or 'S' or '5' ? Encoding.UTF8.GetBytes(content) : [];
        if (type == '5' && content == "1") bytes = [];
        byte[] header = new byte[Block];
        Put(header, 0, name);
        Put(header, 100, Octal(mode, 7));
        Put(header, 108, Octal(0, 7));
        Put(header, 116, Octal(0, 7));
        Put(header, 124, Octal(size ?? bytes.Length, 11));
        Put(header, 136, Octal(0, 11));
        header[156] = (byte)type;
        Put(header, 157, link);
        Put(header, 257, "ustar\0" + "00");
        bend?.Invoke(header);
        Sum(header);
        return [.. header, .. Padded(bytes)];
    }

    public static byte[] Folder(string name, int mode = 0x1ED) => Entry(name + "/", type: '5', mode: mode);

    public static byte[] Link(string name, string target) => Entry(name, type: '2', mode: 0x1FF, link: target);

    /// <summary>A pax header for the next entry.</summary>
    public static byte[] Pax(params (string Keyword, string Value)[] records) =>
        Entry("PaxHeaders/x", string.Concat(records.Select(r => PaxRecord(r.Keyword, r.Value))), 'x');

    public static string PaxRecord(string keyword, string value)
    {
        int rest = Encoding.UTF8.GetByteCount($" {keyword}={value}\n");
        int length = rest + 1;
        while (length != rest + length.ToString(null, null).Length) length++;
        return $"{length} {keyword}={value}\n";
    }

    /// <summary>With the end behind.</summary>
    public static byte[] Tar(params byte[][] entries)
    {
        using var tar = new MemoryStream();
        foreach (byte[] entry in entries) tar.Write(entry);
        tar.Write(End);
        return tar.ToArray();
    }

    public static byte[] Gzip(byte[] tar)
    {
        using var to = new MemoryStream();
        using (var gzip = new GZipStream(to, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(tar);
        return to.ToArray();
    }

    /// <summary>One stream for each mebibyte, as parallel programs write them; equal ones are made once.</summary>
    public static byte[] Bzip2(byte[] tar)
    {
        using var to = new MemoryStream();
        byte[] last = [];
        byte[] packed = [];
        for (int at = 0; at == 0 || at < tar.Length; at += 1 << 20)
        {
            byte[] piece = tar[at..Math.Min(at + (1 << 20), tar.Length)];
            if (at == 0 || !piece.AsSpan().SequenceEqual(last)) packed = Bzip2Stream(last = piece);
            to.Write(packed);
        }

        return to.ToArray();
    }

    private static byte[] Bzip2Stream(byte[] piece)
    {
        using var to = new MemoryStream();
        using (var bzip2 = new BZip2OutputStream(to, 1) { IsStreamOwner = false }) bzip2.Write(piece);
        return to.ToArray();
    }

    /// <summary>Puts the right checksum into a header.</summary>
    private static void Sum(byte[] header)
    {
        bool kept = header[148] != 0;
        if (kept) return;
        Put(header, 148, "        ");
        Put(header, 148, Octal(header.Sum(b => b), 6) + "\0 ");
    }

    private static string Octal(long value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');

    private static void Put(byte[] header, int at, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header, at);

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[(Block - (bytes.Length % Block)) % Block]];
}
