using System.Buffers.Binary;
using System.Text;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;
using static Cumulus.Engine.Tests.Support.TarForge;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>An archive that has to be refused.</summary>
/// <param name="FileName">With the ending that it pretends to have.</param>
/// <param name="Reason">Stands in the message.</param>
/// <param name="WindowsAlone">Harm comes of it on Windows only.</param>
public sealed record HostileArchive(string FileName, byte[] Bytes, string ErrorId, string Reason, bool WindowsAlone = false);

/// <summary>The corpus: made anew each time from the code below, and never stored.</summary>
public static class HostileArchives
{
    private const string U = ErrorIds.BundleUnsafe;
    private const string I = ErrorIds.BundleInvalid;
    private const int BombSize = 110 << 20;

    public static IReadOnlyDictionary<string, Func<HostileArchive>> All { get; } = Make();

    private static Dictionary<string, Func<HostileArchive>> Make()
    {
        var all = new Dictionary<string, Func<HostileArchive>>();
        foreach ((string what, Func<byte[]> zip, string id, string reason, bool windows) in Zips()) all[$"zip: {what}"] = () => new HostileArchive("x.zip", zip(), id, reason, windows);
        foreach ((string what, Func<byte[]> tar, string id, string reason, bool windows) in Tars())
        {
            all[$"tar.gz: {what}"] = () => new HostileArchive("x.tar.gz", Gzip(tar()), id, reason, windows);
            all[$"tar.bz2: {what}"] = () => new HostileArchive("x.tar.bz2", Bzip2(tar()), id, reason, windows);
        }

        foreach ((string what, string file, Func<byte[]> bytes, string reason) in Wrappers()) all[what] = () => new HostileArchive(file, bytes(), I, reason);
        return all;
    }

    /// <summary>Names and links that no format may have.</summary>
    private static IEnumerable<(string What, (string Name, string? Link)[] Entries, string Reason, bool WindowsAlone)> Names()
    {
        static (string, string?)[] File(params string[] names) => [.. names.Select(n => (n, (string?)null))];
        yield return ("going up", File("../x"), "'..'", false);
        yield return ("going up inside", File("a/../../x"), "'..'", false);
        yield return ("absolute", File("/etc/x"), "absolute", false);
        yield return ("a drive", File("C:/x"), "drive", false);
        yield return ("a drive alone", File("c:"), "drive", false);
        yield return ("a backslash", File("..\\x"), "backslash", false);
        yield return ("a line feed", File("a\nb"), "control character", false);
        yield return ("an escape sequence", File("\u001b[2Jx"), "control character", false);
        yield return ("an empty part", File("a//b"), "empty part", false);
        yield return ("a part that is a dot", File("a/./b"), "'.'", false);
        yield return ("twice the same", File("a", "a"), "twice", false);
        yield return ("a file as a folder", File("a", "a/b"), "'a'", false);
        yield return ("a file over a folder", File("a/b", "a"), "'a'", false);
        yield return ("an NTFS stream", File("a:b"), "stream", true);
        yield return ("a device", File("aux.txt"), "device", true);
        yield return ("a device with a raised digit", File("d/COM\u00b9"), "device", true);
        yield return ("a dot at the end", File("x."), "ends in a dot", true);
        yield return ("a blank at the end", File("x "), "ends in a dot or a blank", true);
        yield return ("a star", File("x*"), "does not allow", true);
        yield return ("names that differ in case", File("a", "A"), "meets 'a'", true);
        yield return ("folders that differ in case", File("d/x", "D/y"), "meets 'd'", true);
        yield return ("a link to an absolute path", [("l", "/etc/passwd")], "absolute", false);
        yield return ("a link to a drive", [("l", "C:/x")], "absolute", false);
        yield return ("a link out", [("l", "../x")], "out of the bundle", false);
        yield return ("a link out of a folder", [("d/l", "../../x")], "out of the bundle", false);
        yield return ("a link that goes down and up", [("l", "a/../../x")], "goes up after", false);
        yield return ("a link to nowhere", [("l", "")], "nowhere", false);
        yield return ("a link with a backslash", [("l", "..\\x")], "backslash", false);
        yield return ("a link with a control character", [("l", "a\u0001")], "control", false);
        yield return ("a link to a stream", [("l", "a:b")], "stream", true);
        yield return ("a link as a folder", [("l", "d"), ("l/x", null)], "'l'", false);
        yield return ("a link as a folder through another", [("d/x", null), ("l", "d"), ("m", "l"), ("m/y", null)], "'m'", false);
        yield return ("a link over a file", [("a", null), ("a", "b")], "twice", false);
    }

    private static IEnumerable<(string What, Func<byte[]> Zip, string Id, string Reason, bool WindowsAlone)> Zips()
    {
        foreach ((string what, (string Name, string? Link)[] entries, string reason, bool windows) in Names())
        {
            ForgedEntry[] forged = [.. entries.Select(e => e.Link is null ? new ForgedEntry(e.Name) : new ForgedEntry(e.Name, e.Link, ZipForge.Link))];
            yield return (what, () => new ZipForge([new ForgedEntry("good"), .. forged]).ToBytes(), U, reason, windows);
        }

        foreach ((string what, ForgedEntry entry, string id, string reason) in BadEntries())
        {
            yield return (what, () => new ZipForge(new ForgedEntry("good"), entry).ToBytes(), id, reason, false);
        }

        ForgedEntry a = new("a", "hello");
        ForgedEntry b = new("b", "world");
        var two = new ZipForge(a, b);
        yield return ("two records for one place", () => (two with { Entries = [a, b with { RawName = [.. "b"u8], Offset = 0 }] }).ToBytes(), U, "overlaps", false);
        yield return ("an entry in an entry", Overlapping, U, "overlaps", false);
        yield return ("something in front", () => (two with { Before = [.. "#!/bin/sh\n"u8] }).ToBytes(), I, "known kind", false);
        yield return ("an unlisted entry in front", () => Unlisted(0), U, "belong to none", false);
        yield return ("an unlisted entry in the middle", () => Unlisted(1), U, "belong to none", false);
        yield return ("bytes before the directory", () => (two with { BeforeDirectory = [1, 2, 3] }).ToBytes(), U, "belong to no entry", false);
        yield return ("something behind", () => (two with { Behind = [1] }).ToBytes(), I, "no end record", false);
        yield return ("another end in the comment", () => (two with { Comment = [.. new ZipForge(new ForgedEntry("evil")).ToBytes(), 1] }).ToBytes(), U, "second end record", false);
        yield return ("another archive in the comment", () => (two with { Comment = new ZipForge(new ForgedEntry("evil")).ToBytes() }).ToBytes(), I, "does not reach", false);
        yield return ("too few records", () => (two with { Count = 3 }).ToBytes(), I, "3 records", false);
        yield return ("too many records", () => (two with { Count = 1 }).ToBytes(), I, "1 records", false);
        yield return ("a directory that ends too early", () => (two with { DirectorySize = 10 }).ToBytes(), I, "does not reach", false);
        yield return ("a directory that starts elsewhere", () => (two with { DirectoryOffset = 1 }).ToBytes(), I, "does not reach", false);
        yield return ("a directory of 4 GiB", () => (two with { DirectorySize = 0xFFFFFFF0 }).ToBytes(), I, "does not reach", false);
        yield return ("a part of several", () => (two with { Disk = 1 }).ToBytes(), I, "one part", false);
        yield return ("two end records that disagree", () => (two with { Zip64 = 1 }).ToBytes(), I, "disagree", false);
        yield return ("a zip64 count of two billion", () => (two with { Zip64 = int.MaxValue, Count = ushort.MaxValue }).ToBytes(), U, "entries, more than the limit", false);
        yield return ("a zip64 locator to nothing", () => (two with { Zip64 = 0, LocatorShift = -1 }).ToBytes(), I, "no zip64 record", false);
        yield return ("a zip64 locator past the end", () => (two with { Zip64 = 0, LocatorShift = 1 << 30 }).ToBytes(), I, "past itself", false);
        yield return ("a local header that is none", () => Changed(two.ToBytes(), bytes => bytes[bytes.AsSpan(4).IndexOf("PK\u0003\u0004"u8) + 4] = 0), I, "signature", false);
        yield return ("a record that is none", () => Changed(two.ToBytes(), bytes => bytes[bytes.AsSpan().IndexOf("PK\u0001\u0002"u8)] = 0), I, "no signature", false);
        yield return ("cut off in the middle", () => two.ToBytes()[..60], I, "no end record", false);
        yield return ("cut off by a byte", () => two.ToBytes()[..^1], I, "no end record", false);
        yield return ("a start and no more", () => [.. "PK\u0003\u0004"u8], I, "no end record", false);
    }

    private static IEnumerable<(string What, ForgedEntry Entry, string Id, string Reason)> BadEntries()
    {
        yield return ("a NUL", new ForgedEntry("a\0b"), U, "NUL");
        yield return ("no name", new ForgedEntry("/", "", ZipForge.Folder), U, "empty");
        yield return ("a name that is no UTF-8", new ForgedEntry("") { RawName = [(byte)'a', 0xFF] }, U, "not valid UTF-8");
        yield return ("a Unicode name for another name", new ForgedEntry("") { RawName = [0x81], Flags = 0, Extra = ZipForge.Field(0x7075, 1, 0, 0, 0, 0, (byte)'x') }, I, "two names");
        yield return ("a Unicode name that goes up", new ForgedEntry("") { RawName = [0x81], Flags = 0, Extra = ZipForge.Field(0x7075, [1, .. BitConverter.GetBytes(Crc32.Of([0x81])), .. "../x"u8]) }, U, "'..'");
        yield return ("a device file", new ForgedEntry("tty", "", 0x2000 | 0x1A4), U, "neither file, folder nor link");
        yield return ("a named pipe", new ForgedEntry("p", "", 0x1000 | 0x1A4), U, "neither file, folder nor link");
        yield return ("a socket", new ForgedEntry("s", "", 0xC000 | 0x1A4), U, "neither file, folder nor link");
        yield return ("a folder with content", new ForgedEntry("d/", "x", ZipForge.Folder), U, "folder with content");
        yield return ("a link and a folder", new ForgedEntry("l/", "x", ZipForge.Link), U, "a link and a folder");
        yield return ("a link with a book", new ForgedEntry("l", new string('a', 5000), ZipForge.Link), U, "too long");
        yield return ("a setuid bit", new ForgedEntry("su", "1", 0x8000 | 0x9ED), U, "setuid");
        yield return ("a setuid bit on a folder", new ForgedEntry("d/", "", 0x4000 | 0x9ED), U, "setuid");
        yield return ("a setgid bit", new ForgedEntry("sg", "1", 0x8000 | 0x5ED), U, "setgid");
        yield return ("encrypted", new ForgedEntry("e") { Flags = 1 }, U, "encrypted");
        yield return ("encrypted by a certificate", new ForgedEntry("e") { Flags = 1 << 6 }, U, "encrypted");
        yield return ("with masked headers", new ForgedEntry("e") { Flags = 1 << 13 }, U, "encrypted");
        yield return ("LZMA", new ForgedEntry("m") { Method = 14 }, I, "LZMA");
        yield return ("Deflate64", new ForgedEntry("m") { Method = 9 }, I, "Deflate64");
        yield return ("AES", new ForgedEntry("m") { Method = 99 }, I, "AES");
        yield return ("an unknown method", new ForgedEntry("m") { Method = 42 }, I, "method 42");
        yield return ("a size too small", new ForgedEntry("a", "hello") { Size = 4 }, I, "more bytes of 'a'");
        yield return ("a size too large", new ForgedEntry("a", "hello") { Size = 6 }, I, "declares 6");
        yield return ("stored with two sizes", new ForgedEntry("a", "hello") { Deflate = false, Size = 4 }, I, "which is stored, differ");
        yield return ("compressed bytes into the directory", new ForgedEntry("a", "hello") { CompressedSize = 100_000 }, U, "reaches into the directory");
        yield return ("a wrong checksum", new ForgedEntry("a", "hello") { Crc = 7 }, I, "checksum");
        yield return ("a link with a wrong checksum", new ForgedEntry("l", "hello", ZipForge.Link) { Crc = 7 }, I, "checksum");
        yield return ("a flipped bit in what is stored", new ForgedEntry("a", "hello") { Deflate = false, Stored = [.. "hallo"u8] }, I, "checksum");
        yield return ("no deflate stream", new ForgedEntry("a", "hello") { Stored = [0xFF, 0xFF, 0xFF, 0xFF] }, I, "damaged at 'a'");
        yield return ("half a deflate stream", new ForgedEntry("a", "hello hello hello") { Stored = ZipForge.Store(new ForgedEntry("a", "hello hello hello"))[..6] }, I, "'a'");
        yield return ("another name before the entry", new ForgedEntry("a") { LocalName = [.. "b"u8] }, I, "the name of 'a'");
        yield return ("another name of another length", new ForgedEntry("a") { LocalName = [.. "../../etc"u8] }, I, "the name of 'a'");
        yield return ("another method before the entry", new ForgedEntry("a") { LocalMethod = 0 }, I, "the method of 'a'");
        yield return ("other flags before the entry", new ForgedEntry("a") { LocalFlags = 1 }, I, "the flags of 'a'");
        yield return ("another size before the entry", new ForgedEntry("a", "hello") { LocalSize = 6 }, I, "the sizes of 'a'");
        yield return ("another compressed size before the entry", new ForgedEntry("a", "hello") { LocalCompressedSize = 6 }, I, "the sizes of 'a'");
        yield return ("another checksum before the entry", new ForgedEntry("a", "hello") { LocalCrc = 6 }, I, "the checksum of 'a'");
        yield return ("a descriptor that lies", new ForgedEntry("a", "hello").WithDescriptor(wrong: true), I, "the descriptor of 'a'");
        yield return ("no descriptor where one should be", new ForgedEntry("a", "hello").WithDescriptor() with { Behind = [] }, I, "the descriptor of 'a'");
        yield return ("an extra field that is too long", new ForgedEntry("a") { Size = uint.MaxValue, Extra = [1, 0, 200, 0, 1] }, I, "extra field");
        yield return ("a zip64 number that is missing", new ForgedEntry("a") { Size = uint.MaxValue }, I, "zip64 field");
        yield return ("a zip64 size beyond all files", new ForgedEntry("a") { Size = uint.MaxValue, Extra = ZipForge.Field(1, [.. BitConverter.GetBytes(ulong.MaxValue)]) }, I, "beyond all files");
        yield return ("four exabytes", new ForgedEntry("a") { Size = uint.MaxValue, LocalSize = uint.MaxValue, Extra = ZipForge.Field(1, [.. BitConverter.GetBytes(1L << 62)]), LocalExtra = ZipForge.Field(1, [.. BitConverter.GetBytes(1L << 62)]) }, U, "limit");
        yield return ("a bomb", new ForgedEntry("a") { Bytes = new byte[BombSize] }, U, "times");
        yield return ("a bomb that tells of ten bytes", new ForgedEntry("a") { Bytes = new byte[BombSize], Size = 10 }, I, "more bytes of 'a'");
    }

    private static IEnumerable<(string What, Func<byte[]> Tar, string Id, string Reason, bool WindowsAlone)> Tars()
    {
        foreach ((string what, (string Name, string? Link)[] entries, string reason, bool windows) in Names())
        {
            yield return (what, () => Tar([Entry("good"), .. entries.Select(e => e.Link is null ? Entry(e.Name) : Link(e.Name, e.Link))]), U, reason, windows);
        }

        foreach ((string what, Func<byte[]> entry, string id, string reason) in BadBlocks()) yield return (what, () => Tar(Entry("good"), entry()), id, reason, false);

        yield return ("no end", () => Entry("a"), I, "cut off", false);
        yield return ("half an end", () => [.. Entry("a"), .. new byte[512]], I, "cut off", false);
        yield return ("cut off in a file", () => Entry("a", new string('x', 2000))[..1024], I, "cut off", false);
        yield return ("cut off in a header", () => Entry("a")[..100], I, "cut off", false);
        yield return ("something behind the end", () => [.. Tar(Entry("a")), .. Entry("b")], I, "behind the end", false);
        yield return ("a block between the end's two", () => [.. Entry("a"), .. new byte[512], .. Entry("b"), .. End], I, "behind the end", false);
        yield return ("padding without end", () => [.. Tar(Entry("a")), .. new byte[2 << 20]], U, "padding", false);
        yield return ("a bomb", () => Tar(Entry("a", "", size: BombSize), new byte[BombSize]), U, "times", false);
        yield return ("nothing but half an end", () => new byte[512], I, "cut off", false);
        yield return ("text", () => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("hello world ", 200))), I, "letters for a number", false);
    }

    private static IEnumerable<(string What, Func<byte[]> Entry, string Id, string Reason)> BadBlocks()
    {
        foreach ((char type, string kind) in ((char, string)[])[('1', "hard link"), ('3', "character device"), ('4', "block device"), ('6', "named pipe"), ('7', "contiguous"), ('M', "several volumes"), ('S', "sparse"), ('V', "volume label"), ('!', "unknown type")])
        {
            yield return ($"{kind}", () => Entry("h", type: type, link: "good"), U, kind);
        }

        yield return ("a sparse file in pax", () => [.. Pax(("GNU.sparse.major", "1")), .. Entry("a")], U, "sparse");
        yield return ("a name of NULs", () => Entry(""), U, "empty");
        yield return ("a name that is no UTF-8", () => Entry("a", bend: h => h[0] = 0xFF), U, "not valid UTF-8");
        yield return ("a prefix that goes up", () => Entry("x", bend: h => { h[345] = (byte)'.'; h[346] = (byte)'.'; }), U, "'..'");
        yield return ("a long name that goes up", () => [.. Entry("././@LongLink", new string('a', 200) + "/../../../x\0", 'L'), .. Entry("a")], U, "'..'");
        yield return ("a pax name that goes up", () => [.. Pax(("path", "../x")), .. Entry("a")], U, "'..'");
        yield return ("a pax link that goes out", () => [.. Pax(("linkpath", "../x")), .. Link("l", "a")], U, "out of the bundle");
        yield return ("a long link that goes out", () => [.. Entry("././@LongLink", "/etc/" + new string('a', 200) + "\0", 'K'), .. Link("l", "a")], U, "absolute");
        yield return ("a link with a book", () => [.. Entry("././@LongLink", new string('a', 5000) + "\0", 'K'), .. Link("l", "a")], U, "too long");
        yield return ("a folder with content", () => Entry("d/", "x", '5'), U, "folder with content");
        yield return ("a file named as a folder", () => Entry("d/", "x"), U, "named as a folder");
        yield return ("a link with content", () => Entry("l", type: '2', link: "good", size: 5), U, "link with content");
        yield return ("a setuid bit", () => Entry("su", mode: 0x9ED), U, "setuid");
        yield return ("a setgid bit", () => Entry("sg", mode: 0x5ED), U, "setgid");
        yield return ("a wrong checksum", () => Changed(Entry("a"), bytes => bytes[0] = (byte)'b'), I, "checksum");
        yield return ("a size in letters", () => Entry("a", bend: h => h[124] = (byte)'x'), I, "letters");
        yield return ("a size in minus", () => Entry("a", bend: h => h.AsSpan(124, 12).Fill(0xFF)), I, "letters");
        yield return ("a size beyond all files", () => Entry("a", bend: h => { h.AsSpan(124, 12).Fill(0xFF); h[124] = 0x80; }), I, "too large");
        yield return ("four exabytes", () => Entry("a", bend: h => { h.AsSpan(124, 12).Clear(); h[124] = 0x80; BinaryPrimitives.WriteInt64BigEndian(h.AsSpan(128), 1L << 62); }), U, "limit");
        yield return ("four exabytes in pax", () => [.. Pax(("size", "4611686018427387904")), .. Entry("a")], U, "limit");
        yield return ("a pax size that is none", () => [.. Pax(("size", "-1")), .. Entry("a")], I, "no number");
        yield return ("a size larger than what is there", () => Entry("a", size: 100_000), I, "cut off");
        yield return ("a pax header that is too long", () => [.. Entry("x", "99 path=a\n", 'x'), .. Entry("a")], I, "pax header");
        yield return ("a pax header without a keyword", () => [.. Entry("x", "8 patha\n", 'x'), .. Entry("a")], I, "keyword");
        yield return ("a pax header with a keyword twice", () => [.. Pax(("path", "a"), ("path", "b")), .. Entry("a")], I, "twice");
        yield return ("two pax headers", () => [.. Pax(("path", "b")), .. Pax(("path", "c")), .. Entry("a")], I, "Two headers");
        yield return ("a pax header for nothing", () => Pax(("path", "b")), I, "tells of another");
        yield return ("a header of two megabytes", () => [.. Entry("x", new string('a', 2 << 20), 'x'), .. Entry("a")], U, "a header of");
        yield return ("a header of four exabytes", () => [.. Entry("x", "a", 'L', size: 0x1FFFFFFFF), .. Entry("a")], U, "a header of");
        yield return ("one name for all", () => [.. Entry("g", PaxRecord("path", "b"), 'g'), .. Entry("a")], U, "one path");
    }

    /// <summary>What is wrong around the content.</summary>
    private static IEnumerable<(string What, string File, Func<byte[]> Bytes, string Reason)> Wrappers()
    {
        byte[] tar = Tar(Entry("a", string.Concat(Enumerable.Range(0, 2000))), Link("l", "a"));
        byte[] gz = Gzip(tar);
        byte[] bz2 = Bzip2(tar);
        yield return ("a web page", "x.zip", () => [.. "<html>"u8], "known kind");
        yield return ("nothing at all", "x.tar.gz", () => [], "known kind");
        yield return ("a RAR", "x.zip", () => [.. "Rar!\u001a\u0007\0"u8], "known kind");
        yield return ("a tar that nobody compressed", "x.tar.gz", () => tar, "known kind");
        yield return ("a tar.gz named zip", "x.zip", () => gz, "is named .zip and is a .tar.gz");
        yield return ("a zip named tar.gz", "x.tar.gz", () => new ZipForge(new ForgedEntry("a")).ToBytes(), "is named .tar.gz and is a .zip");
        yield return ("a tar.gz named tar.bz2", "x.tbz2", () => gz, "is named .tar.bz2 and is a .tar.gz");
        yield return ("tar.gz: cut off in the middle", "x.tar.gz", () => gz[..(gz.Length / 2)], "damaged at 'a'");
        yield return ("tar.gz: cut off in the trailer", "x.tar.gz", () => gz[..^3], "cut off");
        yield return ("tar.gz: cut off in the header", "x.tar.gz", () => gz[..8], "tar.gz archive");
        yield return ("tar.gz: garbage behind", "x.tar.gz", () => [.. gz, 1, 2, 3], "behind its end");
        yield return ("tar.gz: zeros behind", "x.tar.gz", () => [.. gz, .. new byte[100]], "behind its end");
        yield return ("tar.gz: a wrong checksum", "x.tar.gz", () => Changed(gz, b => b[^8] ^= 1), "checksum");
        yield return ("tar.gz: a wrong size", "x.tar.gz", () => Changed(gz, b => b[^4] ^= 1), "checksum");
        yield return ("tar.gz: a flipped bit", "x.tar.gz", () => Changed(gz, b => b[b.Length / 2] ^= 4), "x.tar.gz");
        yield return ("tar.gz: an unknown method", "x.tar.gz", () => Changed(gz, b => b[2] = 7), "unknown kind");
        yield return ("tar.gz: reserved flags", "x.tar.gz", () => Changed(gz, b => b[3] = 0x80), "unknown kind");
        yield return ("tar.gz: a name without end", "x.tar.gz", () => Changed(gz[..10], b => b[3] = 8), "gzip header");
        yield return ("tar.gz: half a second member", "x.tar.gz", () => [.. Gzip(tar[..512]), .. Gzip(tar[512..])[..^9]], "tar.gz archive");
        yield return ("tar.gz: a second member with another start", "x.tar.gz", () => [.. Gzip(tar[..512]), .. Changed(Gzip(tar[512..]), b => b[0] = 0)], "behind its end");
        yield return ("tar.bz2: cut off in the middle", "x.tar.bz2", () => bz2[..(bz2.Length / 2)], "tar.bz2 archive");
        yield return ("tar.bz2: cut off by a byte", "x.tar.bz2", () => bz2[..^1], "tar.bz2 archive");
        yield return ("tar.bz2: cut off in the header", "x.tar.bz2", () => bz2[..4], "tar.bz2 archive");
        yield return ("tar.bz2: garbage behind", "x.tar.bz2", () => [.. bz2, 1, 2, 3], "tar.bz2 archive");
        yield return ("tar.bz2: a flipped bit", "x.tar.bz2", () => Changed(bz2, b => b[b.Length / 2] ^= 4), "x.tar.bz2");
        yield return ("tar.bz2: a wrong checksum", "x.tar.bz2", () => Changed(bz2, b => b[12] ^= 1), "x.tar.bz2");
        yield return ("tar.bz2: half a second stream", "x.tar.bz2", () => [.. Bzip2(tar[..512]), .. Bzip2(tar[512..])[..^5]], "cut off");
        yield return ("tar.bz2: a block size of zero", "x.tar.bz2", () => Changed(bz2, b => b[3] = (byte)'0'), "tar.bz2 archive");
    }

    /// <summary>The better zip bomb: the bytes of one entry are those of a second too.</summary>
    private static byte[] Overlapping()
    {
        byte[] inner = new ZipForge(new ForgedEntry("b", "world") { Deflate = false }).ToBytes();
        byte[] local = inner[..inner.AsSpan().IndexOf("PK\u0001\u0002"u8)];
        var outer = new ForgedEntry("a") { Deflate = false, Bytes = local };
        var hidden = new ForgedEntry("b", "world") { Deflate = false, Offset = 30 + 1 };
        byte[] both = new ZipForge(outer, hidden).ToBytes();
        return both;
    }

    /// <summary>An archive with an entry that a program which reads from the front would see, and no other.</summary>
    private static byte[] Unlisted(int index)
    {
        ForgedEntry[] entries = [new("a"), new("b"), new("c")];
        byte[] all = new ZipForge(entries).ToBytes();
        int directory = all.AsSpan().IndexOf("PK\u0001\u0002"u8);
        int length = 46 + 1;
        byte[] without = [.. all[..(directory + (index * length))], .. all[(directory + ((index + 1) * length))..]];
        BinaryPrimitives.WriteUInt16LittleEndian(without.AsSpan(without.Length - 14), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(without.AsSpan(without.Length - 12), 2);
        BinaryPrimitives.WriteUInt32LittleEndian(without.AsSpan(without.Length - 10), (uint)(2 * length));
        return without;
    }

    private static byte[] Changed(byte[] bytes, Action<byte[]> change)
    {
        byte[] copy = [.. bytes];
        change(copy);
        return copy;
    }
}
