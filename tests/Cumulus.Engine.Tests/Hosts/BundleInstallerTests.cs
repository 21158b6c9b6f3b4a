using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

public sealed class BundleInstallerTests : IDisposable
{
    private readonly HostFixture _on = new();

    public void Dispose() => _on.Dispose();

    [Fact]
    public async Task A_first_install_puts_files_links_folders_and_modes()
    {
        await _on.PublishAsync("web", "1", ("srv/web/index.html", "one"), ("srv/web/run", "#!/bin/sh\n"), ("srv/web/latest", "-> index.html"), ("srv/empty/", ""));
        InstalledBundle result = Assert.Single(await _on.InstallAsync("1", "web"));
        Assert.Equal((InstallState.Committed, null, 3, 3), (result.State, result.From, result.Files, result.Changed));
        Assert.Equal(
            ["srv=0755 folder", "srv/empty=0755 folder", "srv/web=0755 folder", "srv/web/index.html=0644 one", "srv/web/latest= -> index.html", "srv/web/run=0755 #!/bin/sh\n"],
            _on.Snapshot().Select(f => $"{f.Key}={f.Value}"));
    }

    [Fact]
    public async Task An_update_adds_replaces_and_removes_and_tells_the_counts()
    {
        await _on.PublishAsync("web", "1", ("srv/same", "s"), ("srv/changed", "1"), ("srv/gone/deep/x", "x"));
        await _on.PublishAsync("web", "2", ("srv/same", "s"), ("srv/changed", "2"), ("srv/new", "n"));
        await _on.InstallAsync("1", "web");
        InstalledBundle result = Assert.Single(await _on.InstallAsync("2", "web"));
        Assert.Equal(("1", "2", 3, 3), (result.From, result.Version, result.Files, result.Changed));
        Assert.Equal(["srv", "srv/changed", "srv/new", "srv/same"], _on.Snapshot().Keys);
        Assert.Equal("2", _on.Host.Read("srv/changed"));
    }

    [Fact]
    public async Task The_same_content_again_is_unchanged_fetches_no_archive_and_runs_no_script()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("etc/cumulus-init.d/S1", Script("S1")));
        await _on.InstallAsync("1", "web");
        _on.Store.Downloads.Clear();
        string[] ran = _on.Ran;
        InstalledBundle result = Assert.Single(await _on.InstallAsync("1", "web"));
        Assert.Equal((InstallState.Unchanged, 0), (result.State, result.Changed));
        Assert.Equal([KeyOf("web", "1") + BundleManifest.Suffix], _on.Store.Downloads);
        Assert.Equal(ran, _on.Ran);
    }

    [Fact]
    public async Task A_file_that_was_changed_or_lost_on_the_host_is_put_right()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("srv/y", "2"), ("srv/z", "3"));
        await _on.InstallAsync("1", "web");
        _on.Host.Write("srv/x", "9");
        File.Delete(_on.Host["srv/y"]);
        _on.Host.SetMode("srv/z", EntryMode.DefaultFolder);
        InstalledBundle result = Assert.Single(await _on.InstallAsync("1", "web"));
        Assert.Equal((InstallState.Committed, 3), (result.State, result.Changed));
        Assert.Equal(["0644 1", "0644 2", "0644 3"], _on.Snapshot().Where(f => f.Key.Length > 3).Select(f => f.Value));
    }

    [Fact]
    public async Task Scripts_run_K_then_others_before_and_S_then_others_after_K_of_the_old_version()
    {
        await _on.PublishAsync("web", "1", Scripts("K2", "K1", "other", "S1"));
        await _on.PublishAsync("web", "2", Scripts("K9", "S9", "other"));
        await _on.InstallAsync("1", "web");
        Assert.Equal(["S1 start 1", "other start 1"], _on.Ran);
        await _on.InstallAsync("2", "web");
        Assert.Equal(["K1 stop 2", "K2 stop 2", "other stop 2", "S9 start 2", "other start 2"], _on.Ran.Skip(2));

        static (string, string)[] Scripts(params string[] names) => [.. names.Select(n => ($"etc/cumulus-init.d/{n}", Script(n)))];
    }

    [Fact]
    public async Task Scripts_know_environment_bundles_and_root_and_their_lines_are_logged_D40()
    {
        await _on.PublishAsync("web", "1", ("etc/cumulus-init.d/S1", "#!/bin/sh\necho \"$CUMULUS_ENVIRONMENT $CUMULUS_BUNDLES $PWD $CUMULUS_ROOT\""));
        await _on.PublishAsync("data", "1", ("srv/x", "1"));
        await _on.InstallAsync("1", "web", "data");
        Assert.Contains($"S1: stage web,data {_on.Host.Path} {_on.Host.Path}", _on.Log);
    }

    [Fact]
    public async Task Old_files_stay_when_the_new_bundle_cannot_be_found_D19()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("etc/cumulus-init.d/K1", Script("K1")));
        await _on.InstallAsync("1", "web");
        var before = _on.Snapshot();
        CumulusException e = await _on.FailAsync("2", "web");
        Assert.Equal(ErrorIds.BundleNotFound, e.ErrorId);
        Assert.Contains("s3://b/stage/2/bundle-stage-2-web.zip", e.Message);
        Assert.Equal(before, _on.Snapshot());
        Assert.Empty(_on.Ran);
    }

    [Fact]
    public async Task Nothing_stops_before_every_bundle_is_fetched_and_compared_D20()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("etc/cumulus-init.d/K1", Script("K1")));
        await _on.InstallAsync("1", "web");
        await _on.PublishAsync("web", "2", ("srv/x", "2"));
        var before = _on.Snapshot();
        CumulusException e = await _on.FailAsync("2", "web", "absent");
        Assert.Equal(ErrorIds.BundleNotFound, e.ErrorId);
        Assert.Equal(before, _on.Snapshot());
        Assert.Empty(_on.Ran);
    }

    [Theory]
    [InlineData(".tar.gz", true)]
    [InlineData(".tar.gz", false)]
    [InlineData(".tar.bz2", true)]
    [InlineData(".tar.bz2", false)]
    public async Task A_bundle_of_another_format_is_found_and_installed(string ending, bool withManifest)
    {
        byte[] tar = TarForge.Tar(TarForge.Folder("srv"), TarForge.Entry("srv/x", "1", mode: 0x180), TarForge.Link("srv/l", "x"));
        string key = BundleFormats.WithoutEnding(KeyOf("web", "1")) + ending;
        await PutAsync(key, ending == ".tar.gz" ? TarForge.Gzip(tar) : TarForge.Bzip2(tar), withManifest);
        InstalledBundle installed = Assert.Single(await _on.InstallAsync("1", "web"));
        Assert.Equal(["0755 folder", " -> x", "0600 1"], _on.Snapshot().Values);
        Assert.Equal((2, 2), (installed.Files, installed.Changed));
    }

    [Fact]
    public async Task A_tar_that_is_not_what_its_manifest_lists_is_refused_and_changes_nothing_D26()
    {
        byte[] tar = TarForge.Gzip(TarForge.Tar(TarForge.Entry("srv/x", "1")));
        string key = BundleFormats.WithoutEnding(KeyOf("web", "1")) + ".tar.gz";
        await PutAsync(key, tar, withManifest: true);
        string manifest = System.Text.Encoding.UTF8.GetString(_on.Store[key + BundleManifest.Suffix]);
        byte[] other = TarForge.Gzip(TarForge.Tar(TarForge.Entry("srv/x", "2")));
        _on.Store[key] = other;
        Assert.Equal(ErrorIds.BundleDigestMismatch, (await _on.FailAsync("1", "web")).ErrorId);
        string sha256 = Hex.Of(System.Security.Cryptography.SHA256.HashData(tar));
        _on.Store[key + BundleManifest.Suffix] = System.Text.Encoding.UTF8.GetBytes(manifest.Replace(sha256, Hex.Of(System.Security.Cryptography.SHA256.HashData(other)), StringComparison.Ordinal));
        CumulusException e = await _on.FailAsync("1", "web");
        Assert.Equal(ErrorIds.BundleDigestMismatch, e.ErrorId);
        Assert.Contains($"s3://b/{key} holds 'srv/x'", e.Message);
        Assert.Empty(_on.Snapshot());
    }

    [Fact]
    public async Task The_zip_is_taken_where_there_are_several_and_an_error_names_what_was_looked_for()
    {
        Assert.Contains("bundle-stage-1-web.zip, nor one that ends in .tar.gz or .tar.bz2", (await _on.FailAsync("1", "web")).Message);
        await _on.PublishAsync("web", "1", ("zip", "1"));
        await PutAsync(BundleFormats.WithoutEnding(KeyOf("web", "1")) + ".tar.gz", TarForge.Gzip(TarForge.Tar(TarForge.Entry("tar", "1"))), withManifest: true);
        await _on.InstallAsync("1", "web");
        Assert.Equal(["zip"], _on.Snapshot().Keys);
    }

    private async Task PutAsync(string key, byte[] archive, bool withManifest)
    {
        using var folder = new TempFolder();
        string path = folder[Path.GetFileName(key)];
        File.WriteAllBytes(path, archive);
        _on.Store[key] = archive;
        if (withManifest) _on.Store[key + BundleManifest.Suffix] = File.ReadAllBytes((await BundleFile.ReadAsync(path, default)).ManifestPath);
    }

    [Fact]
    public async Task An_archive_that_is_not_what_its_manifest_says_is_refused_D26()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        byte[] other = _on.Store[KeyOf("web", "1")];
        await _on.PublishAsync("web", "2", ("srv/x", "2"));
        _on.Store[KeyOf("web", "2")] = other;
        CumulusException e = await _on.FailAsync("2", "web");
        Assert.Equal((ErrorIds.BundleDigestMismatch, FailureKind.SecurityViolation), (e.ErrorId, e.Kind));
        Assert.Empty(_on.Snapshot());
    }

    [Fact]
    public async Task An_archive_with_bytes_that_were_not_published_is_refused_even_if_its_files_are_right_D26()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        byte[] published = _on.Store[KeyOf("web", "1")];
        // The time of the first entry.
        const int Time = 10;
        _on.Store[KeyOf("web", "1")] = [.. published[..Time], (byte)(published[Time] ^ 1), .. published[(Time + 1)..]];
        CumulusException e = await _on.FailAsync("1", "web");
        Assert.Equal(ErrorIds.BundleDigestMismatch, e.ErrorId);
        Assert.Contains("SHA-256", e.Message);

        _on.Store[KeyOf("web", "1")] = [.. published, 0];
        e = await _on.FailAsync("1", "web");
        Assert.Equal(ErrorIds.BundleDigestMismatch, e.ErrorId);
        Assert.Contains($"has {published.Length + 1} bytes, its manifest says {published.Length}", e.Message);
    }

    [Fact]
    public async Task A_manifest_that_was_changed_is_refused_D26()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        string key = KeyOf("web", "1") + BundleManifest.Suffix;
        string manifest = System.Text.Encoding.UTF8.GetString(_on.Store[key]);
        _on.Store[key] = System.Text.Encoding.UTF8.GetBytes(manifest.Replace("\"srv/x\"", "\"srv/y\"", StringComparison.Ordinal));
        Assert.Equal(ErrorIds.BundleDigestMismatch, (await _on.FailAsync("1", "web")).ErrorId);
        _on.Store[key] = System.Text.Encoding.UTF8.GetBytes(manifest.Replace("\"srv/x\"", "\"../x\"", StringComparison.Ordinal));
        Assert.Equal(ErrorIds.BundleUnsafe, (await _on.FailAsync("1", "web")).ErrorId);
    }

    [Fact]
    public async Task An_archive_without_a_manifest_as_the_old_program_made_it_is_installed()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        _on.Store.Remove(KeyOf("web", "1") + BundleManifest.Suffix);
        Assert.Equal(InstallState.Committed, Assert.Single(await _on.InstallAsync("1", "web")).State);
        Assert.Equal("1", _on.Host.Read("srv/x"));
        Assert.Contains(_on.Log, line => line.Contains("no manifest"));
    }

    [Fact]
    public async Task A_local_archive_needs_no_bucket()
    {
        Bundle bundle = await _on.PublishAsync("web", "1", ("x", "1"));
        InstallRequest request = _on.Request("1") with { Bundles = [InstallSource.InFile(bundle.Path, "/srv/web")] };
        InstalledBundle result = Assert.Single(await new BundleInstaller(null).InstallAsync(request, default));
        Assert.Equal(("web", "1", _on.Host["srv/web"]), (result.Name, result.Version, result.Path));
        Assert.Equal("1", _on.Host.Read("srv/web/x"));
    }

    [Fact]
    public async Task A_failed_start_script_puts_everything_back_and_starts_the_old_version_again_D20()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("srv/old", "o"), ("etc/cumulus-init.d/S1", Script("S1old")));
        await _on.PublishAsync("web", "2", ("srv/x", "2"), ("srv/new/deep", "n"), ("etc/cumulus-init.d/S1", Script("S1new", "echo port taken; exit 9")));
        await _on.InstallAsync("1", "web");
        var before = _on.Snapshot();
        CumulusException e = await _on.FailAsync("2", "web");
        Assert.Equal(ErrorIds.InitScriptFailed, e.ErrorId);
        Assert.Contains("S1 ended with exit code 9. Its last lines: port taken. The host is as it was before.", e.Message);
        Assert.Equal(before, _on.Snapshot());
        Assert.Equal(["S1old start 1", "S1new start 2", "S1old start 1"], _on.Ran);
        Assert.Equal("1", Assert.Single((await StateAsync()).Bundles).Version);
    }

    [Fact]
    public async Task A_failed_stop_script_leaves_all_files_and_starts_again_what_was_stopped()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("etc/cumulus-init.d/K1", Script("K1", "exit 5")), ("etc/cumulus-init.d/S1", Script("S1")));
        await _on.PublishAsync("web", "2", ("srv/x", "2"));
        await _on.InstallAsync("1", "web");
        Assert.Equal(ErrorIds.InitScriptFailed, (await _on.FailAsync("2", "web")).ErrorId);
        Assert.Equal("1", _on.Host.Read("srv/x"));
        Assert.Equal(["S1 start 1", "K1 stop 2", "S1 start 1"], _on.Ran);
    }

    [Fact]
    public async Task A_script_that_hangs_is_stopped_and_named_D40()
    {
        await _on.PublishAsync("web", "1", ("etc/cumulus-init.d/S1", "#!/bin/sh\nsleep 600"));
        InstallRequest request = _on.Request("1", "web") with { ScriptTimeLimit = TimeSpan.FromMilliseconds(300) };
        var e = await Assert.ThrowsAsync<CumulusException>(() => new BundleInstaller(_on.Store).InstallAsync(request, default));
        Assert.Equal((ErrorIds.InitScriptFailed, FailureKind.Timeout), (e.ErrorId, e.Kind));
        Assert.Empty(_on.Snapshot());
    }

    [Fact]
    public async Task Cancelling_in_the_middle_puts_everything_back()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("srv/y", "1"));
        await _on.PublishAsync("web", "2", ("srv/x", "2"), ("srv/y", "2"));
        await _on.InstallAsync("1", "web");
        var before = _on.Snapshot();
        using var cancel = new CancellationTokenSource();
        var installer = new BundleInstaller(_on.Store) { OnStep = step => { if (step == "Place srv/x") cancel.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installer.InstallAsync(_on.Request("2", "web"), cancel.Token));
        Assert.Equal(before, _on.Snapshot());
    }

    [Fact]
    public async Task A_second_install_at_the_same_time_is_told_who_is_at_it_D40()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        CumulusException? second = null;
        var installer = new BundleInstaller(_on.Store)
        {
            OnStep = step => { if (step == "staged") second = Assert.ThrowsAsync<CumulusException>(() => _on.InstallAsync("1", "web")).GetAwaiter().GetResult(); },
        };
        await installer.InstallAsync(_on.Request("1", "web"), default);
        Assert.Equal(ErrorIds.InstallInProgress, second?.ErrorId);
        Assert.Contains($"process {Environment.ProcessId}", second?.Message);
        await _on.InstallAsync("1", "web");
    }

    [Fact]
    public async Task A_dead_holders_lock_is_no_lock_and_what_it_left_half_written_goes()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        _on.Host.Write("var/lib/cumulus/install.lock", "");
        _on.Host.Write("var/lib/cumulus/install.lock.holder", "process 1, started 2020-01-01 00:00:00 UTC");
        _on.Host.Write("var/lib/cumulus/installed.json.new", "{ half");
        _on.Host.Write("var/lib/cumulus/work/fetch/0.zip", "half");
        await _on.InstallAsync("1", "web");
        Assert.Equal("1", _on.Host.Read("srv/x"));
        Assert.Equal(["install.lock", "installed.json", "installed.stamps"], StateFiles());
    }

    [Fact]
    public async Task The_plan_tells_what_an_install_does_and_changes_nothing()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("srv/gone", "1"), ("etc/cumulus-init.d/K1", Script("K1")), ("etc/cumulus-init.d/S1", Script("S1")));
        await _on.PublishAsync("web", "2", ("srv/x", "2"), ("srv/new", "2"), ("etc/cumulus-init.d/S1", Script("S1")));
        await _on.InstallAsync("1", "web");
        var before = _on.Snapshot();
        InstallPlan plan = await new BundleInstaller(_on.Store).PlanAsync(_on.Request("2", "web"), default);
        Assert.Equal(
            [(FileChangeKind.Remove, "etc/cumulus-init.d/K1"), (FileChangeKind.Remove, "srv/gone"), (FileChangeKind.Add, "srv/new"), (FileChangeKind.Replace, "srv/x")],
            plan.Changes.Select(c => (c.Kind, Path.GetRelativePath(_on.Host.Path, c.Path))));
        Assert.Equal(["K1"], plan.StopScripts.Select(s => s.Name));
        Assert.Equal(["S1"], plan.StartScripts.Select(s => s.Name));
        Assert.Equal(before, _on.Snapshot());
        InstalledBundle done = Assert.Single(await _on.InstallAsync("2", "web"));
        Assert.Equal((plan.Bundles[0].Changed, plan.Bundles[0].Files, plan.Bundles[0].From), (done.Changed, done.Files, done.From));
    }

    [Theory]
    [InlineData("web")]
    [InlineData("/srv/../../x")]
    public async Task An_extraction_path_must_be_absolute_and_plain(string path)
    {
        await _on.PublishAsync("web", "1", ("x", "1"));
        InstallRequest request = _on.Request("1") with { Bundles = [InstallSource.InBucket("b", "stage", "1", "web", path)] };
        var e = await Assert.ThrowsAsync<CumulusException>(() => new BundleInstaller(_on.Store).InstallAsync(request, default));
        Assert.Equal(ErrorIds.MetadataInvalid, e.ErrorId);
    }

    [Fact]
    public async Task A_failing_service_leaves_the_host_as_it_was()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        _on.Store.DownloadFailure = new CumulusException(ErrorIds.EndpointUnreachable, FailureKind.Unavailable, "gone");
        Assert.Equal(ErrorIds.EndpointUnreachable, (await _on.FailAsync("1", "web")).ErrorId);
        Assert.Empty(_on.Snapshot());
        Assert.Equal(["install.lock"], StateFiles());
    }

    [Fact]
    public async Task The_state_folder_is_private_and_its_parents_are_not()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        await _on.InstallAsync("1", "web");
        Assert.Equal(("0755", "0700"), (EntryMode.Octal(_on.Host.Mode("var/lib")), EntryMode.Octal(_on.Host.Mode("var/lib/cumulus"))));
    }

    private Task<InstalledState> StateAsync() => InstalledState.ReadAsync(HostPaths.For(_on.Host.Path, windows: false), default);

    private string[] StateFiles() =>
        [.. Directory.GetFiles(_on.Host["var/lib/cumulus"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_on.Host["var/lib/cumulus"], f)).Order(StringComparer.Ordinal)];
}
