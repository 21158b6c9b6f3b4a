using Cumulus.Engine.Ghost.Instances;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost.Instances;

public sealed class ModuleInstallerTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly ModulePackages _packages;

    public ModuleInstallerTests() => _packages = new ModulePackages(_temp);

    public void Dispose() => _temp.Dispose();

    [NeedsFact(Need.Unix)]
    public async Task A_module_is_a_link_to_a_release_and_goes_back_to_the_one_before()
    {
        InstalledModule first = await _packages.InstallAsync((await _packages.MakeAsync("1")) with { Deployment = "d1" });
        InstalledModule second = await _packages.InstallAsync((await _packages.MakeAsync("2")) with { Deployment = "d2" });

        Assert.Equal("2", _packages.Shown());
        Assert.Equal((ModuleInstallState.Committed, first.Version), (second.State, second.From));
        InstalledModule back = await _packages.Installer().RestoreAsync(_packages.Restore(), default);
        Assert.Equal((ModuleInstallState.Restored, "1", first.Version, "d1"), (back.State, _packages.Shown(), back.Version, back.Deployment));
        Assert.Single(_packages.Releases());
    }

    [NeedsFact(Need.Unix)]
    public async Task The_same_content_again_changes_nothing_and_runs_no_script()
    {
        ModuleInstallRequest request = await _packages.MakeAsync("1", post: "#!/bin/sh\necho run >> ../../../../../count\n");
        await _packages.InstallAsync(request);

        Assert.Equal(ModuleInstallState.Unchanged, (await _packages.InstallAsync(request)).State);
        Assert.Equal("run\n", File.ReadAllText(Path.Combine(_packages.Root, "count")));
        Assert.Equal(ModuleInstallState.Committed, (await _packages.InstallAsync(request with { Force = true })).State);
    }

    [NeedsFact(Need.Unix)]
    public async Task Scripts_run_in_the_new_tree_before_and_after_the_switch()
    {
        const string Tell = "#!/bin/sh\nprintf '%s %s %s %s\\n' \"$(cat index.html)\" \"$(cat \"$CUMULUS_ROOT/var/www/site/index.html\" 2>/dev/null || echo none)\" \"$GHOST_MODULE_NAME\" \"$GHOST_MODULE_USER\"\n";
        Environment.SetEnvironmentVariable("CUMULUS_ROOT", null);
        string script = Tell.Replace("$CUMULUS_ROOT", _packages.Root, StringComparison.Ordinal);
        await _packages.InstallAsync((await _packages.MakeAsync("1", script, script)) with { User = "ci" });

        Assert.Equal(["site: pre_deploy: 1 none site ci", "site: post_deploy: 1 1 site ci"], _packages.Log.Where(l => l.Contains("site ci", StringComparison.Ordinal)));
    }

    [NeedsFact(Need.Unix)]
    public async Task G11_a_failed_post_deploy_leaves_the_link_on_the_old_tree_and_starts_it_again()
    {
        await _packages.InstallAsync(await _packages.MakeAsync("1", post: $"#!/bin/sh\necho up1 >> {_temp["told"]}\n"));

        var e = await Assert.ThrowsAsync<CumulusException>(async () => await _packages.InstallAsync(await _packages.MakeAsync("2", post: $"#!/bin/sh\necho up2 >> {_temp["told"]}\nexit 7\n")));

        Assert.Equal(ErrorIds.ModuleScriptFailed, e.ErrorId);
        Assert.Contains("exit code 7", e.Message);
        Assert.Contains("as it was before", e.Message);
        Assert.Equal(("1", "up1\nup2\nup1\n"), (_packages.Shown(), _temp.Read("told")));
        Assert.Single(_packages.Releases());
    }

    [NeedsFact(Need.Unix)]
    public async Task A_failed_pre_deploy_changes_nothing()
    {
        await _packages.InstallAsync(await _packages.MakeAsync("1"));

        await Assert.ThrowsAsync<CumulusException>(async () => await _packages.InstallAsync(await _packages.MakeAsync("2", pre: "exit 1")));

        Assert.Equal("1", _packages.Shown());
        Assert.Single(_packages.Releases());
    }

    [NeedsFact(Need.Unix)]
    public async Task A_health_check_that_fails_takes_the_module_back()
    {
        await _packages.InstallAsync(await _packages.MakeAsync("1"));
        ModuleInstallRequest bad = (await _packages.MakeAsync("2")) with { HealthCheck = new HealthCheck("exit 1", TimeSpan.FromMilliseconds(10)) };

        var e = await Assert.ThrowsAsync<CumulusException>(() => _packages.InstallAsync(bad));

        Assert.Equal((ErrorIds.HealthCheckFailed, "1"), (e.ErrorId, _packages.Shown()));
    }

    [NeedsFact(Need.Unix)]
    public async Task G14_exactly_as_many_releases_stay_as_are_to_be_kept()
    {
        for (int i = 1; i <= 6; i++) await _packages.InstallAsync((await _packages.MakeAsync($"{i}")) with { KeepVersions = 2 });

        Assert.Equal(3, _packages.Releases().Length);
        await _packages.Installer().RestoreAsync(_packages.Restore(), default);
        await _packages.Installer().RestoreAsync(_packages.Restore(), default);
        Assert.Equal("4", _packages.Shown());
    }

    [NeedsFact(Need.Unix)]
    public async Task G14_a_folder_that_was_there_before_is_kept_and_comes_back()
    {
        _temp.Write("root/var/www/site/index.html", "by hand");
        await _packages.InstallAsync((await _packages.MakeAsync("1")) with { Deployment = "d1" });
        Assert.Equal("1", _packages.Shown());

        InstalledModule back = await _packages.Installer().RestoreAsync(_packages.Restore("d1"), default);

        Assert.Equal((ModuleInstallState.Removed, "by hand"), (back.State, _packages.Shown()));
        Assert.Single(Directory.GetFileSystemEntries(_temp["root/var/www"]));
    }

    [NeedsFact(Need.Unix)]
    public async Task G10_the_first_deployment_can_be_taken_back_and_that_of_another_is_not()
    {
        await _packages.InstallAsync((await _packages.MakeAsync("1")) with { Deployment = "d1" });

        Assert.Equal(ModuleInstallState.Unchanged, (await _packages.Installer().RestoreAsync(_packages.Restore("d2"), default)).State);
        Assert.Equal("1", _packages.Shown());
        Assert.Equal(ModuleInstallState.Removed, (await _packages.Installer().RestoreAsync(_packages.Restore("d1"), default)).State);
        Assert.Null(_packages.Shown());
        Assert.Equal(ModuleInstallState.Unchanged, (await _packages.Installer().RestoreAsync(_packages.Restore("d1"), default)).State);
    }

    [NeedsFact(Need.Unix)]
    public async Task G16_another_package_than_the_one_deployed_is_refused()
    {
        ModuleInstallRequest request = (await _packages.MakeAsync("1")) with { Digest = "sha256:" + new string('0', 64) };

        Assert.Equal(ErrorIds.BundleDigestMismatch, (await Assert.ThrowsAsync<CumulusException>(() => _packages.InstallAsync(request))).ErrorId);
        Assert.Null(_packages.Shown());
    }

    [NeedsFact(Need.Unix)]
    public async Task A_package_that_was_deleted_by_hand_is_told_and_nothing_changes()
    {
        await _packages.InstallAsync(await _packages.MakeAsync("1"));
        ModuleInstallRequest gone = await _packages.MakeAsync("2");
        foreach (string key in _packages.Store.Keys.Where(k => k.StartsWith(gone.Key, StringComparison.Ordinal)).ToArray()) _packages.Store.Remove(key);

        Assert.Equal(ErrorIds.BundleNotFound, (await Assert.ThrowsAsync<CumulusException>(() => _packages.InstallAsync(gone))).ErrorId);
        Assert.Equal("1", _packages.Shown());
    }

    [NeedsFact(Need.Unix)]
    public async Task A_module_that_moves_takes_its_link_along()
    {
        await _packages.InstallAsync(await _packages.MakeAsync("1"));
        await _packages.InstallAsync(await _packages.MakeAsync("2", path: "/srv/site"));

        Assert.Equal((null, "2"), (_packages.Shown(), _packages.Shown("srv/site")));
        await _packages.Installer().RestoreAsync(_packages.Restore(), default);
        Assert.Equal(("1", null), (_packages.Shown(), _packages.Shown("srv/site")));
    }

    [NeedsTheory(Need.Unix)]
    [InlineData("/")]
    [InlineData("/etc")]
    [InlineData("/opt/cumulus/modules/site/x")]
    [InlineData("/var/../etc")]
    [InlineData("relative")]
    public async Task A_path_that_would_harm_the_host_is_refused(string path)
    {
        await Assert.ThrowsAsync<CumulusException>(async () => await _packages.InstallAsync(await _packages.MakeAsync("1", path: path)));

        Assert.False(Directory.Exists(Path.Combine(_packages.Root, "etc")));
    }

    [NeedsFact(Need.Unix)]
    public async Task G19_killed_at_any_step_the_next_run_finds_the_old_release_or_the_new_one()
    {
        string[] steps = ["staged", "pre_deploy", "switched", "post_deploy", "committing", "committed"];
        await _packages.InstallAsync((await _packages.MakeAsync("0")) with { Deployment = "d0" });
        for (int i = 0; i < steps.Length; i++)
        {
            ModuleInstallRequest next = (await _packages.MakeAsync($"{i + 1}")) with { Deployment = $"d{i + 1}" };
            string before = _packages.Shown()!;
            string left = CopyOfHostAt(steps[i], next);
            var later = new ModuleInstaller(_packages.Store);

            // What a killed process leaves, found by the next run.
            await later.RestoreAsync(new ModuleRestoreRequest { Module = "site", Deployment = "none", RootPath = left }, default);

            Assert.Equal(steps[i] == "committed" ? $"{i + 1}" : before, File.ReadAllText(Path.Combine(left, "var/www/site/index.html")));
            Assert.False(File.Exists(Path.Combine(left, "var/lib/cumulus/modules/site/journal.json")));
            Assert.Equal($"{i + 1}", _packages.Shown());
        }
    }

    private string CopyOfHostAt(string step, ModuleInstallRequest request)
    {
        string copy = _temp[$"copy-{step}"];
        _packages.Installer(s =>
        {
            if (s == step) Tool.Run("cp", "-a", _packages.Root, copy);
        }).InstallAsync(request, default).GetAwaiter().GetResult();
        return copy;
    }
}
