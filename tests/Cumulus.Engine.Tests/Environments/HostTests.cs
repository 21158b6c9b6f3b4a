using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

public sealed class HostTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeStackService _stacks = new();
    private readonly FakeHostFleet _fleet = new();
    private readonly Recorder _recorder = new();
    private readonly AutoClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_an_update_every_host_installs_the_new_version()
    {
        FakeStack stack = _stacks.Add("stage-web", "CREATE_COMPLETE", body: "old");
        stack.Resources.Add(new StackResourceRecord("Group", "asg-1", "AWS::AutoScaling::AutoScalingGroup", "CREATE_COMPLETE", null));
        Host("i-1");
        Host("i-2", HostPlatform.Windows);
        _fleet.NotYet("i-1");
        _fleet.Answer("i-1", "InProgress");
        _fleet.Answer("i-1", "Success", 0, "web 2.0 committed\n");
        _fleet.Fail("i-2", Sample.Throttled());
        _fleet.Answer("i-2", "Success", 0);

        EnvironmentDeployment result = await DeployAsync("2.0");

        Assert.Equal(["asg-1"], _fleet.AskedFor.Select(r => r.PhysicalId));
        Assert.Equal(["cumulus Install-Bundle -Environment 'stage' -Version '2.0' -Bucket 'bucket' -SaveVersion"], _fleet.Commands.Single(c => c.Platform == HostPlatform.Linux).Lines);
        Assert.Equal(["i-2"], _fleet.Commands.Single(c => c.Platform == HostPlatform.Windows).Ids);
        Assert.Equal([("i-1", "Success", "web 2.0 committed"), ("i-2", "Success", "")], result.Hosts.OrderBy(h => h.InstanceId).Select(h => (h.InstanceId, h.Status, h.Output)));
    }

    [Fact]
    public async Task Hosts_of_an_unchanged_stack_are_told_too_since_an_earlier_run_may_have_ended_before_them_D30()
    {
        _stacks.Add("stage-web", "CREATE_COMPLETE");
        Host("i-1");
        _fleet.Answer("i-1", "Success", 0);

        EnvironmentDeployment result = await DeployAsync("2.0");

        Assert.Equal(StackAction.Unchanged, result.Stacks[0].Action);
        Assert.Single(_fleet.Commands);
    }

    [Fact]
    public async Task Hosts_of_a_new_stack_install_at_boot()
    {
        Host("i-1");

        await DeployAsync("2.0");

        Assert.Empty(_fleet.Commands);
    }

    [Fact]
    public async Task A_host_that_fails_is_named_with_its_last_lines_and_stops_the_run_D40()
    {
        _stacks.Add("stage-web", "CREATE_COMPLETE", body: "old");
        Host("i-1");
        Host("i-2");
        _fleet.Answer("i-1", "Success", 0);
        _fleet.Answer("i-2", "Failed", 4, "S20-restart started\n", "unknown directive \"proxy_passs\"\n");

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync("2.0", "web", "jobs"));

        Assert.Equal(ErrorIds.HostUpdateFailed, e.ErrorId);
        Assert.Equal(
            "1 of 2 hosts of stack 'stage-web' did not install version 2.0. First: i-2, exit code 4. Its last lines: S20-restart started | unknown directive \"proxy_passs\"",
            e.Message);
        Assert.Equal(["UPDATE_COMPLETE", "NOT_STARTED"], e.Deployment.Stacks.Select(s => s.Status));
        Assert.Equal(2, e.Deployment.Hosts.Count);
    }

    [Fact]
    public async Task An_instance_launched_a_moment_ago_that_SSM_does_not_know_is_pending_not_failed()
    {
        _stacks.Add("stage-web", "CREATE_COMPLETE", body: "old");
        Host("i-1", managed: false, age: TimeSpan.FromMinutes(2));

        EnvironmentDeployment result = await DeployAsync("2.0");

        Assert.Equal(HostUpdate.Pending, result.Hosts.Single().Status);
        Assert.Empty(_fleet.Commands);
    }

    [Fact]
    public async Task An_instance_that_has_been_up_for_long_and_that_SSM_does_not_know_is_a_failure()
    {
        _stacks.Add("stage-web", "CREATE_COMPLETE", body: "old");
        Host("i-1", managed: false, age: TimeSpan.FromDays(2));

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync("2.0"));

        Assert.Equal(ErrorIds.HostUpdateFailed, e.ErrorId);
        Assert.Contains("i-1, Unreachable", e.Message);
        Assert.Contains("AmazonSSMManagedInstanceCore", e.Advice);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(600, false)]
    public async Task A_young_instance_whose_boot_install_is_running_is_pending(int minutesUp, bool pending)
    {
        _stacks.Add("stage-web", "CREATE_COMPLETE", body: "old");
        Host("i-1", age: TimeSpan.FromMinutes(minutesUp));
        _fleet.Answer("i-1", "Failed", 1, error: "Install-Bundle: another install is running (error id InstallInProgress)");

        Exception? e = await Record.ExceptionAsync(() => DeployAsync("2.0"));

        Assert.Equal(pending, e is null);
        Assert.Contains($"host i-1 {(pending ? "Pending" : "Failed")}", _recorder.Lines);
    }

    [Fact]
    public async Task A_host_that_does_not_end_is_given_up_at_the_limit()
    {
        _stacks.Add("stage-web", "CREATE_COMPLETE", body: "old");
        Host("i-1");
        _fleet.Answer("i-1", "InProgress");

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync("2.0"));

        Assert.Equal(ErrorIds.HostUpdateFailed, e.ErrorId);
        Assert.Equal("TimedOut", e.Deployment.Hosts.Single().Status);
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_hosts_at_once()
    {
        using var stop = new CancellationTokenSource();
        _stacks.Add("stage-web", "CREATE_COMPLETE");
        Host("i-1");
        _fleet.Answer("i-1", "InProgress");
        _clock.Frozen = true;
        Task<EnvironmentDeployment> run = DeployAsync("2.0", stop.Token, "web");
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task More_hosts_than_one_command_takes_get_several()
    {
        _stacks.Add("stage-web", "CREATE_COMPLETE");
        foreach (int i in Enumerable.Range(1, 120))
        {
            Host($"i-{i}");
            _fleet.Answer($"i-{i}", "Success", 0);
        }

        EnvironmentDeployment result = await DeployAsync("2.0");

        Assert.Equal([50, 50, 20], _fleet.Commands.Select(c => c.Ids.Count));
        Assert.Equal(120, result.Hosts.Count);
    }

    private void Host(string id, HostPlatform platform = HostPlatform.Linux, bool managed = true, TimeSpan? age = null) =>
        _fleet.Instances.Add(new HostInstance(id, platform, _clock.GetUtcNow() - (age ?? TimeSpan.FromDays(1)), managed));

    private Task<EnvironmentDeployment> DeployAsync(string version, params string[] stacks) => DeployAsync(version, default, stacks);

    private Task<EnvironmentDeployment> DeployAsync(string version, CancellationToken cancellationToken, params string[] stacks)
    {
        EnvironmentRequest request = Sample.Configuration(_folder, stacks.Length > 0 ? stacks : ["web"])
            .WithStack("web", s => s with { UpdateHosts = true })
            .Request() with { Version = version };
        return new EnvironmentDeployer(_stacks, _fleet, new FakeObjectStore(), new HookRunner(), "eu-west-1", _clock).DeployAsync(request, _recorder, cancellationToken);
    }
}
