using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

public sealed class UninstallTests : IDisposable
{
    private readonly HostFixture _on = new();

    public void Dispose() => _on.Dispose();

    private UninstallRequest Request(params string[] names) => new() { Names = names, RootPath = _on.Host.Path, Log = _on.Log.Add, Warn = line => _on.Log.Add("warning: " + line) };

    private Task<IReadOnlyList<UninstalledBundle>> UninstallAsync(params string[] names) => new BundleInstaller(null).UninstallAsync(Request(names), default);

    private IReadOnlyList<string> Now() => TreeSnapshot.Of(_on.Host.Path, "ran", "var");

    private async Task InstallBothAsync()
    {
        await _on.PublishAsync("web", "1", ("srv/web/x", "1"), ("etc/app.conf", "bundle"), ("etc/cumulus-init.d/K1web", Script("K1web")), ("etc/cumulus-init.d/S1web", Script("S1web")));
        await _on.PublishAsync("data", "1", ("srv/data/d", "1"), ("etc/cumulus-init.d/S2data", Script("S2data")));
        await _on.InstallAsync("1", "web", "data");
        File.Delete(_on.Host["ran"]);
    }

    [Fact]
    public async Task A_host_is_to_the_last_byte_as_it_was_before_Cumulus_when_all_bundles_are_gone_D21()
    {
        _on.Host.Write("etc/app.conf", "by hand", UnixFileMode.UserRead);
        _on.Host.Link("srv/own", "/elsewhere");
        var before = Now();
        await InstallBothAsync();
        UninstalledBundle[] gone = [.. await UninstallAsync("*")];
        Assert.Equal([("web", "1", 4, 1), ("data", "1", 2, 0)], gone.Select(g => (g.Name, g.Version, g.Files, g.Restored)));
        Assert.Equal(before, Now());
        Assert.Empty((await HostInventory.ReadAsync(_on.Host.Path, default)).Find([]));
    }

    [Fact]
    public async Task The_other_bundles_stay_and_their_start_scripts_run()
    {
        await InstallBothAsync();
        Assert.Equal("web", Assert.Single(await UninstallAsync("WEB")).Name);
        Assert.Equal(["etc", "etc/cumulus-init.d", "etc/cumulus-init.d/S2data", "srv", "srv/data", "srv/data/d"], _on.Snapshot().Keys);
        Assert.Equal(["K1web stop 1", "S2data start 1"], _on.Ran);
        Assert.Equal("data", Assert.Single((await HostInventory.ReadAsync(_on.Host.Path, default)).Find([])).Name);
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_an_error_before_anything_happens_and_a_pattern_is_not()
    {
        await InstallBothAsync();
        var before = Now();
        var e = await Assert.ThrowsAsync<CumulusException>(() => UninstallAsync("web", "wep"));
        Assert.Equal(ErrorIds.BundleNotInstalled, e.ErrorId);
        Assert.Empty(await UninstallAsync("x*"));
        Assert.Equal(before, Now());
        Assert.Empty(_on.Ran);
    }

    [Fact]
    public async Task What_others_put_into_the_bundles_folders_stays()
    {
        await InstallBothAsync();
        _on.Host.Write("srv/web/log", "foreign");
        await UninstallAsync("web", "data");
        Assert.Equal(["srv", "srv/web", "srv/web/log"], _on.Snapshot().Keys);
    }

    [Fact]
    public async Task A_file_that_the_bundle_hid_from_another_one_is_named()
    {
        await _on.PublishAsync("base", "1", ("srv/x", "base"));
        await _on.PublishAsync("over", "1", ("srv/x", "over"));
        await _on.InstallAsync("1", "base", "over");
        await UninstallAsync("over");
        Assert.Contains(_on.Log, line => line.StartsWith($"warning: {_on.Host["srv/x"]} is still that of a bundle that went", StringComparison.Ordinal));
        HostInventory inventory = await HostInventory.ReadAsync(_on.Host.Path, default);
        Assert.False((await new InstalledBundleTester(inventory).TestAsync(inventory.Find(["base"])[0], default)).IsValid);
        await _on.InstallAsync("1", "base");
        Assert.Equal("base", _on.Host.Read("srv/x"));
    }

    [Fact]
    public async Task A_bundle_that_went_comes_back_without_a_network()
    {
        await InstallBothAsync();
        var before = Now();
        await UninstallAsync("web");
        await new BundleInstaller(null).RestoreAsync(new RestoreRequest { RootPath = _on.Host.Path }, default);
        Assert.Equal(Names(before), Names(Now()));

        static IEnumerable<string> Names(IReadOnlyList<string> lines) => lines.Select(l => l.Split('\t')[0]);
    }

    [Fact]
    public async Task A_stop_script_that_fails_stops_the_removal_unless_it_is_told_to_go_on()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("etc/cumulus-init.d/K1", "#!/bin/sh\nexit 3\n"));
        await _on.InstallAsync("1", "web");
        Assert.Equal(ErrorIds.InitScriptFailed, (await Assert.ThrowsAsync<CumulusException>(() => UninstallAsync("web"))).ErrorId);
        Assert.Equal("1", _on.Host.Read("srv/x"));
        await new BundleInstaller(null).UninstallAsync(Request("web") with { IgnoreStopFailure = true }, default);
        Assert.Empty(_on.Snapshot());
        Assert.Contains(_on.Log, line => line.StartsWith("warning: ", StringComparison.Ordinal) && line.Contains("exit code 3"));
    }

    [Fact]
    public async Task The_plan_lists_files_and_scripts_and_changes_nothing()
    {
        _on.Host.Write("etc/app.conf", "by hand");
        await InstallBothAsync();
        _on.Host.Write("etc/cumulus-init.d/by-hand", Script("x"), EntryMode.DefaultFolder);
        var before = Now();
        InstallPlan plan = await BundleInstaller.PlanAsync(Request("web"), default);
        Assert.Equal(
            [(FileChangeKind.Restore, "etc/app.conf"), (FileChangeKind.Remove, "etc/cumulus-init.d/K1web"), (FileChangeKind.Remove, "etc/cumulus-init.d/S1web"), (FileChangeKind.Remove, "srv/web/x")],
            plan.Changes.Select(c => (c.Kind, Path.GetRelativePath(_on.Host.Path, c.Path))));
        Assert.Equal([("K1web", "web"), ("by-hand", null)], plan.StopScripts.Select(s => (s.Name, s.Bundle)));
        Assert.Equal([("S2data", "data"), ("by-hand", null)], plan.StartScripts.Select(s => (s.Name, s.Bundle)));
        Assert.Equal(before, Now());
        Assert.Empty(_on.Ran);
    }

    [Fact]
    public async Task A_removal_that_is_killed_at_any_step_is_undone_by_the_next_run()
    {
        _on.Host.Write("etc/app.conf", "by hand");
        await InstallBothAsync();
        var before = Now();
        using var copies = new Support.TempFolder();
        int points = 0;
        var installer = new BundleInstaller(null) { OnStep = _ => Support.Tool.Run("cp", "-a", _on.Host.Path, copies[$"{points++}"]) };
        await installer.UninstallAsync(Request("web"), default);
        var after = Now();
        Assert.True(points > 8, $"{points}");
        for (int i = 0; i < points; i++)
        {
            string copy = copies[$"{i}"];
            InstallPlan planned = await BundleInstaller.PlanAsync(Request("w*", "dat*") with { RootPath = copy }, default);
            bool committed = (await HostInventory.ReadAsync(copy, default)).Find([]).Count == 1;
            Assert.Equal(committed ? 2 : 6, planned.Changes.Count);
            await new BundleInstaller(null).UninstallAsync(new UninstallRequest { Names = ["no-such*"], RootPath = copy }, default);
            Assert.Equal(committed ? after : before, TreeSnapshot.Of(copy, "ran", "var"));
        }
    }
}
