using Cumulus.Engine.Ghost.Deployments;
using Cumulus.Engine.Ghost.Rollouts;
using Cumulus.Engine.Jobs;

namespace Cumulus.Engine.Tests.Ghost.Deployments;

public sealed class GhostDeployerTests
{
    [Fact]
    public async Task A_deployment_rolls_group_after_group_and_then_writes_the_manifest()
    {
        using var fixture = new DeploymentFixture();

        GhostDeployment done = await fixture.DeployAsync();

        Assert.Equal((GhostDeploymentOutcome.Succeeded, 8, "site HEAD"), (done.Outcome, done.Hosts, done.Summary));
        Assert.All(fixture.Fleet.Instances, i => Assert.Equal(done.Id, fixture.Fleet.Current(i.InstanceId)));
        Assert.Equal(6, fixture.Fleet.Lowest);
        Assert.Equal(
            ["suspend", .. Enumerable.Repeat(new[] { "out", "install", "in" }, 4).SelectMany(c => c), "resume"],
            fixture.Fleet.Calls.Where(c => !c.StartsWith("instances", StringComparison.Ordinal)).Select(c => c.Split(' ')[0]));
        ManifestModule named = Assert.Single((await fixture.ManifestAsync()).Modules);
        Assert.Equal((done.Id, "/var/www/site"), (named.Deployment, named.Path));
        Assert.Null(await fixture.JournalAsync());
        Assert.Contains(fixture.Log, l => l.StartsWith("group 4 of 4  [2 hosts]  drained", StringComparison.Ordinal));
    }

    [Fact]
    public async Task G10_a_group_that_stays_unhealthy_takes_everything_back_and_leaves_the_manifest()
    {
        using var fixture = new DeploymentFixture();
        GhostDeployment first = await fixture.DeployAsync();
        fixture.Code("2");
        string sick = fixture.Fleet.Calls.Where(c => c.StartsWith("install", StringComparison.Ordinal)).ElementAt(1).Split(' ')[1];
        fixture.Fleet.IsSick = (id, has) => id == sick && has != first.Id;
        fixture.Fleet.Calls.Clear();

        var e = await Assert.ThrowsAsync<CumulusException>(() => fixture.DeployAsync());

        Assert.Equal(ErrorIds.RolloutFailed, e.ErrorId);
        Assert.Contains("group 2 of 4", e.Message);
        Assert.Contains($"{sick} is not healthy", e.Message);
        Assert.Contains("Target.ResponseCodeMismatch: HTTP 502", e.Message);
        Assert.Contains("4 hosts went back", e.Message);
        Assert.All(fixture.Fleet.Instances, i => Assert.Equal(first.Id, fixture.Fleet.Current(i.InstanceId)));
        Assert.Equal(first.Id, (await fixture.ManifestAsync()).Modules[0].Deployment);
        Assert.Equal(8, fixture.Fleet.InService);
        Assert.Empty(fixture.Fleet.Suspended);
        Assert.Equal([GhostDeploymentOutcome.Succeeded, GhostDeploymentOutcome.TakenBack], (await fixture.RecordsAsync()).Select(r => r.Outcome).Order());
        Assert.Null(await fixture.JournalAsync());
        Assert.Equal(2, fixture.Fleet.Calls.Count(c => c.StartsWith("install", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task G10_the_first_deployment_that_fails_leaves_nothing()
    {
        using var fixture = new DeploymentFixture();
        fixture.Fleet.Fails = id => id == "i-05";

        var e = await Assert.ThrowsAsync<CumulusException>(() => fixture.DeployAsync());

        Assert.Contains("First i-05, exit code 1: post_deploy runs | nginx: unknown directive", e.Message);
        Assert.Contains("Get-GhostJobLog job-1", e.Advice);
        Assert.All(fixture.Fleet.Instances, i => Assert.Null(fixture.Fleet.Current(i.InstanceId)));
        Assert.Empty((await fixture.ManifestAsync()).Modules);
        Assert.Equal(8, fixture.Fleet.InService);
        Assert.Contains(fixture.Log, l => l == "i-05: nginx: unknown directive");
    }

    [Fact]
    public async Task G21_what_an_operator_suspended_stays_suspended()
    {
        using var fixture = new DeploymentFixture();
        fixture.Fleet.Suspended.Add("Terminate");

        await fixture.DeployAsync();

        Assert.Equal(["Terminate"], fixture.Fleet.Suspended);
        Assert.Contains("suspend Launch", fixture.Fleet.Calls);
    }

    [Fact]
    public async Task G18_instances_of_a_coloured_twin_are_none_of_the_application()
    {
        using var fixture = new DeploymentFixture();

        await fixture.DeployAsync();

        Assert.Contains("instances web prod front without color", fixture.Fleet.Calls);
    }

    [Fact]
    public async Task G09_a_rollback_deploys_the_very_package_again_records_itself_and_runs_after_all_deploy()
    {
        if (OperatingSystem.IsWindows()) return;
        string told = Path.GetTempFileName();
        using var fixture = new DeploymentFixture { AfterAllDeploy = $"#!/bin/sh\\ncat index.html >> {told}\\n" };
        GhostDeployment first = await fixture.DeployAsync();
        fixture.Code("2");
        await fixture.DeployAsync();

        GhostDeployment back = await fixture.DeployAsync(change: r => r with { RollbackTo = first });

        Assert.Equal("121", await File.ReadAllTextAsync(told));
        File.Delete(told);
        Assert.Equal(first.Id, back.RollbackTo);
        ManifestModule named = (await fixture.ManifestAsync()).Modules[0];
        Assert.Equal((first.Modules[0].Package.Key, back.Id), (named.Key, named.Deployment));
        Assert.Equal(3, (await fixture.RecordsAsync()).Count);
    }

    [Fact]
    public async Task G08_a_rollback_to_a_package_that_is_gone_or_was_replaced_changes_nothing()
    {
        using var fixture = new DeploymentFixture();
        GhostDeployment first = await fixture.DeployAsync();
        fixture.Code("2");
        GhostDeployment second = await fixture.DeployAsync();
        DeployedModule module = first.Modules[0];
        GhostDeployment forged = first with { Modules = [module with { Package = module.Package with { Digest = "sha256:" + new string('0', 64) } }] };
        fixture.Fleet.Calls.Clear();

        Assert.Equal(ErrorIds.BundleDigestMismatch, (await Assert.ThrowsAsync<CumulusException>(() => fixture.DeployAsync(change: r => r with { RollbackTo = forged }))).ErrorId);
        fixture.Objects.Remove(module.Package.Key);
        Assert.Equal(ErrorIds.BundleNotFound, (await Assert.ThrowsAsync<CumulusException>(() => fixture.DeployAsync(change: r => r with { RollbackTo = first }))).ErrorId);

        Assert.All(fixture.Fleet.Calls, c => Assert.StartsWith("instances", c, StringComparison.Ordinal));
        Assert.Equal(second.Id, (await fixture.ManifestAsync()).Modules[0].Deployment);
    }

    [Fact]
    public async Task G10_a_failed_after_all_deploy_is_an_error_and_the_record_is_there()
    {
        if (OperatingSystem.IsWindows()) return;
        using var fixture = new DeploymentFixture { AfterAllDeploy = "exit 4" };

        var e = await Assert.ThrowsAsync<CumulusException>(() => fixture.DeployAsync());

        Assert.Contains("stands: all hosts have it", e.Message);
        GhostDeployment record = Assert.Single(await fixture.RecordsAsync());
        Assert.Equal(GhostDeploymentOutcome.Succeeded, record.Outcome);
        Assert.Contains("exit code 4", record.FailureReason);
        Assert.Single((await fixture.ManifestAsync()).Modules);
    }

    [Fact]
    public async Task Without_instances_those_that_boot_later_get_the_packages()
    {
        using var fixture = new DeploymentFixture(hosts: 0);

        await fixture.DeployAsync();

        Assert.Single((await fixture.ManifestAsync()).Modules);
        Assert.Contains(fixture.Log, l => l.Contains("no running instance", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_instance_that_vanishes_in_the_middle_fails_its_group_and_the_others_go_back()
    {
        using var fixture = new DeploymentFixture();
        int installs = 0;
        fixture.Fleet.Before = call =>
        {
            if (call.StartsWith("out", StringComparison.Ordinal) && ++installs == 3) fixture.Fleet.Instances.RemoveAll(i => call.Contains(i.InstanceId, StringComparison.Ordinal) && i.InstanceId == call.Split(' ')[1]);
        };

        var e = await Assert.ThrowsAsync<CumulusException>(() => fixture.DeployAsync());

        Assert.Contains("Undeliverable", e.Message);
        Assert.All(fixture.Fleet.Instances, i => Assert.Null(fixture.Fleet.Current(i.InstanceId)));
        Assert.Empty((await fixture.ManifestAsync()).Modules);
    }

    [Fact]
    public async Task A_job_that_lost_its_turn_stops_before_its_next_write()
    {
        using var fixture = new DeploymentFixture();
        using var stop = new CancellationTokenSource();
        RunningJob job = fixture.Job(stop.Token);
        bool lost = false;
        job.Lost = () => lost;
        fixture.Fleet.Before = call =>
        {
            if (!call.StartsWith("install", StringComparison.Ordinal)) return;
            lost = true;
            stop.Cancel();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.DeployAsync(job: job));

        Assert.DoesNotContain(fixture.Fleet.Calls, c => c.StartsWith("in ", StringComparison.Ordinal) || c.StartsWith("resume", StringComparison.Ordinal));
        Assert.NotNull(await fixture.JournalAsync());
    }

    [Fact]
    public async Task Ctrl_C_takes_back_what_moved()
    {
        using var fixture = new DeploymentFixture();
        using var stop = new CancellationTokenSource();
        int groups = 0;
        fixture.Fleet.Before = call =>
        {
            if (call.StartsWith("in ", StringComparison.Ordinal) && ++groups == 2) stop.Cancel();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.DeployAsync(job: fixture.Job(stop.Token)));

        Assert.All(fixture.Fleet.Instances, i => Assert.Null(fixture.Fleet.Current(i.InstanceId)));
        Assert.Equal((8, 0), (fixture.Fleet.InService, fixture.Fleet.Suspended.Count));
        Assert.Equal(GhostDeploymentOutcome.TakenBack, (await fixture.RecordsAsync())[0].Outcome);
    }

    [Fact]
    public async Task A_preview_tells_groups_and_changes_nothing()
    {
        using var fixture = new DeploymentFixture();

        DeployPlan plan = await fixture.PlanAsync("50%");

        Assert.Equal([4, 4], plan.Rollout!.Groups.Select(g => g.Hosts.Count));
        Assert.Equal("site", Assert.Single(plan.Modules).Name);
        Assert.All(fixture.Fleet.Calls, c => Assert.StartsWith("instances", c, StringComparison.Ordinal));
        Assert.Empty(await fixture.RecordsAsync());
    }

    [Fact]
    public async Task G19_killed_at_any_step_the_next_command_finishes_it_or_takes_it_back()
    {
        for (int step = 1; ; step++)
        {
            using var fixture = new DeploymentFixture(hosts: 4);
            GhostDeployment first = await fixture.DeployAsync();
            fixture.Code("2");
            int calls = 0;
            fixture.Fleet.Before = _ =>
            {
                if (fixture.IsDead) throw new KilledException();
                if (++calls == step) fixture.Kill();
            };
            bool ended = await Record.ExceptionAsync(() => fixture.DeployAsync("50%")) is null;
            fixture.Fleet.Before = null;
            if (ended)
            {
                Assert.InRange(step, 9, 20);
                return;
            }

            await fixture.ResumeAsync();

            string[] have = [.. fixture.Fleet.Instances.Select(i => fixture.Fleet.Current(i.InstanceId)!).Distinct()];
            Assert.Equal((await fixture.ManifestAsync()).Modules[0].Deployment, Assert.Single(have));
            Assert.Equal((4, 0), (fixture.Fleet.InService, fixture.Fleet.Suspended.Count));
            Assert.Null(await fixture.JournalAsync());
            Assert.DoesNotContain(await fixture.RecordsAsync(), r => r.Outcome == GhostDeploymentOutcome.Running && r.Id != first.Id);
        }
    }

    [Fact]
    public void G36_what_hosts_run_has_every_value_in_quotes()
    {
        var module = new ManifestModule { Name = "site", Path = "/x", Bucket = "b", Key = "k'; touch /tmp/x; '", Version = "1" };

        Assert.Equal(
            ["set -e", "cumulus Install-GhostModule -Name 'site' -Bucket 'b' -Key 'k'\\''; touch /tmp/x; '\\''' -Deployment 'd' -User 'a$b' -Verbose"],
            ModuleCommand.Install(Cumulus.Engine.Aws.HostPlatform.Linux, [module], "d", "a$b", null, null));
        Assert.Equal(
            ["cumulus Restore-GhostModule -Name 'b' -Deployment 'd' -Verbose", "if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }", "cumulus Restore-GhostModule -Name 'a' -Deployment 'd' -Verbose", "if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }"],
            ModuleCommand.Restore(Cumulus.Engine.Aws.HostPlatform.Windows, ["a", "b"], "d"));
    }
}
