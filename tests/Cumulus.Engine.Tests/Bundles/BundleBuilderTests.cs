using System.IO.Compression;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class BundleBuilderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly BundleBuilder _builder = new();

    public void Dispose() => _folder.Dispose();

    private BundleRequest Web(params string[] paths) => new()
    {
        Name = "web",
        Environment = "stage",
        Version = "1",
        Paths = [.. paths.Select(p => new BundlePath(_folder[p], p))],
        OutputFolder = _folder["out"],
    };

    private async Task<string[]> NamesAsync(BundleRequest request)
    {
        Bundle bundle = await _builder.BuildAsync(request, default);
        using ZipArchive zip = ZipFile.OpenRead(bundle.Path);
        return [.. zip.Entries.Select(e => e.FullName)];
    }

    private Task<CumulusException> FailAsync(BundleRequest request) =>
        Assert.ThrowsAsync<CumulusException>(() => _builder.BuildAsync(request, default));

    [Fact]
    public async Task The_archive_is_named_as_old_hosts_expect_and_has_a_manifest_beside_it()
    {
        _folder.Write("site/index.html", "hello");
        Bundle bundle = await _builder.BuildAsync(Web("site"), default);
        Assert.Equal(_folder["out/bundle-stage-1-web.zip"], bundle.Path);
        BundleManifest manifest = await BundleManifest.ReadAsync(bundle.ManifestPath, forWindows: true, default);
        Assert.Equal((bundle.Digest, bundle.Sha256, bundle.Size), (manifest.Digest, manifest.Sha256, manifest.Size));
        BundleEntry entry = Assert.Single(manifest.Entries);
        Assert.Equal(("site/index.html", 5L, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"), (entry.Name, entry.Size, entry.Sha256));
        Assert.Equal(["bundle-stage-1-web.zip", "bundle-stage-1-web.zip.manifest.json"], Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_an_environment_the_name_alone_is_the_file_name()
    {
        _folder.Write("site/index.html", "hello");
        Bundle bundle = await _builder.BuildAsync(BundleRequest.FromPath("web", _folder["site"], _folder["out"]), default);
        Assert.Equal(_folder["out/web.zip"], bundle.Path);
        Assert.Null(bundle.Environment);
    }

    [Fact]
    public async Task Equal_content_gives_equal_bytes_whatever_path_day_order_and_umask_D28()
    {
        string[] names = ["b.txt", "a.txt", "é/ü.txt", "A-1", "sub/deep/er"];
        foreach ((string place, IEnumerable<string> order) in new[] { ("one/site", names), ("elsewhere/site", names.Reverse()) })
        {
            foreach (string name in order) _folder.Write($"{place}/{name}", $"content of {name}");
            _folder.Folder($"{place}/empty");
            _folder.Link($"{place}/link", "a.txt");
        }

        foreach (string file in Directory.GetFiles(_folder["elsewhere"], "*", SearchOption.AllDirectories))
        {
            if (new FileInfo(file).LinkTarget is not null) continue;
            File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
            _folder.SetMode(file, EntryMode.DefaultFile | UnixFileMode.GroupWrite);
        }

        Bundle first = await _builder.BuildAsync(BundleRequest.FromPath("web", _folder["one/site"], _folder["out1"]), default);
        Bundle second = await _builder.BuildAsync(BundleRequest.FromPath("web", _folder["elsewhere/site"], _folder["out2"]), default);

        Assert.Equal(File.ReadAllBytes(first.Path), File.ReadAllBytes(second.Path));
        Assert.Equal(File.ReadAllBytes(first.ManifestPath), File.ReadAllBytes(second.ManifestPath));
    }

    [Fact]
    public async Task The_digest_is_that_of_the_documented_text()
    {
        _folder.Write("site/run", "hello", EntryMode.DefaultFolder);
        _folder.Link("site/a", "run");
        _folder.Folder("site/empty");
        Bundle bundle = await _builder.BuildAsync(BundleRequest.FromPath("web", _folder["site"], _folder["out"]), default);
        string text = "cumulus-bundle-content 1\n"
            + "link\t0777\t0\trun\ta\n"
            + "folder\t0755\t0\t-\tempty\n"
            + "file\t0755\t5\t2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\trun\n";
        byte[] hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal("sha256:" + Convert.ToHexString(hash).ToLowerInvariant(), bundle.Digest);
    }

    [Theory]
    [InlineData(0b110_100_100, 0b110_100_100)]
    [InlineData(0b110_110_110, 0b110_100_100)]
    [InlineData(0b111_111_101, 0b111_101_101)]
    [InlineData(0b110_000_000, 0b110_000_000)]
    [InlineData(0b100_111_101_101, 0b111_101_101)]
    public async Task Modes_are_kept_but_for_special_bits_and_write_access_of_others(int onDisk, int inBundle)
    {
        _folder.Write("site/file", "x", (UnixFileMode)onDisk);
        Bundle bundle = await _builder.BuildAsync(Web("site"), default);
        BundleManifest manifest = await BundleManifest.ReadAsync(bundle.ManifestPath, forWindows: false, default);
        Assert.Equal((UnixFileMode)inBundle, manifest.Entries[0].Mode);
    }

    [Fact]
    public async Task Files_for_other_environments_stay_out_and_markers_go_at_any_depth_D14()
    {
        _folder.Write("site/__cumulus-stage__app.conf", "stage");
        _folder.Write("site/__cumulus-prod__app.conf", "prod");
        _folder.Write("site/__cumulus-prod__/x", "prod");
        _folder.Write("site/__cumulus-prod__keys/y", "prod");
        _folder.Write("site/__cumulus-stage__/in-marker", "stage");
        _folder.Write("site/deep/__cumulus-stage__conf/__cumulus-stage__z", "stage");
        _folder.Write("site/deep/__cumulus-stage__conf/__cumulus-prod__z", "prod");
        Assert.Equal(["site/app.conf", "site/deep/conf/z", "site/in-marker"], await NamesAsync(Web("site")));
    }

    [Fact]
    public async Task A_marked_file_wins_over_the_plain_one_D14()
    {
        _folder.Write("site/app.conf", "plain");
        _folder.Write("site/__cumulus-stage__app.conf", "stage");
        _folder.Write("site/__cumulus-stage__/app.conf2", "stage");
        _folder.Write("site/app.conf2", "plain");
        Bundle bundle = await _builder.BuildAsync(Web("site"), default);
        using ZipArchive zip = ZipFile.OpenRead(bundle.Path);
        Assert.All(zip.Entries, e => Assert.Equal("stage", new StreamReader(e.Open()).ReadToEnd()));
        Assert.Equal(2, zip.Entries.Count);
    }

    [Fact]
    public async Task Two_sources_for_one_name_are_refused_and_both_named()
    {
        _folder.Write("a/x", "1");
        _folder.Write("b/x", "2");
        BundleRequest request = Web("a", "b") with { PathRewrites = [new PathRewrite("a", ""), new PathRewrite("b", "")] };
        CumulusException e = await FailAsync(request);
        Assert.Equal(ErrorIds.BundleNameConflict, e.ErrorId);
        Assert.Contains(_folder["a/x"], e.Message);
        Assert.Contains(_folder["b/x"], e.Message);
    }

    [Theory]
    [InlineData("site/Readme", "site/README")]
    [InlineData("site/Conf/a", "site/conf/b")]
    public async Task Names_that_differ_in_case_alone_are_refused(string one, string other)
    {
        _folder.Write(one, "1");
        _folder.Write(other, "2");
        CumulusException e = await FailAsync(Web("site"));
        Assert.Equal(ErrorIds.BundleNameConflict, e.ErrorId);
        Assert.Contains("case", e.Message);
    }

    [Fact]
    public async Task A_file_where_another_source_needs_a_folder_is_refused()
    {
        _folder.Write("a/x", "1");
        _folder.Write("b/x/y", "2");
        CumulusException e = await FailAsync(Web("a", "b") with { PathRewrites = [new PathRewrite("b", "a")] });
        Assert.Equal(ErrorIds.BundleNameConflict, e.ErrorId);
    }

    [Fact]
    public async Task The_same_path_twice_is_no_conflict()
    {
        _folder.Write("site/x", "1");
        Assert.Equal(["site/x"], await NamesAsync(Web("site", "site", "site/x")));
    }

    [Fact]
    public async Task A_missing_path_is_named()
    {
        _folder.Write("site/x", "1");
        CumulusException e = await FailAsync(Web("site", "absent"));
        Assert.Equal(ErrorIds.BundlePathNotFound, e.ErrorId);
        Assert.Contains(_folder["absent"], e.Message);
        Assert.Empty(Directory.GetFiles(_folder["out"]));
    }

    [Fact]
    public async Task Empty_folders_and_links_are_kept_also_dangling_and_circular_ones_D42()
    {
        _folder.Write("site/x", "1");
        _folder.Folder("site/empty");
        _folder.Link("site/dangling", "nowhere");
        _folder.Link("site/sub/loop", "../sub");
        Assert.Equal(["site/dangling", "site/empty/", "site/sub/loop", "site/x"], await NamesAsync(Web("site")));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../../outside")]
    [InlineData("x/../../..")]
    public async Task A_link_that_leads_out_of_the_bundle_is_refused_and_named(string target)
    {
        _folder.Link("site/l", target);
        CumulusException e = await FailAsync(Web("site"));
        Assert.Equal(ErrorIds.BundleInvalid, e.ErrorId);
        Assert.Contains(_folder["site/l"], e.Message);
    }

    [Fact]
    public async Task A_path_that_is_itself_a_link_stands_for_its_target()
    {
        _folder.Write("releases/3/x", "1");
        _folder.Link("current", "releases/3");
        Assert.Equal(["current/x"], await NamesAsync(Web("current")));
    }

    [Fact]
    public async Task A_named_pipe_is_refused_not_waited_for()
    {
        _folder.Write("site/x", "1");
        using (var p = System.Diagnostics.Process.Start("mkfifo", _folder["site/pipe"])) await p.WaitForExitAsync();
        CumulusException e = await FailAsync(Web("site"));
        Assert.Contains(_folder["site/pipe"], e.Message);
        Assert.Contains("named pipe", e.Message);
    }

    [Fact]
    public async Task A_bundle_without_content_is_refused()
    {
        _folder.Write("site/__cumulus-prod__x", "1");
        Assert.Equal(["site/"], await NamesAsync(Web("site")));
        Assert.Equal(ErrorIds.BundleInvalid, (await FailAsync(Web("site/__cumulus-prod__x"))).ErrorId);
    }

    [Fact]
    public async Task A_missing_version_is_an_error_never_the_text_None_D12()
    {
        _folder.Write("site/x", "1");
        Assert.Equal(ErrorIds.VersionMissing, (await FailAsync(Web("site") with { Version = null })).ErrorId);
        Assert.Equal(ErrorIds.NameInvalid, (await FailAsync(Web("site") with { Version = "feature/x" })).ErrorId);
    }

    [Fact]
    public async Task Hooks_run_before_and_after_in_the_configurations_folder_D39()
    {
        _folder.Folder("conf");
        BundleRequest request = Web("site") with
        {
            HookFolder = _folder["conf"],
            PreBundleHook = "mkdir ../site && echo \"$CUMULUS_ENVIRONMENT $CUMULUS_VERSION $CUMULUS_BUNDLE\" > ../site/made",
            PostBundleHook = "ls ../out > after",
        };
        Assert.Equal(["site/made"], await NamesAsync(request));
        Assert.Equal("stage 1 web\n", _folder.Read("site/made"));
        Assert.Contains("bundle-stage-1-web.zip\n", _folder.Read("conf/after"));
    }

    [Fact]
    public async Task A_failed_hook_stops_the_build()
    {
        _folder.Write("site/x", "1");
        Assert.Equal(ErrorIds.HookFailed, (await FailAsync(Web("site") with { PreBundleHook = "exit 4" })).ErrorId);
        Assert.False(Directory.Exists(_folder["out"]));
    }

    [Fact]
    public async Task Cancelling_leaves_the_old_archive_and_nothing_else()
    {
        _folder.Write("site/x", "1");
        Bundle old = await _builder.BuildAsync(Web("site"), default);
        byte[] bytes = File.ReadAllBytes(old.Path);
        _folder.Write("site/x", "2");
        using var cancel = new CancellationTokenSource();
        BundleRequest request = Web("site") with { Log = _ => cancel.Cancel() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _builder.BuildAsync(request, cancel.Token));
        Assert.Equal(bytes, File.ReadAllBytes(old.Path));
        Assert.Equal(2, Directory.GetFiles(_folder["out"]).Length);
    }

    [Fact]
    public async Task A_pre_built_archive_goes_in_unchanged_with_a_manifest_of_its_own()
    {
        _folder.Write("site/x", "1");
        _folder.Write("site/__cumulus-prod__y", "1");
        ZipFile.CreateFromDirectory(_folder["site"], _folder["ready.zip"]);
        Bundle bundle = await _builder.BuildAsync(Web() with { PreBuiltBundle = _folder["ready.zip"] }, default);
        Assert.Equal(File.ReadAllBytes(_folder["ready.zip"]), File.ReadAllBytes(bundle.Path));
        Assert.Equal((2, _folder["out/bundle-stage-1-web.zip"]), (bundle.Files, bundle.Path));
    }

    [Theory]
    [InlineData("ready.tgz", ".tar.gz")]
    [InlineData("ready.tar.bz2", ".tar.bz2")]
    public async Task A_pre_built_tar_keeps_its_format_and_bytes(string name, string ending)
    {
        byte[] tar = TarForge.Tar(TarForge.Entry("x", "1"), TarForge.Folder("d"));
        File.WriteAllBytes(_folder[name], ending == ".tar.gz" ? TarForge.Gzip(tar) : TarForge.Bzip2(tar));
        Bundle bundle = await _builder.BuildAsync(Web() with { PreBuiltBundle = _folder[name] }, default);
        Assert.Equal(File.ReadAllBytes(_folder[name]), File.ReadAllBytes(bundle.Path));
        Assert.Equal((1, _folder["out/bundle-stage-1-web" + ending]), (bundle.Files, bundle.Path));
    }

    [Theory]
    [InlineData("absent.zip", ErrorIds.BundlePathNotFound)]
    [InlineData("ready.rar", ErrorIds.BundleInvalid)]
    [InlineData("broken.zip", ErrorIds.BundleInvalid)]
    public async Task A_pre_built_archive_must_be_a_whole_one_of_a_known_kind(string name, string errorId)
    {
        _folder.Folder("out");
        _folder.Write("ready.rar", "x");
        _folder.Write("broken.zip", "PK but no more");
        CumulusException e = await FailAsync(Web() with { PreBuiltBundle = _folder[name] });
        Assert.Equal(errorId, e.ErrorId);
        Assert.False(Directory.Exists(_folder["out"]) && Directory.GetFiles(_folder["out"]).Length > 0);
    }

    [Fact]
    public async Task The_archive_of_an_earlier_build_does_not_go_into_the_next()
    {
        _folder.Write("site/x", "1");
        BundleRequest request = BundleRequest.FromPath("web", _folder["site"], _folder["site"]);
        Bundle first = await _builder.BuildAsync(request, default);
        byte[] bytes = File.ReadAllBytes(first.Path);
        await _builder.BuildAsync(request, default);
        Assert.Equal(bytes, File.ReadAllBytes(first.Path));
    }
}
