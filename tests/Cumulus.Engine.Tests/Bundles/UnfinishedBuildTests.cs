using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>What builds leave that were killed, and what builds that run keep.</summary>
public sealed class UnfinishedBuildTests : IDisposable
{
    private const string Unique = "0123456789abcdef0123456789abcdef";

    private readonly TempFolder _folder = new();
    private readonly List<string> _log = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("old.zip." + Unique + ".tmp")]
    [InlineData("old.zip.manifest.json." + Unique + ".tmp")]
    [InlineData("old.zip." + Unique + ".tmp", "old.zip.manifest.json." + Unique + ".tmp")]
    public async Task The_next_build_removes_what_a_killed_one_left(params string[] left)
    {
        foreach (string name in left) Leave(name);
        await BuildAsync();
        Assert.Equal(["web.zip", "web.zip.manifest.json"], Out());
        Assert.Equal(left.Select(n => $"Removed {_folder[$"out/{n}"]}, which a build left that was killed.").Order(StringComparer.Ordinal), _log.Where(l => l.StartsWith("Removed", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("notes." + Unique + ".tmp")]
    [InlineData("old.zip.tmp")]
    [InlineData("old.zip.0123456789ABCDEF0123456789abcdef.tmp")]
    [InlineData("old.zip." + Unique + ".tmpx")]
    public async Task Other_files_stay(string name)
    {
        Leave(name);
        await BuildAsync();
        Assert.Contains(name, Out());
    }

    [Fact]
    public async Task What_was_written_in_the_last_minute_stays()
    {
        _folder.Write($"out/old.zip.{Unique}.tmp", "x");
        await BuildAsync();
        Assert.Contains($"old.zip.{Unique}.tmp", Out());
    }

    /// <summary>The note about the sticky bit comes while archive and manifest have their passing names.</summary>
    [Fact]
    public async Task A_build_that_runs_loses_nothing_to_one_beside_it()
    {
        File.WriteAllBytes(_folder["ready.zip"], new ZipForge(new ForgedEntry("x", "x", 0x8000 | 0x3A4)).ToBytes());
        bool swept = false;
        BundleRequest request = BundleRequest.FromPath("web", _folder.Path, _folder["out"]) with
        {
            PreBuiltBundle = _folder["ready.zip"],
            Log = _ =>
            {
                string[] before = Out();
                Assert.Equal(2, before.Length);
                EarlierBuilds.Sweep(_folder["out"], TimeProvider.System.GetUtcNow().AddHours(1), null);
                Assert.Equal(before, Out());
                swept = true;
            },
        };
        await new BundleBuilder().BuildAsync(request, default);
        Assert.True(swept);
        Assert.Equal(["web.zip", "web.zip.manifest.json"], Out());
    }

    [NeedsFact(Need.Unix)]
    public async Task An_archive_that_somebody_cuts_while_it_is_written_is_an_error_that_says_so()
    {
        string path = _folder["x.zip"];
        await using var archive = new ArchiveFile(path);
        archive.Append(new byte[300_000]);
        using (var other = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) other.SetLength(0);
        Assert.Throws<EndOfStreamException>(() =>
        {
            // More than may wait to be hashed.
            for (int i = 0; i < 100; i++) archive.Patch(0, [1]);
        });
        await Assert.ThrowsAsync<EndOfStreamException>(archive.FinishAsync);
    }

    private void Leave(string name) => File.SetLastWriteTimeUtc(_folder.Write($"out/{name}", "x"), DateTime.UtcNow.AddHours(-2));

    private string[] Out() => [.. Directory.GetFiles(_folder["out"]).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private Task<Bundle> BuildAsync()
    {
        _folder.Write("site/x", "1");
        return new BundleBuilder().BuildAsync(BundleRequest.FromPath("web", _folder["site"], _folder["out"]) with { Log = _log.Add }, default);
    }
}
