using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>A build with a cache gives the bytes that one without gives, whatever happened to files, archive and cache in between.</summary>
public sealed class BuildCacheTests : IDisposable
{
    private const int Part = 1 << 20;
    private static readonly DateTime LongAgo = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly TempFolder _folder = new();
    private readonly List<string> _log = [];

    // Ahead of the files' own times, so that their stamps count at once.
    private readonly SteppedClock _clock = new(TimeProvider.System.GetUtcNow().AddMinutes(1));

    public BuildCacheTests()
    {
        for (int i = 0; i < 40; i++) _folder.Write($"site/pages/{i:00}.html", Text(i, 3000 + i));
        _folder.Write("site/twin.html", Text(1, 3001));
        _folder.Write("site/large.txt", Text(99, (2 * Part) + 7));
        _folder.Write("site/noise", Convert.ToBase64String(Noise(500)));
        _folder.Write("site/empty", "");
        _folder.Link("site/latest", "pages/01.html");
        _folder.Folder("site/nothing");
    }

    public static TheoryData<BundleFormat> Formats { get; } = new(Enum.GetValues<BundleFormat>());

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task An_unchanged_tree_leaves_the_archive_alone_D32(BundleFormat format)
    {
        Bundle first = await BuildAsync(format);
        File.SetLastWriteTimeUtc(first.Path, LongAgo);
        Bundle touched = await BuildAsync(format);
        DateTime written = File.GetLastWriteTimeUtc(touched.Path);
        Bundle second = await BuildAsync(format);

        Assert.Equal(StampsAreTold, _log[^1].Contains("nothing changed since", StringComparison.Ordinal));
        Assert.NotEqual(LongAgo, written);
        if (StampsAreTold) Assert.Equal(written, File.GetLastWriteTimeUtc(second.Path));
        Assert.Equal(first, second);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Whatever_changes_the_bytes_are_those_of_a_build_without_a_cache_D28(BundleFormat format)
    {
        await BuildAsync(format);
        Action[] changes =
        [
            () => _folder.Write("site/pages/07.html", Text(1007, 3007)),
            () => File.Delete(_folder["site/pages/11.html"]),
            () => _folder.Write("site/pages/005.html", "new"),
            () => _folder.SetMode("site/pages/20.html", EntryMode.DefaultFolder),
            () => _folder.Write("site/large.txt", Text(99, (2 * Part) + 7) + "more"),
            () => Retarget("site/latest", "pages/02.html"),
            () => _folder.Write("site/nothing/now", "something"),
            () => { },
        ];
        foreach (Action change in changes)
        {
            change();
            await SameAsWithoutAsync(format);
        }
    }

    [Fact]
    public async Task A_file_of_the_same_size_and_time_with_other_content_is_seen()
    {
        string path = _folder["site/pages/07.html"];
        File.SetLastWriteTimeUtc(path, LongAgo);
        Bundle before = await BuildAsync();
        File.WriteAllText(path, Text(1007, 3007));
        File.SetLastWriteTimeUtc(path, LongAgo);

        Assert.NotEqual(before.Digest, (await BuildAsync()).Digest);
        await SameAsWithoutAsync(BundleFormat.Zip);
    }

    [Fact]
    public async Task A_file_that_was_written_at_the_moment_of_the_build_is_read_again()
    {
        var now = new SteppedClock(TimeProvider.System.GetUtcNow());
        await new BundleBuilder(clock: now).BuildAsync(Request(BundleFormat.Zip), default);
        await new BundleBuilder(clock: now).BuildAsync(Request(BundleFormat.Zip), default);

        Assert.DoesNotContain(_log, line => line.Contains("nothing changed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("archive")]
    [InlineData("manifest")]
    public async Task An_archive_that_was_changed_or_lost_is_made_anew(string what)
    {
        Bundle first = await BuildAsync();
        byte[] bytes = File.ReadAllBytes(first.Path);
        string file = what == "archive" ? first.Path : first.ManifestPath;
        File.WriteAllText(file, "not what was built");
        Bundle second = await BuildAsync();
        File.Delete(file);
        Bundle third = await BuildAsync();

        Assert.Equal([first, first], [second, third]);
        Assert.Equal(bytes, File.ReadAllBytes(first.Path));
        await BundleFile.ReadAsync(first.Path, default);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Another_version_is_made_of_the_same_pieces(BundleFormat format)
    {
        BundleRequest request = Request(format) with { Environment = "stage", Version = "1" };
        Bundle one = await Builder.BuildAsync(request, default);
        File.Delete(one.Path);
        long cached = Directory.GetFiles(_folder["cache/pieces"], "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        Bundle two = await Builder.BuildAsync(request with { Version = "2" }, default);

        Assert.Equal(one.Sha256, two.Sha256);
        Assert.Equal("2", two.Version);
        Assert.Equal(cached, Directory.GetFiles(_folder["cache/pieces"], "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_damaged_cache_costs_time_and_nothing_else(BundleFormat format)
    {
        Bundle first = await BuildAsync(format);
        foreach (string file in Directory.GetFiles(_folder["cache"], "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(file);
            for (int i = 200; i < bytes.Length; i += 97) bytes[i] ^= 0x55;
            File.WriteAllBytes(file, bytes);
            File.Delete(first.Path);
            Assert.Equal(first, await BuildAsync(format));
        }

        foreach (string file in Directory.GetFiles(_folder["cache"], "*", SearchOption.AllDirectories)) File.WriteAllText(file, "short");
        File.Delete(first.Path);
        Assert.Equal(first, await BuildAsync(format));
        Directory.Delete(_folder["cache"], recursive: true);
        Assert.Equal(first, await BuildAsync(format));
    }

    [Fact]
    public async Task A_flipped_piece_is_not_put_into_an_archive()
    {
        Bundle first = await BuildAsync();
        string pack = Assert.Single(Directory.GetFiles(_folder["cache"], "*.pack", SearchOption.AllDirectories));
        byte[] bytes = File.ReadAllBytes(pack);
        for (int i = 0; i < bytes.Length / 3; i += 50) bytes[i] ^= 1;
        File.WriteAllBytes(pack, bytes);
        File.Delete(first.Path);

        Assert.Equal(first, await BuildAsync());
        Assert.Contains("No errors detected", Tool.Run("unzip", "-t", first.Path));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_used_is_told_of_and_the_build_goes_on()
    {
        _folder.Write("cache", "a file");

        Bundle bundle = await BuildAsync();

        Assert.True(File.Exists(bundle.Path));
        Assert.Contains(_log, line => line.StartsWith($"The build cache {_folder["cache"]} cannot be used:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_cache_stays_below_its_limit_and_forgets_what_was_of_no_use_for_longest()
    {
        const long Limit = 2_500_000;
        for (int i = 0; i < 12; i++)
        {
            File.WriteAllBytes(_folder["site/half-noise"], [.. Noise(400_000 + i), .. new byte[400_000]]);
            _clock.Now += TimeSpan.FromMinutes(1);
            await Builder.BuildAsync(Request(BundleFormat.Zip) with { Cache = new BuildCacheFolder(_folder["cache"], Limit) }, default);
            Assert.InRange(Directory.GetFiles(_folder["cache"], "*.pack", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), 1, Limit);
        }

        Assert.Empty(Directory.GetFiles(_folder["cache"], "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task What_killed_builds_left_is_cleared_away()
    {
        await BuildAsync();
        string folder = Path.GetDirectoryName(Directory.GetFiles(_folder["cache"], "*.pack", SearchOption.AllDirectories)[0])!;
        string left = Path.Combine(folder, ".0123.tmp");
        File.WriteAllText(left, "half a pack");
        _folder.Write("site/another", "file");
        await BuildAsync();
        bool keptWhileYoung = File.Exists(left);
        _clock.Now += TimeSpan.FromDays(2);
        _folder.Write("site/another", "file again");
        await BuildAsync();

        Assert.True(keptWhileYoung);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public void The_cache_is_for_its_owner_alone()
    {
        using (PieceCache.Open(_folder["cache"], "x", 1, _clock))
        {
        }

        if (!OperatingSystem.IsWindows()) Assert.Equal("0700", EntryMode.Octal(_folder.Mode("cache/x")));
    }

    private static bool StampsAreTold => OperatingSystem.IsLinux();

    private BundleBuilder Builder => new(clock: _clock);

    private BundleRequest Request(BundleFormat format) => BundleRequest.FromPath("web", _folder["site"], _folder["out"]) with
    {
        Format = format,
        Cache = new BuildCacheFolder(_folder["cache"]),
        Log = _log.Add,
    };

    private Task<Bundle> BuildAsync(BundleFormat format = BundleFormat.Zip) => Builder.BuildAsync(Request(format), default);

    private async Task SameAsWithoutAsync(BundleFormat format)
    {
        Bundle cached = await BuildAsync(format);
        Bundle plain = await Builder.BuildAsync(Request(format) with { Cache = null, OutputFolder = _folder["plain"] }, default);
        Assert.Equal(File.ReadAllBytes(plain.Path), File.ReadAllBytes(cached.Path));
        Assert.Equal(File.ReadAllText(plain.ManifestPath), File.ReadAllText(cached.ManifestPath));
    }

    private void Retarget(string link, string target)
    {
        File.Delete(_folder[link]);
        _folder.Link(link, target);
    }

    private static string Text(int seed, int length) => string.Concat(Enumerable.Range(0, (length / 9) + 1).Select(i => $"{(i + seed) * 7919L % 99991:00000000}\n"))[..length];

    private static byte[] Noise(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private sealed class SteppedClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
