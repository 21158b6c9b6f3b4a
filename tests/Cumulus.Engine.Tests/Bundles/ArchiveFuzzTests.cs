using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>
/// Random damage to good archives: either they are refused, or every file has its right bytes; no other exception, nothing outside. The long form
/// runs as often as the variable <c>CUMULUS_FUZZ_RUNS</c> says, for each archive.
/// </summary>
public sealed class ArchiveFuzzTests : IDisposable
{
    private const string RunsVariable = "CUMULUS_FUZZ_RUNS";
    private const int ShortRuns = 250;

    private static readonly string Text = string.Concat(Enumerable.Range(0, 300));

    private static readonly HashSet<string> ZipContents = [.. ((string[])[Text, "stored", "", "d/a"]).SelectMany(t => (string[])[t, Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(t)))])];

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Archives => [.. Good().Keys];

    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable(RunsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int runs) ? runs : ShortRuns;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Archives))]
    public async Task A_damaged_archive_is_refused_or_has_the_right_content(string name)
    {
        (string file, byte[] good) = Good()[name];
        Dictionary<string, string?> content = (await ReadAsync(file, good))!;
        Directory.Delete(_folder["content"], recursive: true);
        Prop.ForAll(Damage(good.Length).ListOf().Select(all => all.Aggregate(good, (bytes, damage) => damage.Apply(bytes))).ToArbitrary(), bytes => IsSafe(file, bytes, content))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Runs).WithEndSize(8));
    }

    private bool IsSafe(string file, byte[] bytes, Dictionary<string, string?> content)
    {
        Dictionary<string, string?>? found = ReadAsync(file, bytes).GetAwaiter().GetResult();
        string[] left = [.. Directory.EnumerateFileSystemEntries(_folder.Path).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)];
        if (found is null) return left.SequenceEqual([file]);
        Directory.Delete(_folder["content"], recursive: true);
        // A zip has no checksum over modes, types and names; over bytes it has, be they a file's or a link's.
        bool right = file.EndsWith(".zip", StringComparison.Ordinal)
            ? found.Where(f => f.Value is not null).All(f => ZipContents.Contains(f.Value!))
            : found.Count == content.Count && found.All(f => content.TryGetValue(f.Key, out string? value) && value == f.Value);
        return right && left.SequenceEqual(["content", file]);
    }

    /// <returns>Digest of each file and target of each link; null when the archive was refused.</returns>
    private async Task<Dictionary<string, string?>?> ReadAsync(string file, byte[] bytes)
    {
        File.WriteAllBytes(_folder[file], bytes);
        try
        {
            using SafeArchive archive = await SafeArchive.OpenAsync(_folder[file], forWindows: true, null, default);
            IReadOnlyList<BundleEntry> entries = await archive.ReadContentAsync(default);
            await BundleUnpacker.ExpandAsync(new ExpandRequest { Archive = _folder[file], Destination = _folder["content"] }, default);
            if (entries.Any(e => e.Type == BundleEntryType.File && !File.Exists(Path.Combine(_folder["content"], e.Name)))) throw new InvalidOperationException("a file is missing");
            return entries.ToDictionary(e => e.Name, e => e.Sha256 ?? e.LinkTarget);
        }
        catch (CumulusException e) when (e.ErrorId is ErrorIds.BundleInvalid or ErrorIds.BundleUnsafe)
        {
            return null;
        }
    }

    private static Dictionary<string, (string File, byte[] Bytes)> Good()
    {
        var plain = new ZipForge(
            new ForgedEntry("d/", "", ZipForge.Folder) { Deflate = false },
            new ForgedEntry("d/a", Text),
            new ForgedEntry("b", "stored") { Deflate = false },
            new ForgedEntry("\u00e9", "", ZipForge.File),
            new ForgedEntry("l", "d/a", ZipForge.Link));
        byte[] tar = TarForge.Tar(TarForge.Folder("d"), TarForge.Entry("d/a", Text), TarForge.Pax(("path", "\u00e9")), TarForge.Entry("x", ""), TarForge.Link("l", "d/a"));
        return new()
        {
            ["zip"] = ("x.zip", plain.ToBytes()),
            ["zip with descriptors"] = ("x.zip", (plain with { Entries = [.. plain.Entries.Select(e => e.WithDescriptor())] }).ToBytes()),
            ["zip64"] = ("x.zip", (plain with { Zip64 = 0 }).ToBytes()),
            ["tar.gz"] = ("x.tar.gz", TarForge.Gzip(tar)),
            ["tar.gz of two members"] = ("x.tar.gz", [.. TarForge.Gzip(tar[..700]), .. TarForge.Gzip(tar[700..])]),
            ["tar.bz2"] = ("x.tar.bz2", TarForge.Bzip2(tar)),
            ["tar.bz2 of two streams"] = ("x.tar.bz2", [.. TarForge.Bzip2(tar[..700]), .. TarForge.Bzip2(tar[700..])]),
        };
    }

    /// <summary>Damage inside of the compression: a tar is bent and compressed afterwards, so that no checksum shields its reader.</summary>
    [Fact]
    public void A_damaged_tar_below_a_whole_gzip_is_refused_or_read_and_never_more()
    {
        byte[] tar = TarForge.Tar(TarForge.Folder("d"), TarForge.Entry("d/a", "hello"), TarForge.Pax(("path", "\u00e9")), TarForge.Entry("x", ""), TarForge.Link("l", "d/a"));
        Prop.ForAll(Damage(tar.Length).ListOf().Select(all => all.Aggregate(tar, (bytes, damage) => damage.Apply(bytes))).ToArbitrary(), bytes =>
        {
            bool refused = ReadAsync("x.tar.gz", TarForge.Gzip(bytes)).GetAwaiter().GetResult() is null;
            string[] left = [.. Directory.EnumerateFileSystemEntries(_folder.Path).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)];
            if (!refused) Directory.Delete(_folder["content"], recursive: true);
            return left.SequenceEqual(refused ? ["x.tar.gz"] : ["content", "x.tar.gz"]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Runs).WithEndSize(8));
    }

    private static Gen<Injury> Damage(int length) =>
        from kind in Gen.Choose(0, 5)
        from at in Gen.Choose(0, length)
        from count in Gen.Choose(1, 40)
        from value in Gen.Choose(0, 255)
        select new Injury(kind, at, count, (byte)value);

    private sealed record Injury(int Kind, int At, int Count, byte Value)
    {
        public byte[] Apply(byte[] bytes)
        {
            int at = Math.Min(At, bytes.Length);
            int end = Math.Min(at + Count, bytes.Length);
            switch (Kind)
            {
                case 0: return [.. bytes[..at], .. bytes[end..]];
                case 1: return [.. bytes[..end], .. bytes[at..]];
                case 2: return [.. bytes[..at], .. Enumerable.Repeat(Value, Count), .. bytes[at..]];
                case 3: return bytes[..at];
            }

            byte[] changed = [.. bytes];
            if (at < changed.Length) changed[at] = Kind == 4 ? Value : (byte)(changed[at] ^ (1 << (Value % 8)));
            return changed;
        }
    }
}
