using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.EC2.Model;
using Amazon.ElasticLoadBalancingV2.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.AutoScaling;

/// <summary>https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html.</summary>
public sealed class TargetHealthTests(FleetFixture fleet) : IClassFixture<FleetFixture>
{
    /// <summary>Serves what lies in /srv/site; /health is there from the start.</summary>
    private const string Server = """
        #!/bin/sh
        mkdir -p /srv/site && echo well > /srv/site/health
        cd /srv/site && exec setsid python3 -m http.server --bind "$CUMULUS_HOST_ADDRESS" 8099 >/dev/null 2>&1 &
        """;

    private readonly CloudFixture _cloud = fleet.Cloud;

    [Fact]
    public async Task A_target_is_healthy_when_its_port_answers_and_unhealthy_when_the_answer_is_another()
    {
        var arn = await fleet.TargetGroupAsync();
        var name = await fleet.GroupAsync(1, request => request.TargetGroupARNs = [arn], Server);
        var id = (await fleet.UntilAsync(name, g => g.Instances.Count == 1)).Instances[0].InstanceId;
        await fleet.UntilHealthAsync(arn, id, "healthy");
        var host = await _cloud.HostAsync(id, h => h.State == LocalCloudHostState.Running);

        await _cloud.RunOnAsync(host.InstanceId, "rm /srv/site/health");
        await fleet.UntilHealthAsync(arn, id, "unhealthy");
        var health = await fleet.HealthAsync(arn, id);

        Assert.Equal(("Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]"), (health!.Reason.Value, health.Description));
        // Its group looks at EC2 only.
        Assert.Equal("Healthy", (await fleet.ReadAsync(name)).Instances[0].HealthStatus);
    }

    [Fact]
    public async Task The_hosts_own_health_command_decides_where_there_is_one()
    {
        var arn = await fleet.TargetGroupAsync();
        var host = await _cloud.BootAsync("#!/bin/sh\nmkdir -p /etc/localcloud\nprintf '#!/bin/sh\\ntest -e /srv/well\\n' > /etc/localcloud/health\nchmod +x /etc/localcloud/health\n");
        await RegisterAsync(arn, host.InstanceId);

        await fleet.UntilHealthAsync(arn, host.InstanceId, "unhealthy");
        var health = await fleet.HealthAsync(arn, host.InstanceId);
        await _cloud.RunOnAsync(host.InstanceId, "touch /srv/well");
        await fleet.UntilHealthAsync(arn, host.InstanceId, "healthy");

        Assert.Equal("Target.FailedHealthChecks", health!.Reason.Value);
        Assert.EndsWith("ended with 1", health.Description, StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
    [Fact]
    public async Task A_deregistered_target_drains_for_the_delay_and_is_unused_then()
    {
        var arn = await fleet.TargetGroupAsync(drainSeconds: "120");
        var host = await _cloud.BootAsync(Server);
        await RegisterAsync(arn, host.InstanceId);
        await fleet.UntilHealthAsync(arn, host.InstanceId, "healthy");

        await _cloud.Balancing.DeregisterTargetsAsync(
            new DeregisterTargetsRequest { TargetGroupArn = arn, Targets = [new TargetDescription { Id = host.InstanceId }] }, CloudFixture.Within());
        fleet.Clock.Advance(TimeSpan.FromSeconds(119));
        var draining = await fleet.HealthAsync(arn, host.InstanceId);
        fleet.Clock.Advance(TimeSpan.FromSeconds(1));
        var gone = await fleet.HealthAsync(arn, host.InstanceId);
        var asked = await _cloud.AwsAsync("elbv2", "describe-target-health", "--target-group-arn", arn, "--targets", $"Id={host.InstanceId}",
            "--query", "TargetHealthDescriptions[0].TargetHealth.[State,Reason]", "--output", "text");

        Assert.Equal(("draining", "Target.DeregistrationInProgress"), (draining!.State.Value, draining.Reason.Value));
        Assert.Null(gone);
        Assert.Equal("unused\tTarget.NotRegistered\n", asked);
    }

    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
    [Fact]
    public async Task Each_state_has_its_reason_code()
    {
        var vpc = (await _cloud.Ec2.DescribeVpcsAsync(new DescribeVpcsRequest(), CloudFixture.Within())).Vpcs[0].VpcId;
        var unused = (await _cloud.Balancing.CreateTargetGroupAsync(
            new CreateTargetGroupRequest { Name = FleetFixture.NewName(), Protocol = "HTTP", Port = 80, VpcId = vpc }, CloudFixture.Within())).TargetGroups[0].TargetGroupArn;
        var used = await fleet.TargetGroupAsync(port: 1);
        var booting = await _cloud.RunInstanceAsync("#!/bin/sh\nsleep 7780\n");
        await _cloud.HostAsync(booting, host => host.State == LocalCloudHostState.Booting);
        var stopped = (await _cloud.BootAsync("")).InstanceId;
        foreach (var arn in new[] { unused, used })
        {
            await RegisterAsync(arn, booting);
            await RegisterAsync(arn, stopped);
        }
        await fleet.UntilHealthAsync(used, stopped, "unhealthy");
        await _cloud.Ec2.StopInstancesAsync(new StopInstancesRequest { InstanceIds = [stopped] }, CloudFixture.Within());
        await _cloud.HostAsync(stopped, host => host.State == LocalCloudHostState.Stopped);

        Assert.Equal("Target.NotInUse", (await fleet.HealthAsync(unused, booting))!.Reason.Value);
        Assert.Equal("Target.InvalidState", (await fleet.HealthAsync(used, stopped))!.Reason.Value);
        var initial = await fleet.HealthAsync(used, booting);
        Assert.Equal(("initial", "Elb.InitialHealthChecking"), (initial!.State.Value, initial.Reason.Value));
        await Assert.ThrowsAsync<TargetGroupNotFoundException>(() => fleet.HealthAsync(used + "0", booting));
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-check-grace-period.html
    [Fact]
    public async Task A_group_that_looks_at_its_load_balancer_replaces_what_is_unhealthy_after_the_grace_period()
    {
        var arn = await fleet.TargetGroupAsync();
        var name = await fleet.GroupAsync(1, request => (request.TargetGroupARNs, request.HealthCheckType, request.HealthCheckGracePeriod) = ([arn], "ELB", 300), Server);
        var id = (await fleet.UntilAsync(name, g => g.Instances.Count == 1)).Instances[0].InstanceId;
        await fleet.UntilHealthAsync(arn, id, "healthy");
        var host = await _cloud.HostAsync(id, h => h.State == LocalCloudHostState.Running);

        await _cloud.RunOnAsync(host.InstanceId, "rm /srv/site/health");
        await fleet.UntilHealthAsync(arn, id, "unhealthy");
        var within = await fleet.ReadAsync(name);
        fleet.Clock.Advance(TimeSpan.FromSeconds(300));
        var replaced = await fleet.UntilAsync(name, g => g.Instances.Count == 1 && g.Instances[0].InstanceId != id);

        Assert.Equal("Healthy", within.Instances[0].HealthStatus);
        Assert.Contains(await fleet.ActivitiesAsync(name), a => a.Cause.Contains("an ELB system health check failure", StringComparison.Ordinal));
        Assert.Equal("draining", (await fleet.HealthAsync(arn, id))!.State.Value);
        await fleet.UntilHealthAsync(arn, replaced.Instances[0].InstanceId, "healthy");
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/attach-load-balancer-asg.html
    [Fact]
    public async Task A_target_group_is_attached_to_and_detached_from_what_runs()
    {
        var arn = await fleet.TargetGroupAsync();
        var name = await fleet.GroupAsync(1, userData: Server);
        var id = (await fleet.UntilAsync(name, g => g.Instances.Count == 1)).Instances[0].InstanceId;

        await _cloud.AwsAsync("autoscaling", "attach-load-balancer-target-groups", "--auto-scaling-group-name", name, "--target-group-arns", arn);
        await fleet.UntilHealthAsync(arn, id, "healthy");
        var attached = await _cloud.AwsAsync("autoscaling", "describe-load-balancer-target-groups", "--auto-scaling-group-name", name, "--query", "LoadBalancerTargetGroups[].LoadBalancerTargetGroupARN", "--output", "text");
        await _cloud.AwsAsync("autoscaling", "detach-load-balancer-target-groups", "--auto-scaling-group-name", name, "--target-group-arns", arn);

        Assert.Equal(arn, attached.Trim());
        Assert.Equal("draining", (await fleet.HealthAsync(arn, id))!.State.Value);
        Assert.Empty((await fleet.ReadAsync(name)).TargetGroupARNs ?? []);
    }

    // https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-healthchecks.html
    [Fact]
    public async Task A_classic_load_balancer_tells_the_health_of_its_instances()
    {
        var name = FleetFixture.NewName();
        await _cloud.AwsAsync("elb", "create-load-balancer", "--load-balancer-name", name, "--listeners", "Protocol=HTTP,LoadBalancerPort=80,InstanceProtocol=HTTP,InstancePort=8099", "--availability-zones", "us-east-1a");
        await _cloud.AwsAsync("elb", "configure-health-check", "--load-balancer-name", name, "--health-check", "Target=HTTP:8099/health,Interval=30,Timeout=5,UnhealthyThreshold=2,HealthyThreshold=2");
        var group = await fleet.GroupAsync(1, request => request.LoadBalancerNames = [name], Server);
        var id = (await fleet.UntilAsync(group, g => g.Instances.Count == 1)).Instances[0].InstanceId;

        var seen = "";
        await CloudFixture.UntilAsync(async () => (seen = await _cloud.AwsAsync("elb", "describe-instance-health", "--load-balancer-name", name, "--query", "InstanceStates[0].[InstanceId,State]", "--output", "text"))
            == $"{id}\tInService\n", () => seen);
        await _cloud.AutoScaling.EnterStandbyAsync(new EnterStandbyRequest { AutoScalingGroupName = group, InstanceIds = [id], ShouldDecrementDesiredCapacity = true }, CloudFixture.Within());
        var left = await _cloud.AwsAsync("elb", "describe-instance-health", "--load-balancer-name", name, "--query", "length(InstanceStates)", "--output", "text");

        Assert.Equal("0", left.Trim());
    }

    private Task RegisterAsync(string arn, string id) => _cloud.Balancing.RegisterTargetsAsync(
        new RegisterTargetsRequest { TargetGroupArn = arn, Targets = [new TargetDescription { Id = id }] }, CloudFixture.Within());
}
