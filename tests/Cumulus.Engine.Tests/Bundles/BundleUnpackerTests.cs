using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Hosts;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class BundleUnpackerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<Bundle> BuildAsync()
    {
        _folder.Write("site/index.html", "hello");
        _folder.Write("site/bin/run", "#!/bin/sh\n", EntryMode.DefaultFolder);
        _folder.Write("site/secret", "s", UnixFileMode.UserRead);
        _folder.Write("site/closed/x", "1");
        _folder.Folder("site/empty");
        _folder.Link("site/bin/l", "../index.html");
        _folder.SetMode("site/closed", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            return await new BundleBuilder().BuildAsync(BundleRequest.FromPath("web", _folder["site"], _folder["out"]), default);
        }
        finally
        {
            _folder.SetMode("site/closed", EntryMode.DefaultFolder);
        }
    }

    private Task<ExpandedBundle> ExpandAsync(string archive, string destination, bool replace = false) =>
        BundleUnpacker.ExpandAsync(new ExpandRequest { Archive = archive, Destination = _folder[destination], Replace = replace }, default);

    private Task<CumulusException> FailAsync(string archive, string destination, bool replace = false) =>
        Assert.ThrowsAsync<CumulusException>(() => ExpandAsync(archive, destination, replace));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bundle_comes_out_as_it_went_in_with_modes_links_and_empty_folders(bool withManifest)
    {
        Bundle bundle = await BuildAsync();
        if (!withManifest) File.Delete(bundle.ManifestPath);
        ExpandedBundle expanded = await ExpandAsync(bundle.Path, "new/place");
        Assert.Equal((_folder["new/place"], 5, 5 + 10 + 1 + 1, bundle.Digest, withManifest), (expanded.Path, expanded.Files, expanded.Bytes, expanded.Digest, expanded.Verified));
        _folder.SetMode("site/closed", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var expected = HostFixture.Snapshot(_folder["site"]);
        var found = HostFixture.Snapshot(expanded.Path);
        foreach (string folder in (string[])["site/closed", "new/place/closed"]) _folder.SetMode(folder, EntryMode.DefaultFolder);
        Assert.Equal(expected, found);
        Assert.Equal([expanded.Path], Directory.GetFileSystemEntries(_folder["new"]));
    }

    [Fact]
    public async Task What_comes_into_an_empty_destination_meanwhile_is_not_lost()
    {
        string sticky = StickyZip();
        _folder.Folder("there");
        var request = new ExpandRequest { Archive = sticky, Destination = _folder["there"], Log = _ => _folder.Write("there/late", "mine") };

        var error = await Assert.ThrowsAsync<CumulusException>(() => BundleUnpacker.ExpandAsync(request, default));

        Assert.Equal(ErrorIds.DestinationNotEmpty, error.ErrorId);
        Assert.Equal([_folder["there/late"]], Directory.GetFileSystemEntries(_folder["there"]));
    }

    // A sticky bit is noted in the log, which is the moment after the destination was looked at.
    private string StickyZip()
    {
        string path = _folder["sticky.zip"];
        Tool.Run("python3", "-c", """
            import sys, zipfile
            z = zipfile.ZipFile(sys.argv[1], 'w')
            i = zipfile.ZipInfo('f'); i.create_system = 3; i.external_attr = 0o101644 << 16
            z.writestr(i, 'x')
            z.close()
            """, path);
        return path;
    }

    [Fact]
    public void Two_folders_change_places_in_one_step_or_not_at_all()
    {
        _folder.Write("one/a", "1");
        _folder.Write("other/b", "2");

        bool swapped = FolderExchange.TrySwap(_folder["one"], _folder["other"]);
        bool withNothing = FolderExchange.TrySwap(_folder["one"], _folder["absent"]);

        Assert.Equal(OperatingSystem.IsLinux(), swapped);
        Assert.False(withNothing);
        Assert.Equal(swapped, File.Exists(_folder["one/b"]) && File.Exists(_folder["other/a"]));
        Assert.True(Directory.Exists(_folder["one"]));
    }

    [Fact]
    public async Task A_folder_with_files_is_replaced_as_a_whole_or_refused()
    {
        Bundle bundle = await BuildAsync();
        _folder.Write("there/old", "1");
        CumulusException e = await FailAsync(bundle.Path, "there");
        Assert.Equal((ErrorIds.DestinationNotEmpty, FailureKind.Conflict), (e.ErrorId, e.Kind));
        Assert.Equal("1", _folder.Read("there/old"));

        _folder.SetMode("there", EntryMode.DefaultFolder & ~UnixFileMode.OtherRead);
        await ExpandAsync(bundle.Path, "there", replace: true);
        Assert.False(File.Exists(_folder["there/old"]));
        Assert.Equal("hello", _folder.Read("there/index.html"));
        Assert.Equal(EntryMode.DefaultFolder & ~UnixFileMode.OtherRead, _folder.Mode("there"));
        _folder.SetMode("there/closed", EntryMode.DefaultFolder);
    }

    [Fact]
    public async Task An_empty_folder_is_taken_and_a_link_to_one_followed()
    {
        Bundle bundle = await BuildAsync();
        _folder.Folder("there");
        _folder.Link("l", "there");
        Assert.Equal(_folder["there"], (await ExpandAsync(bundle.Path, "l")).Path);
        Assert.Equal("there", new FileInfo(_folder["l"]).LinkTarget);
        Assert.Equal("hello", _folder.Read("l/index.html"));
        _folder.SetMode("there/closed", EntryMode.DefaultFolder);
    }

    [Fact]
    public async Task A_file_or_the_archives_own_folder_is_no_destination()
    {
        Bundle bundle = await BuildAsync();
        Assert.Equal(ErrorIds.PathInvalid, (await FailAsync(bundle.Path, "site/index.html")).ErrorId);
        Assert.Equal(ErrorIds.PathInvalid, (await FailAsync(bundle.Path, "out", replace: true)).ErrorId);
        Assert.Equal(ErrorIds.PathInvalid, (await FailAsync(bundle.Path, "", replace: true)).ErrorId);
        Assert.True(File.Exists(bundle.Path));
    }

    [Fact]
    public async Task An_archive_that_is_not_its_manifests_is_refused_and_leaves_nothing()
    {
        Bundle bundle = await BuildAsync();
        string manifest = File.ReadAllText(bundle.ManifestPath);
        File.WriteAllBytes(bundle.Path, [.. File.ReadAllBytes(bundle.Path), 0]);
        Assert.Equal(ErrorIds.BundleDigestMismatch, (await FailAsync(bundle.Path, "new/place")).ErrorId);
        Assert.Contains(bundle.Sha256, manifest);
        Assert.False(Directory.Exists(_folder["new"]));
    }

    [Theory]
    [InlineData("x.zip")]
    [InlineData("x.tar.gz")]
    public async Task A_manifest_with_the_right_archive_and_a_wrong_file_is_found_out_and_leaves_nothing(string name)
    {
        byte[] bytes = name == "x.zip" ? new ZipForge(new ForgedEntry("a", "right")).ToBytes() : TarForge.Gzip(TarForge.Tar(TarForge.Entry("a", "right")));
        File.WriteAllBytes(_folder[name], bytes);
        Bundle bundle = await BundleFile.ReadAsync(_folder[name], default);
        BundleManifest right = await BundleManifest.ReadAsync(bundle.ManifestPath, false, default);
        foreach (BundleEntry wrong in (BundleEntry[])[right.Entries[0] with { Sha256 = new string('0', 64) }, right.Entries[0] with { Size = 4 }, right.Entries[0] with { Name = "b" }, right.Entries[0] with { Mode = EntryMode.DefaultFolder }])
        {
            File.Delete(bundle.ManifestPath);
            await (right with { Entries = [wrong], Digest = ContentDigest.Of([wrong]) }).WriteAsync(bundle.ManifestPath, default);
            Assert.Equal(ErrorIds.BundleDigestMismatch, (await FailAsync(_folder[name], "place")).ErrorId);
        }

        BundleEntry more = right.Entries[0] with { Name = "b" };
        File.Delete(bundle.ManifestPath);
        await (right with { Entries = [right.Entries[0], more], Digest = ContentDigest.Of([right.Entries[0], more]) }).WriteAsync(bundle.ManifestPath, default);
        Assert.Contains("'b' is missing", (await FailAsync(_folder[name], "place")).Message);
        Assert.Equal([_folder[name], bundle.ManifestPath], Directory.GetFileSystemEntries(_folder.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("x.zip")]
    [InlineData("x.tar.gz")]
    public async Task A_stop_in_the_middle_leaves_nothing(string name)
    {
        // The sticky bit makes a note, which comes when the archive has passed.
        const int Sticky = 0x3A4;
        byte[] bytes = name == "x.zip"
            ? new ZipForge([.. Enumerable.Range(0, 500).Select(i => new ForgedEntry($"d/{i}", "x", 0x8000 | Sticky))]).ToBytes()
            : TarForge.Gzip(TarForge.Tar([.. Enumerable.Range(0, 500).Select(i => TarForge.Entry($"d/{i}", "x", mode: Sticky))]));
        File.WriteAllBytes(_folder[name], bytes);
        using var stop = new CancellationTokenSource();
        var request = new ExpandRequest { Archive = _folder[name], Destination = _folder["new/place"], Log = _ => stop.Cancel() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => BundleUnpacker.ExpandAsync(request, stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["new"]));

        using SafeArchive archive = await SafeArchive.OpenAsync(_folder[name], forWindows: false, null, default);
        using var later = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => archive.ReadAsync(null, (_, _) => later.Cancel(), later.Token));
    }

    [Fact]
    public async Task Limits_may_be_given()
    {
        File.WriteAllBytes(_folder["x.zip"], new ZipForge(new ForgedEntry("a", "12345"), new ForgedEntry("b")).ToBytes());
        foreach (ArchiveLimits limits in (ArchiveLimits[])[new() { TotalBytes = 5 }, new() { Entries = 1 }, new() { Ratio = 0.01, RatioFloor = 1 }])
        {
            var request = new ExpandRequest { Archive = _folder["x.zip"], Destination = _folder["place"], Limits = limits };
            Assert.Equal(ErrorIds.BundleUnsafe, (await Assert.ThrowsAsync<CumulusException>(() => BundleUnpacker.ExpandAsync(request, default))).ErrorId);
        }
    }

    [Fact]
    public async Task A_failure_on_one_thread_is_told_and_stops_the_others()
    {
        File.WriteAllBytes(_folder["x.zip"], new ZipForge([.. Enumerable.Range(0, 200).Select(i => new ForgedEntry($"d/{i}", $"{i}"))]).ToBytes());
        using SafeArchive archive = await SafeArchive.OpenAsync(_folder["x.zip"], forWindows: false, null, default);
        var e = await Assert.ThrowsAsync<IOException>(() => archive.ReadAsync(null, (entry, _) => { if (entry.Name == "d/100") throw new IOException("disk full"); }, default));
        Assert.Equal("disk full", e.Message);
    }
}
