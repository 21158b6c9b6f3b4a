using Amazon.EC2.Model;
using Amazon.ElasticLoadBalancingV2.Model;
using Amazon.SimpleSystemsManagement.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.AutoScaling;

/// <summary>Instances that go wrong because they are told to.</summary>
public sealed class HostFaultTests(FleetFixture fleet) : IClassFixture<FleetFixture>
{
    private const string Booted = "#!/bin/sh\nmkdir -p /etc/localcloud; printf '#!/bin/sh\\nexit 0\\n' > /etc/localcloud/health; chmod +x /etc/localcloud/health\n";

    private readonly CloudFixture _cloud = fleet.Cloud;

    [Fact]
    public async Task An_instance_that_never_boots_stays_so_and_the_next_one_boots()
    {
        var fault = _cloud.AddFault(new HostFault { Kind = HostFaultKind.NeverBoots, Times = 1 });

        var dead = await _cloud.RunInstanceAsync(Booted);
        await _cloud.HostAsync(dead, host => host.State == LocalCloudHostState.Booting);
        var living = await _cloud.BootAsync(Booted);

        Assert.Equal(LocalCloudHostState.Booting, (await _cloud.HostAsync(dead, _ => true)).State);
        Assert.Equal(0, living.BootExitCode);
        Assert.Equal((2, 1), (Find(fault).Met, Find(fault).Fired));
        Assert.Equal("running", (await fleet.InstanceAsync(dead)).State.Name.Value);
    }

    [Fact]
    public async Task An_instance_dies_at_its_time_in_the_middle_of_its_work()
    {
        var host = await _cloud.BootAsync("#!/bin/sh\n(sleep 300) &\n");
        var other = await _cloud.BootAsync("#!/bin/sh\n");
        _cloud.AddFault(new HostFault { Kind = HostFaultKind.Dies, InstanceId = host.InstanceId, Delay = TimeSpan.FromMinutes(10) });
        await CloudFixture.UntilAsync(() => Task.FromResult(_cloud.Server.GetFaults().OfType<HostFault>().Any(f => f.InstanceId == host.InstanceId && f.Fired == 1)), () => "not met");

        fleet.Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(LocalCloudHostState.Running, (await _cloud.HostAsync(host.InstanceId, _ => true)).State);
        // The wait may begin a moment after the fault was met.
        await CloudFixture.UntilAsync(async () =>
        {
            fleet.Clock.Advance(TimeSpan.FromMinutes(1));
            return (await _cloud.HostAsync(host.InstanceId, _ => true)).State == LocalCloudHostState.Stopped;
        }, () => "alive");

        Assert.Equal("stopped", (await fleet.InstanceAsync(host.InstanceId)).State.Name.Value);
        Assert.Equal(LocalCloudHostState.Running, (await _cloud.HostAsync(other.InstanceId, _ => true)).State);
    }

    [Fact]
    public async Task An_instance_without_a_network_takes_no_commands_until_it_has_one_again()
    {
        var host = await _cloud.BootAsync("#!/bin/sh\n");
        var before = await IsOnlineAsync(host.InstanceId);

        var fault = _cloud.AddFault(new HostFault { Kind = HostFaultKind.LosesNetwork, InstanceId = host.InstanceId });
        var meanwhile = await IsOnlineAsync(host.InstanceId);
        var refused = await Record.ExceptionAsync(() => SendAsync(host.InstanceId));
        _cloud.Server.RemoveFaults(fault.Id!);
        await SendAsync(host.InstanceId);

        Assert.Equal((true, false), (before, meanwhile));
        Assert.IsType<InvalidInstanceIdException>(refused);
        Assert.Equal(LocalCloudHostState.Running, (await _cloud.HostAsync(host.InstanceId, _ => true)).State);
    }

    [Fact]
    public async Task A_target_stays_unhealthy_until_the_fault_is_removed()
    {
        var arn = await fleet.TargetGroupAsync();
        var host = await _cloud.BootAsync(Booted);
        await _cloud.Balancing.RegisterTargetsAsync(new RegisterTargetsRequest { TargetGroupArn = arn, Targets = [new TargetDescription { Id = host.InstanceId }] }, CloudFixture.Within());
        await fleet.UntilHealthAsync(arn, host.InstanceId, "healthy");

        var fault = _cloud.AddFault(new HostFault { Kind = HostFaultKind.StaysUnhealthy, InstanceId = host.InstanceId });
        await fleet.UntilHealthAsync(arn, host.InstanceId, "unhealthy");
        var reason = (await fleet.HealthAsync(arn, host.InstanceId))!.Reason.Value;
        _cloud.Server.RemoveFaults(fault.Id!);
        await fleet.UntilHealthAsync(arn, host.InstanceId, "healthy");

        Assert.Equal("Target.FailedHealthChecks", reason);
    }

    [Fact]
    public async Task A_group_replaces_the_instance_that_died()
    {
        var name = await fleet.GroupAsync(2, userData: Booted);
        var before = await fleet.UntilAsync(name, group => group.Instances.Count == 2 && group.Instances.All(i => i.LifecycleState == "InService"));

        var fault = _cloud.AddFault(new HostFault { Kind = HostFaultKind.Dies, AutoScalingGroup = name, Times = 1 });
        var after = await fleet.UntilAsync(name, group =>
            group.Instances.Count(i => i.LifecycleState == "InService") == 2 && group.Instances.Any(i => before.Instances.All(old => old.InstanceId != i.InstanceId)));

        Assert.Single(after.Instances, i => before.Instances.Any(old => old.InstanceId == i.InstanceId));
        Assert.Equal(1, Find(fault).Fired);
    }

    private LocalCloudFault Find(LocalCloudFault fault) => _cloud.Server.GetFaults().Single(set => set.Id == fault.Id);

    private async Task<bool> IsOnlineAsync(string id) =>
        ((await _cloud.Ssm.DescribeInstanceInformationAsync(new DescribeInstanceInformationRequest(), CloudFixture.Within())).InstanceInformationList ?? []).Any(info => info.InstanceId == id);

    private Task SendAsync(string id) => _cloud.Ssm.SendCommandAsync(
        new SendCommandRequest { DocumentName = "AWS-RunShellScript", InstanceIds = [id], Parameters = new() { ["commands"] = ["true"] } }, CloudFixture.Within());
}
