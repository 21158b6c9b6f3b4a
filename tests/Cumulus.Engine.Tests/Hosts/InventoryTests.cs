using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>What is installed, and whether it still is what was installed.</summary>
public sealed class InventoryTests : IDisposable
{
    private readonly HostFixture _on = new();

    public void Dispose() => _on.Dispose();

    private Task<HostInventory> InventoryAsync() => HostInventory.ReadAsync(_on.Host.Path, default);

    private async Task<InstalledBundleTest> TestAsync(string name, bool ignoreExtra = false)
    {
        HostInventory inventory = await InventoryAsync();
        return await new InstalledBundleTester(inventory, ignoreExtra).TestAsync(inventory.Find([name])[0], default);
    }

    private string[] Told(InstalledBundleTest test) => [.. test.Differences.Select(d => $"{d.Kind} {Path.GetRelativePath(_on.Host.Path, d.Path)} {d.Change}".TrimEnd())];

    [Fact]
    public async Task A_host_where_nothing_was_installed_has_nothing_and_is_not_changed_by_looking()
    {
        HostInventory inventory = await InventoryAsync();
        Assert.Empty(inventory.Find([]));
        Assert.Null(inventory.Caution);
        Assert.Empty(Directory.GetFileSystemEntries(_on.Host.Path));
        var e = Assert.Throws<CumulusException>(() => inventory.Find(["web"]));
        Assert.Equal((ErrorIds.BundleNotInstalled, FailureKind.NotFound), (e.ErrorId, e.Kind));
        Assert.Contains("nothing is installed there", e.Message);
    }

    [Fact]
    public async Task Bundles_are_told_with_version_place_counts_and_state()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "12"), ("srv/l", "-> x"), ("srv/e/", ""));
        Bundle data = await _on.PublishAsync("data", "1", ("d", "123"));
        await new BundleInstaller(_on.Store).InstallAsync(_on.Request("1") with
        {
            Bundles = [InstallSource.InBucket("b", "stage", "1", "web"), InstallSource.InBucket("b", "stage", "1", "data", "/var/data")],
        }, default);
        HostInventory inventory = await InventoryAsync();
        IReadOnlyList<HostBundle> all = await inventory.DescribeAsync(inventory.Find([]), _on.Log.Add, default);
        Assert.Equal(["web", "data"], all.Select(b => b.Name));
        HostBundle found = all[1];
        Assert.Equal(("1", "stage", HostBundleState.Committed, 1, 3L), (found.Version, found.Environment, found.State, found.Files, found.Size));
        Assert.Equal((_on.Host["var/data"], data.Digest, null, _on.Host.Path), (found.Path, found.Digest, found.SignedBy, found.RootPath));
        Assert.Equal((2, 2L), (all[0].Files, all[0].Size));
        Assert.Equal(
            [("srv/e", BundleEntryType.Folder, "0755", null), ("srv/l", BundleEntryType.Link, "0777", "x"), ("srv/x", BundleEntryType.File, "0644", null)],
            inventory.Files(inventory.Find(["web"])[0]).Select(f => (Path.GetRelativePath(_on.Host.Path, f.Path), f.Type, f.Mode, f.LinkTarget)));
    }

    [Fact]
    public async Task Names_are_patterns_and_an_absent_one_is_an_error()
    {
        await _on.PublishAsync("web", "1", ("w", "1"));
        await _on.PublishAsync("data", "1", ("d", "1"));
        await _on.InstallAsync("1", "web", "data");
        HostInventory inventory = await InventoryAsync();
        Assert.Equal(["web"], inventory.Find(["w*", "WEB"]).Select(b => b.Name));
        Assert.Empty(inventory.Find(["x*"]));
        Assert.Contains("no bundle 'wep'; it has web, data", Assert.Throws<CumulusException>(() => inventory.Find(["web", "wep"])).Message);
    }

    [Fact]
    public async Task A_running_install_is_told_and_so_is_one_that_was_killed()
    {
        await _on.PublishAsync("web", "1", ("x", "1"));
        await _on.PublishAsync("web", "2", ("x", "2"));
        await _on.InstallAsync("1", "web");
        HostInventory? during = null, killed = null;
        var installer = new BundleInstaller(_on.Store)
        {
            OnStep = step =>
            {
                if (step != "stopped") return;
                during = InventoryAsync().GetAwaiter().GetResult();
                string holder = _on.Host["var/lib/cumulus/install.lock.holder"];
                string note = File.ReadAllText(holder);
                File.WriteAllText(holder, "process 2147483647, started 2020-01-01 00:00:00 UTC");
                killed = InventoryAsync().GetAwaiter().GetResult();
                File.WriteAllText(holder, note);
            },
        };
        await installer.InstallAsync(_on.Request("2", "web"), default);
        Assert.Equal((HostBundleState.InProgress, HostBundleState.Interrupted), (await StateAsync(during!), await StateAsync(killed!)));
        Assert.Contains("is running", during!.Caution);
        Assert.Contains("was interrupted", killed!.Caution);
        Assert.Equal(HostBundleState.Committed, await StateAsync(await InventoryAsync()));
    }

    private static async Task<HostBundleState> StateAsync(HostInventory inventory) =>
        Assert.Single(await inventory.DescribeAsync(inventory.Find([]), Assert.Fail, default)).State;

    [Fact]
    public async Task An_install_that_waits_to_be_confirmed_is_told()
    {
        await _on.PublishAsync("web", "1", ("x", "1"));
        await new BundleInstaller(_on.Store).InstallAsync(_on.Request("1", "web") with { ConfirmTimeLimit = TimeSpan.FromHours(1) }, default);
        HostInventory inventory = await InventoryAsync();
        Assert.Equal(HostBundleState.Unconfirmed, await StateAsync(inventory));
        Assert.Contains("waits to be confirmed until", inventory.Caution);
    }

    [Fact]
    public async Task Earlier_versions_that_are_kept_are_told_and_a_damaged_one_is_named()
    {
        foreach (string version in (string[])["1", "2", "3"])
        {
            await _on.PublishAsync("web", version, ("x", version));
            await _on.InstallAsync(version, "web");
        }

        HostInventory inventory = await InventoryAsync();
        Assert.Equal(["2", "1"], Assert.Single(await inventory.DescribeAsync(inventory.Find([]), Assert.Fail, default)).PreviousVersions);
        _on.Host.Write("var/lib/cumulus/versions/1.json", "{ half");
        Assert.Equal(["2"], Assert.Single(await inventory.DescribeAsync(inventory.Find([]), _on.Log.Add, default)).PreviousVersions);
        Assert.Contains("versions/1.json", _on.Log[^1]);
    }

    [Theory]
    [InlineData("{ half", "damaged")]
    [InlineData("{\"schema\":99,\"bundles\":[]}", "newer version")]
    public async Task A_state_document_that_cannot_be_read_is_named(string document, string why)
    {
        string path = _on.Host.Write("var/lib/cumulus/installed.json", document);
        var e = await Assert.ThrowsAsync<CumulusException>(InventoryAsync);
        Assert.Equal(path, e.Target);
        Assert.Contains(why, e.Message);
    }

    [Fact]
    public async Task A_host_as_it_was_installed_is_valid()
    {
        await PublishWebAsync();
        InstalledBundleTest test = await TestAsync("web");
        Assert.Empty(Told(test));
        Assert.Equal((true, 4), (test.IsValid, test.Files));
    }

    [Fact]
    public async Task Every_kind_of_drift_is_found_D26()
    {
        await PublishWebAsync();
        _on.Host.Write("srv/web/same-size", "b");
        _on.Host.Write("srv/web/longer", "more");
        _on.Host.SetMode("srv/web/longer", UnixFileMode.UserRead);
        _on.Host.Write("srv/web/log", "foreign");
        _on.Host.Write("srv/web/cache/deep", "foreign");
        File.Delete(_on.Host["srv/web/l"]);
        _on.Host.Link("srv/web/l", "longer");
        File.Delete(_on.Host["srv/web/sub/x"]);
        _on.Host.SetMode("srv/empty", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        InstalledBundleTest test = await TestAsync("web");
        Assert.Equal(
            [
                "Changed srv/empty mode 0700 -> 0500", "Extra srv/web/cache", "Changed srv/web/l link same-size -> longer", "Extra srv/web/log",
                "Changed srv/web/longer content, mode 0644 -> 0400", "Changed srv/web/same-size content", "Missing srv/web/sub/x",
            ],
            Told(test));
        Assert.Equal((false, 4, 1, 2), (test.IsValid, test.Changed, test.Missing, test.Extra));
        Assert.Equal(5, (await TestAsync("web", ignoreExtra: true)).Differences.Count);
        CumulusException failure = InstalledBundleTester.Failure(test);
        Assert.Equal(ErrorIds.InstalledBundleTestFailed, failure.ErrorId);
        Assert.Contains("4 changed, 1 missing, 2 extra", failure.Message);
        Assert.Contains("srv/web/longer (content, mode 0644 -> 0400)", failure.Message);
    }

    [Fact]
    public async Task A_file_that_became_a_folder_or_a_link_is_changed()
    {
        await PublishWebAsync();
        File.Delete(_on.Host["srv/web/longer"]);
        _on.Host.Folder("srv/web/longer");
        File.Delete(_on.Host["srv/web/same-size"]);
        _on.Host.Link("srv/web/same-size", "/nowhere");
        Assert.Equal(["Changed srv/web/longer file -> folder", "Changed srv/web/same-size file -> link"], Told(await TestAsync("web")));
    }

    [Fact]
    public async Task Folders_and_files_of_the_host_itself_are_its_own_affair()
    {
        _on.Host.Write("srv/web/own", "own");
        _on.Host.Folder("srv/empty");
        await PublishWebAsync();
        Assert.Empty(Told(await TestAsync("web")));
    }

    [Fact]
    public async Task Of_two_bundles_with_one_file_only_the_later_one_is_asked_for_it_and_neither_calls_the_others_files_extra()
    {
        await _on.PublishAsync("base", "1", ("srv/x", "base"), ("srv/base", "1"));
        await _on.PublishAsync("over", "1", ("srv/x", "over"), ("srv/over", "1"));
        await _on.InstallAsync("1", "base", "over");
        Assert.Empty(Told(await TestAsync("base")));
        Assert.Empty(Told(await TestAsync("over")));
        HostInventory inventory = await InventoryAsync();
        Assert.Equal(["srv/x"], inventory.Files(inventory.Find(["base"])[0]).Where(f => f.IsHidden).Select(f => Path.GetRelativePath(_on.Host.Path, f.Path)));
        _on.Host.Write("srv/x", "else");
        Assert.Empty(Told(await TestAsync("base")));
        Assert.Equal(["Changed srv/x content"], Told(await TestAsync("over")));
    }

    [Fact]
    public async Task Files_that_were_left_on_demand_are_not_extra()
    {
        await _on.PublishAsync("web", "1", ("srv/old", "1"), ("srv/x", "1"));
        await _on.PublishAsync("web", "2", ("srv/x", "2"));
        await _on.InstallAsync("1", "web");
        await new BundleInstaller(_on.Store).InstallAsync(_on.Request("2", "web") with { KeepOldFiles = true }, default);
        Assert.Empty(Told(await TestAsync("web")));
    }

    private async Task PublishWebAsync()
    {
        await _on.PublishAsync("web", "1", ("srv/web/same-size", "a"), ("srv/web/longer", "b"), ("srv/web/l", "-> same-size"), ("srv/web/sub/x", "x"), ("srv/empty/", "0700"));
        await _on.InstallAsync("1", "web");
    }
}
