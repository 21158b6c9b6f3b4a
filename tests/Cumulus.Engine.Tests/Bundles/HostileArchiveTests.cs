using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>Each archive of the corpus is refused for its own reason, whoever reads it, and leaves nothing behind.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Corpus => [.. HostileArchives.All.Keys];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_corpus_has_at_least_sixty_archives_of_all_formats()
    {
        Assert.True(HostileArchives.All.Count >= 60);
        foreach (string format in (string[])["zip:", "tar.gz:", "tar.bz2:"]) Assert.True(HostileArchives.All.Keys.Count(k => k.StartsWith(format, StringComparison.Ordinal)) >= 20);
    }

    [Theory]
    [MemberData(nameof(Corpus))]
    public async Task A_hostile_archive_is_refused_for_its_reason_and_nothing_is_written_D22(string name)
    {
        HostileArchive hostile = HostileArchives.All[name]();
        string path = _folder[hostile.FileName];
        File.WriteAllBytes(path, hostile.Bytes);

        Check(hostile, await Assert.ThrowsAsync<CumulusException>(async () =>
        {
            using SafeArchive archive = await SafeArchive.OpenAsync(path, forWindows: true, null, default);
            await archive.ReadContentAsync(default);
        }));
        if (hostile.WindowsAlone && !OperatingSystem.IsWindows()) return;

        _folder.Write("there/kept", "old");
        foreach ((string destination, bool replace) in ((string, bool)[])[("fresh", false), ("there", true)])
        {
            var request = new ExpandRequest { Archive = path, Destination = _folder[destination], Replace = replace };
            Check(hostile, await Assert.ThrowsAsync<CumulusException>(() => BundleUnpacker.ExpandAsync(request, default)));
        }

        BundleRequest build = BundleRequest.FromPath("web", _folder.Path, _folder["out"]) with { PreBuiltBundle = path };
        Check(hostile, await Assert.ThrowsAsync<CumulusException>(() => new BundleBuilder().BuildAsync(build, default)));
        if (Directory.Exists(_folder["out"])) Directory.Delete(_folder["out"]);

        Assert.Equal(["there", "there/kept", hostile.FileName], Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(_folder.Path, p)).Order(StringComparer.Ordinal));
        Assert.Equal("old", _folder.Read("there/kept"));
    }

    private static void Check(HostileArchive hostile, CumulusException e)
    {
        Assert.Contains(hostile.Reason, e.Message, StringComparison.Ordinal);
        Assert.Equal(hostile.ErrorId, e.ErrorId);
        Assert.DoesNotContain(e.Message, char.IsControl);
    }
}
