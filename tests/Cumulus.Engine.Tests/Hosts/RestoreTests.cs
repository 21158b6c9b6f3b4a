using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

public sealed class RestoreTests : IDisposable
{
    private readonly HostFixture _on = new();

    public void Dispose() => _on.Dispose();

    private async Task PublishAsync(params string[] versions)
    {
        foreach (string version in versions)
        {
            await _on.PublishAsync("web", version, ("srv/same", "s"), ("srv/x", version), ($"srv/only{version}", version), ("srv/l", $"-> only{version}"), ("etc/cumulus-init.d/K1", Script("K" + version)), ("etc/cumulus-init.d/S1", Script("S" + version)));
        }
    }

    private Task<IReadOnlyList<InstalledBundle>> RestoreAsync(string? version = null, params string[] names) =>
        new BundleInstaller(store: null).RestoreAsync(new RestoreRequest { RootPath = _on.Host.Path, Version = version, Names = names }, default);

    private async Task<CumulusException> RestoreFailsAsync(string? version = null, params string[] names) =>
        await Assert.ThrowsAsync<CumulusException>(() => RestoreAsync(version, names));

    private string[] Kept() => !Directory.Exists(_on.Host["var/lib/cumulus/kept"]) ? [] :
        [.. Directory.GetFiles(_on.Host["var/lib/cumulus/kept"], "*", SearchOption.AllDirectories).Select(f => $"{Path.GetFileName(Path.GetDirectoryName(f))} {File.ReadAllText(f).Split('\n')[0]}").Order()];

    [Fact]
    public async Task The_version_before_comes_back_without_a_network_with_its_scripts_G14()
    {
        await PublishAsync("1", "2");
        await _on.InstallAsync("1", "web");
        var old = _on.Snapshot();
        await _on.InstallAsync("2", "web");
        File.Delete(_on.Host["ran"]);
        InstalledBundle result = Assert.Single(await RestoreAsync());
        Assert.Equal(("1", "2", InstallState.Committed), (result.Version, result.From, result.State));
        Assert.Equal(old, _on.Snapshot());
        Assert.Equal(["K2 stop 1", "S1 start 1"], _on.Ran);
    }

    [Fact]
    public async Task Going_back_is_itself_undone_by_going_back()
    {
        await PublishAsync("1", "2");
        await _on.InstallAsync("1", "web");
        var first = _on.Snapshot();
        await _on.InstallAsync("2", "web");
        var second = _on.Snapshot();
        for (int i = 0; i < 3; i++)
        {
            await RestoreAsync();
            Assert.Equal(first, _on.Snapshot());
            await RestoreAsync();
            Assert.Equal(second, _on.Snapshot());
        }
    }

    [Fact]
    public async Task Any_kept_version_comes_back_by_its_name_and_no_other()
    {
        await PublishAsync("1", "2", "3", "4", "5");
        var seen = new List<SortedDictionary<string, string>>();
        foreach (string version in (string[])["1", "2", "3", "4", "5"])
        {
            await _on.InstallAsync(version, "web");
            seen.Add(_on.Snapshot());
        }

        CumulusException e = await RestoreFailsAsync("1");
        Assert.Equal(ErrorIds.VersionNotKept, e.ErrorId);
        Assert.Contains("web 4, web 3, web 2", e.Message);
        Assert.Equal(seen[4], _on.Snapshot());
        await RestoreAsync("2");
        Assert.Equal(seen[1], _on.Snapshot());
        await RestoreAsync("4");
        Assert.Equal(seen[3], _on.Snapshot());
    }

    [Fact]
    public async Task Versions_that_are_not_kept_any_more_leave_nothing_behind_G14()
    {
        await PublishAsync("1", "2", "3");
        await _on.InstallAsync("1", "web");
        await _on.InstallAsync("2", "web");
        await _on.InstallAsync("3", "web");
        Assert.Contains("1 1", Kept());
        await new BundleInstaller(_on.Store).InstallAsync(_on.Request("3", "web") with { KeepVersions = 1 }, default);
        Assert.DoesNotContain("1 1", Kept());
        Assert.Contains("2 2", Kept());
        await RestoreAsync();
        Assert.Equal("2", _on.Host.Read("srv/x"));
        await new BundleInstaller(_on.Store).InstallAsync(_on.Request("2", "web") with { KeepVersions = 0 }, default);
        Assert.Empty(Kept());
        Assert.Equal(ErrorIds.VersionNotKept, (await RestoreFailsAsync()).ErrorId);
    }

    [Fact]
    public async Task A_host_without_an_earlier_version_says_so()
    {
        Assert.Equal(ErrorIds.VersionNotKept, (await RestoreFailsAsync()).ErrorId);
        await PublishAsync("1");
        await _on.InstallAsync("1", "web");
        Assert.Contains("keeps no earlier version", (await RestoreFailsAsync()).Message);
    }

    [Fact]
    public async Task Unchanged_files_are_neither_copied_nor_touched()
    {
        await PublishAsync("1", "2");
        await _on.InstallAsync("1", "web");
        DateTime written = File.GetLastWriteTimeUtc(_on.Host["srv/same"]);
        await _on.InstallAsync("2", "web");
        await RestoreAsync();
        Assert.Equal(written, File.GetLastWriteTimeUtc(_on.Host["srv/same"]));
        Assert.DoesNotContain(Kept(), k => k.EndsWith(" s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_bundle_goes_back_and_the_others_stay()
    {
        foreach (string version in (string[])["1", "2"])
        {
            await _on.PublishAsync("web", version, ("srv/web", version));
            await _on.PublishAsync("data", version, ("srv/data", version));
        }

        await _on.InstallAsync("1", "web", "data");
        await _on.InstallAsync("2", "web", "data");
        await RestoreAsync(null, "web");
        Assert.Equal(("1", "2"), (_on.Host.Read("srv/web"), _on.Host.Read("srv/data")));
        CumulusException e = await RestoreFailsAsync("2", "nobody");
        Assert.Equal(ErrorIds.VersionNotKept, e.ErrorId);
        Assert.Contains("nobody", e.Message);
    }

    [Fact]
    public async Task What_was_changed_in_the_kept_copy_does_not_come_back_D26()
    {
        await PublishAsync("1", "2");
        await _on.InstallAsync("1", "web");
        await _on.InstallAsync("2", "web");
        var before = _on.Snapshot();
        foreach (string file in Directory.GetFiles(_on.Host["var/lib/cumulus/kept/1"])) File.AppendAllText(file, "more");
        CumulusException e = await RestoreFailsAsync();
        Assert.Equal(ErrorIds.VersionNotKept, e.ErrorId);
        Assert.Contains("was changed in", e.Message);
        Assert.Equal(before, _on.Snapshot());
        foreach (string file in Directory.GetFiles(_on.Host["var/lib/cumulus/kept/1"])) File.Delete(file);
        Assert.Contains("is not kept", (await RestoreFailsAsync()).Message);
    }

    [Fact]
    public async Task A_file_that_was_changed_by_hand_comes_back_as_it_was_then()
    {
        foreach (string version in (string[])["1", "2", "3"]) await _on.PublishAsync("web", version, ("srv/x", version));
        await _on.InstallAsync("1", "web");
        _on.Host.Write("srv/x", "mine", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var before = _on.Snapshot();
        await _on.InstallAsync("2", "web");
        await _on.InstallAsync("3", "web");
        var warnings = new List<string>();
        await new BundleInstaller(null).RestoreAsync(new RestoreRequest { RootPath = _on.Host.Path, Version = "1", Warn = warnings.Add }, default);
        Assert.Equal(before, _on.Snapshot());
        Assert.Contains("srv/x of 'web' comes back as it was: changed by hand", Assert.Single(warnings));
        await _on.InstallAsync("1", "web");
        Assert.Equal("1", _on.Host.Read("srv/x"));
    }

    [Fact]
    public async Task A_start_script_of_the_old_version_that_fails_leaves_the_installed_one()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("etc/cumulus-init.d/S1", Script("S1", "test ! -e \"$CUMULUS_ROOT/broken\"")));
        await _on.PublishAsync("web", "2", ("srv/x", "2"), ("etc/cumulus-init.d/S1", Script("S2")));
        await _on.InstallAsync("1", "web");
        await _on.InstallAsync("2", "web");
        _on.Host.Write("broken", "");
        var before = _on.Snapshot();
        Assert.Equal(ErrorIds.InitScriptFailed, (await RestoreFailsAsync()).ErrorId);
        Assert.Equal(before, _on.Snapshot());
    }

    [Fact]
    public async Task A_file_from_before_Cumulus_goes_and_comes_with_the_versions_D21()
    {
        _on.Host.Write("etc/app.conf", "by hand");
        await _on.PublishAsync("web", "1", ("etc/app.conf", "bundle"));
        await _on.PublishAsync("web", "2", ("srv/x", "2"));
        await _on.InstallAsync("1", "web");
        await _on.InstallAsync("2", "web");
        Assert.Equal("by hand", _on.Host.Read("etc/app.conf"));
        await RestoreAsync();
        Assert.Equal("bundle", _on.Host.Read("etc/app.conf"));
        await RestoreAsync();
        Assert.Equal("by hand", _on.Host.Read("etc/app.conf"));
    }

    [Fact]
    public async Task The_same_content_under_another_version_is_a_version_too()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "x"));
        await _on.PublishAsync("web", "2", ("srv/x", "x"));
        await _on.InstallAsync("1", "web");
        Assert.Equal(InstallState.Unchanged, Assert.Single(await _on.InstallAsync("2", "web")).State);
        Assert.Equal("1", Assert.Single(await RestoreAsync()).Version);
    }
}
