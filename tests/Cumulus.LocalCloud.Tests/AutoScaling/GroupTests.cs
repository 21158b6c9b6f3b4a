using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.EC2.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;
using Tag = Amazon.AutoScaling.Model.Tag;

namespace Cumulus.LocalCloud.Tests.AutoScaling;

public sealed class GroupTests(FleetFixture fleet) : IClassFixture<FleetFixture>
{
    private readonly CloudFixture _cloud = fleet.Cloud;

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html, .../create-asg-launch-template.html
    [Fact]
    public async Task A_group_launches_what_its_template_says_with_its_tags()
    {
        var security = await _cloud.Ec2.CreateSecurityGroupAsync(new CreateSecurityGroupRequest { GroupName = FleetFixture.NewName(), Description = "web" }, CloudFixture.Within());
        var name = await fleet.GroupAsync(2, request => request.Tags =
        [
            new Tag { Key = "Role", Value = "web", PropagateAtLaunch = true }, new Tag { Key = "Owner", Value = "me", PropagateAtLaunch = false },
        ], "#!/bin/sh\necho launched\n", [security.GroupId]);

        var group = await fleet.UntilAsync(name, g => g.Instances?.Count == 2 && g.Instances.TrueForAll(i => i.LifecycleState == LifecycleState.InService));

        Assert.Equal(["us-east-1a", "us-east-1b"], group.Instances.Select(i => i.AvailabilityZone).Order());
        Assert.All(group.Instances, i => Assert.Equal(("1", "Healthy", name), (i.LaunchTemplate.Version, i.HealthStatus, i.LaunchTemplate.LaunchTemplateName)));
        var instance = await fleet.InstanceAsync(group.Instances[0].InstanceId);
        Assert.Equal(("ami-0123456789abcdef0", "t3.micro"), (instance.ImageId, instance.InstanceType.Value));
        Assert.Equal([security.GroupId], instance.SecurityGroups.Select(g => g.GroupId));
        var tags = instance.Tags.ToDictionary(tag => tag.Key, tag => tag.Value);
        Assert.Equal(("web", name, "1"), (tags["Role"], tags["aws:autoscaling:groupName"], tags["aws:ec2launchtemplate:version"]));
        Assert.DoesNotContain("Owner", tags.Keys);
        var host = await _cloud.HostAsync(instance.InstanceId, h => h.State == LocalCloudHostState.Running);
        Assert.Equal("launched\n", await File.ReadAllTextAsync(host.BootLog));
        var activities = await fleet.ActivitiesAsync(name);
        Assert.Equal(2, activities.Count);
        Assert.All(activities, a => Assert.Equal((ScalingActivityStatusCode.Successful, 100), (a.StatusCode, a.Progress)));
        Assert.Contains("increasing the capacity from 0 to 2", activities[0].Cause, StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-manually.html
    [Fact]
    public async Task The_desired_capacity_is_followed_in_both_directions_within_the_bounds()
    {
        var name = await fleet.GroupAsync(1, request => (request.MinSize, request.MaxSize) = (1, 3));

        var above = await Assert.ThrowsAsync<AmazonAutoScalingException>(() => DesireAsync(name, 4));
        var below = await Assert.ThrowsAsync<AmazonAutoScalingException>(() => DesireAsync(name, 0));
        await DesireAsync(name, 3);
        var three = await fleet.UntilAsync(name, g => g.Instances.Count == 3);
        await DesireAsync(name, 1);
        var one = await fleet.UntilAsync(name, g => g.Instances.Count == 1);

        Assert.Equal(("ValidationError", "New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup."), (above.ErrorCode, above.Message));
        Assert.Equal("New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.", below.Message);
        var gone = three.Instances.Select(i => i.InstanceId).Except(one.Instances.Select(i => i.InstanceId)).ToList();
        Assert.Equal(2, gone.Count);
        Assert.Equal("terminated", (await fleet.InstanceAsync(gone[0])).State.Name.Value);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-maintain-instance-levels.html
    [Fact]
    public async Task An_instance_that_somebody_terminates_is_replaced_and_the_cause_is_told()
    {
        var name = await fleet.GroupAsync(1);
        var first = (await fleet.UntilAsync(name, g => g.Instances.Count == 1)).Instances[0].InstanceId;
        await _cloud.HostAsync(first, host => host.State == LocalCloudHostState.Running);

        await _cloud.Ec2.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = [first] }, CloudFixture.Within());

        await fleet.UntilAsync(name, g => g.Instances.Count == 1 && g.Instances[0].InstanceId != first);
        Assert.Contains(await fleet.ActivitiesAsync(name), a => a.Description == $"Terminating EC2 instance: {first}" &&
            a.Cause.Contains("an EC2 health check indicating it has been terminated or stopped", StringComparison.Ordinal));
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html
    [Fact]
    public async Task An_instance_is_terminated_with_and_without_replacement()
    {
        var name = await fleet.GroupAsync(2, request => request.MinSize = 1);
        var ids = (await fleet.UntilAsync(name, g => g.Instances.Count == 2)).Instances.Select(i => i.InstanceId).ToList();

        var answer = await TerminateAsync(ids[0], decrement: false);
        var replaced = await fleet.UntilAsync(name, g => g.Instances.Count == 2 && g.Instances.TrueForAll(i => i.InstanceId != ids[0]));
        await TerminateAsync(ids[1], decrement: true);
        var shrunk = await fleet.UntilAsync(name, g => g.Instances.Count == 1);
        var refused = await Assert.ThrowsAsync<AmazonAutoScalingException>(() => TerminateAsync(shrunk.Instances[0].InstanceId, decrement: true));
        var unknown = await Assert.ThrowsAsync<AmazonAutoScalingException>(() => TerminateAsync("i-0123456789abcdef0", decrement: false));

        Assert.Equal($"Terminating EC2 instance: {ids[0]}", answer.Activity.Description);
        Assert.Equal((2, 1), (replaced.DesiredCapacity!.Value, shrunk.DesiredCapacity!.Value));
        Assert.Equal("ValidationError", refused.ErrorCode);
        Assert.Equal("Instance Id not found - i-0123456789abcdef0", unknown.Message);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html
    [Fact]
    public async Task Suspended_processes_do_nothing_until_they_are_resumed()
    {
        var name = await fleet.GroupAsync(1);
        var id = (await fleet.UntilAsync(name, g => g.Instances.Count == 1)).Instances[0].InstanceId;
        await _cloud.AutoScaling.SuspendProcessesAsync(new SuspendProcessesRequest { AutoScalingGroupName = name, ScalingProcesses = ["Launch", "ReplaceUnhealthy"] }, CloudFixture.Within());

        await DesireAsync(name, 2);
        await UnhealthyAsync(id);
        var suspended = await fleet.ReadAsync(name);
        await _cloud.AutoScaling.ResumeProcessesAsync(new ResumeProcessesRequest { AutoScalingGroupName = name }, CloudFixture.Within());
        var resumed = await fleet.UntilAsync(name, g => g.Instances.Count == 2 && g.Instances.TrueForAll(i => i.InstanceId != id));

        Assert.Equal(["Launch", "ReplaceUnhealthy"], suspended.SuspendedProcesses.Select(process => process.ProcessName));
        Assert.Equal((id, "Unhealthy"), (Assert.Single(suspended.Instances).InstanceId, suspended.Instances[0].HealthStatus));
        Assert.Empty(resumed.SuspendedProcesses ?? []);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html
    [Fact]
    public async Task An_instance_in_standby_does_not_count_and_comes_back()
    {
        var name = await fleet.GroupAsync(2);
        var id = (await fleet.UntilAsync(name, g => g.Instances.Count == 2)).Instances[0].InstanceId;

        var entered = await _cloud.AutoScaling.EnterStandbyAsync(
            new EnterStandbyRequest { AutoScalingGroupName = name, InstanceIds = [id], ShouldDecrementDesiredCapacity = true }, CloudFixture.Within());
        var standby = await fleet.ReadAsync(name);
        var exited = await _cloud.AutoScaling.ExitStandbyAsync(new ExitStandbyRequest { AutoScalingGroupName = name, InstanceIds = [id] }, CloudFixture.Within());
        var back = await fleet.ReadAsync(name);

        Assert.Equal($"Moving EC2 instance to Standby: {id}", entered.Activities[0].Description);
        Assert.Equal((1, 2), (standby.DesiredCapacity!.Value, standby.Instances.Count));
        Assert.Equal(LifecycleState.Standby, standby.Instances.Find(i => i.InstanceId == id)!.LifecycleState);
        Assert.Equal($"Moving EC2 instance out of Standby: {id}", exited.Activities[0].Description);
        Assert.Equal(2, back.DesiredCapacity);
        Assert.All(back.Instances, i => Assert.Equal(LifecycleState.InService, i.LifecycleState));
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html
    [Fact]
    public async Task Standby_without_decrement_launches_a_replacement()
    {
        var name = await fleet.GroupAsync(1);
        var id = (await fleet.UntilAsync(name, g => g.Instances.Count == 1)).Instances[0].InstanceId;

        await _cloud.AutoScaling.EnterStandbyAsync(
            new EnterStandbyRequest { AutoScalingGroupName = name, InstanceIds = [id], ShouldDecrementDesiredCapacity = false }, CloudFixture.Within());

        var group = await fleet.UntilAsync(name, g => g.Instances.Count == 2);
        Assert.Equal(1, group.DesiredCapacity);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-detach-attach-instances.html
    [Fact]
    public async Task Instances_are_detached_and_attached()
    {
        var name = await fleet.GroupAsync(2);
        var id = (await fleet.UntilAsync(name, g => g.Instances.Count == 2)).Instances[0].InstanceId;

        await _cloud.AutoScaling.DetachInstancesAsync(
            new DetachInstancesRequest { AutoScalingGroupName = name, InstanceIds = [id], ShouldDecrementDesiredCapacity = true }, CloudFixture.Within());
        var detached = await fleet.ReadAsync(name);
        var alone = await fleet.InstanceAsync(id);
        await _cloud.AutoScaling.AttachInstancesAsync(new AttachInstancesRequest { AutoScalingGroupName = name, InstanceIds = [id] }, CloudFixture.Within());
        var attached = await fleet.ReadAsync(name);

        Assert.Equal((1, 1), (detached.DesiredCapacity!.Value, detached.Instances.Count));
        Assert.Equal("running", alone.State.Name.Value);
        Assert.DoesNotContain(alone.Tags ?? [], tag => tag.Key == "aws:autoscaling:groupName");
        Assert.Equal((2, 2), (attached.DesiredCapacity!.Value, attached.Instances.Count));
        Assert.Contains((await fleet.InstanceAsync(id)).Tags, tag => tag.Key == "aws:autoscaling:groupName" && tag.Value == name);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-protection.html
    [Fact]
    public async Task A_protected_instance_stays_when_the_group_scales_in()
    {
        var name = await fleet.GroupAsync(2);
        var id = (await fleet.UntilAsync(name, g => g.Instances.Count == 2)).Instances[0].InstanceId;
        await _cloud.AutoScaling.SetInstanceProtectionAsync(
            new SetInstanceProtectionRequest { AutoScalingGroupName = name, InstanceIds = [id], ProtectedFromScaleIn = true }, CloudFixture.Within());

        await DesireAsync(name, 0);

        var left = await fleet.UntilAsync(name, g => g.Instances.Count == 1);
        Assert.Equal((id, true), (left.Instances[0].InstanceId, left.Instances[0].ProtectedFromScaleIn));
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html
    [Fact]
    public async Task By_default_instances_of_old_versions_go_first()
    {
        var name = await fleet.GroupAsync(1, request => request.AvailabilityZones = ["us-east-1a"]);
        var old = (await fleet.UntilAsync(name, g => g.Instances.Count == 1)).Instances[0].InstanceId;
        await fleet.NewVersionAsync(name);
        await _cloud.AutoScaling.UpdateAutoScalingGroupAsync(new UpdateAutoScalingGroupRequest
        {
            AutoScalingGroupName = name,
            LaunchTemplate = new Amazon.AutoScaling.Model.LaunchTemplateSpecification { LaunchTemplateName = name, Version = "$Latest" },
        }, CloudFixture.Within());
        await DesireAsync(name, 2);
        var two = await fleet.UntilAsync(name, g => g.Instances.Count == 2);

        await DesireAsync(name, 1);

        var left = await fleet.UntilAsync(name, g => g.Instances.Count == 1);
        Assert.Equal(["1", "2"], two.Instances.Select(i => i.LaunchTemplate.Version).Order());
        Assert.Equal("2", left.Instances[0].LaunchTemplate.Version);
        Assert.NotEqual(old, left.Instances[0].InstanceId);
        Assert.Equal("ami-0fedcba9876543210", (await fleet.InstanceAsync(left.Instances[0].InstanceId)).ImageId);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html
    [Fact]
    public async Task A_group_with_instances_is_deleted_by_force_only()
    {
        var name = await fleet.GroupAsync(1);
        var id = (await fleet.UntilAsync(name, g => g.Instances.Count == 1)).Instances[0].InstanceId;

        var refused = await Assert.ThrowsAsync<ResourceInUseException>(() => _cloud.AutoScaling.DeleteAutoScalingGroupAsync(
            new DeleteAutoScalingGroupRequest { AutoScalingGroupName = name }, CloudFixture.Within()));
        await _cloud.AutoScaling.DeleteAutoScalingGroupAsync(new DeleteAutoScalingGroupRequest { AutoScalingGroupName = name, ForceDelete = true }, CloudFixture.Within());
        var left = await _cloud.AutoScaling.DescribeAutoScalingGroupsAsync(new DescribeAutoScalingGroupsRequest { AutoScalingGroupNames = [name] }, CloudFixture.Within());

        Assert.Equal("ResourceInUse", refused.ErrorCode);
        Assert.Empty(left.AutoScalingGroups ?? []);
        Assert.Equal("terminated", (await fleet.InstanceAsync(id)).State.Name.Value);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ts-as-instancelaunchfailure.html
    [Fact]
    public async Task A_launch_that_fails_is_an_activity_and_is_tried_again_later()
    {
        var name = await fleet.GroupAsync(0);
        await _cloud.Ec2.DeleteLaunchTemplateAsync(new DeleteLaunchTemplateRequest { LaunchTemplateName = name }, CloudFixture.Within());

        await DesireAsync(name, 1);
        var failed = Assert.Single(await fleet.ActivitiesAsync(name));
        fleet.Clock.Advance(TimeSpan.FromSeconds(5));
        await CloudFixture.UntilAsync(async () => (await fleet.ActivitiesAsync(name)).Count == 2, () => "no second try");

        Assert.Equal(ScalingActivityStatusCode.Failed, failed.StatusCode);
        Assert.EndsWith("Launching EC2 instance failed.", failed.StatusMessage, StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html
    [Fact]
    public async Task What_does_not_fit_is_refused_with_the_codes_of_the_service()
    {
        var name = await fleet.GroupAsync(0);

        var twice = await Assert.ThrowsAsync<AlreadyExistsException>(() => _cloud.AutoScaling.CreateAutoScalingGroupAsync(new CreateAutoScalingGroupRequest
        {
            AutoScalingGroupName = name, MinSize = 0, MaxSize = 1, AvailabilityZones = ["us-east-1a"],
            LaunchTemplate = new Amazon.AutoScaling.Model.LaunchTemplateSpecification { LaunchTemplateName = name },
        }, CloudFixture.Within()));
        var sizes = await RefusedAsync(request => (request.MinSize, request.MaxSize) = (3, 2));
        var zone = await RefusedAsync(request => request.AvailabilityZones = ["nowhere-1a"]);
        var template = await RefusedAsync(request => request.LaunchTemplate.LaunchTemplateName = "missing");
        var missing = await Assert.ThrowsAsync<AmazonAutoScalingException>(() => DesireAsync("missing", 1));

        Assert.Equal("AlreadyExists", twice.ErrorCode);
        Assert.All([sizes, zone, template, missing], error => Assert.Equal("ValidationError", error.ErrorCode));
        Assert.Equal("Invalid availability zones: [nowhere-1a]", zone.Message);
        Assert.Equal("AutoScalingGroup name not found - missing", missing.Message);
    }

    [Fact]
    public async Task A_foreign_client_drives_every_operation_on_groups()
    {
        var name = await fleet.GroupAsync(2);
        var id = (await fleet.UntilAsync(name, g => g.Instances.Count == 2)).Instances[0].InstanceId;
        string[] on = ["--auto-scaling-group-name", name];

        await AwsAsync("suspend-processes", [.. on, "--scaling-processes", "AZRebalance"]);
        Assert.Contains("\"AZRebalance\"", await AwsAsync("describe-auto-scaling-groups", ["--auto-scaling-group-names", name]), StringComparison.Ordinal);
        await AwsAsync("resume-processes", on);
        Assert.Contains("Moving EC2 instance to Standby", await AwsAsync("enter-standby", [.. on, "--instance-ids", id, "--should-decrement-desired-capacity"]), StringComparison.Ordinal);
        Assert.Contains("Moving EC2 instance out of Standby", await AwsAsync("exit-standby", [.. on, "--instance-ids", id]), StringComparison.Ordinal);
        await AwsAsync("set-instance-protection", [.. on, "--instance-ids", id, "--no-protected-from-scale-in"]);
        Assert.Contains("Detaching EC2 instance", await AwsAsync("detach-instances", [.. on, "--instance-ids", id, "--should-decrement-desired-capacity"]), StringComparison.Ordinal);
        await AwsAsync("attach-instances", [.. on, "--instance-ids", id]);
        Assert.Contains(id, await AwsAsync("describe-auto-scaling-instances", ["--instance-ids", id]), StringComparison.Ordinal);
        await AwsAsync("create-or-update-tags", ["--tags", $"ResourceId={name},ResourceType=auto-scaling-group,Key=a,Value=b,PropagateAtLaunch=true"]);
        Assert.Contains("\"b\"", await AwsAsync("describe-tags", ["--filters", $"Name=auto-scaling-group,Values={name}"]), StringComparison.Ordinal);
        await AwsAsync("set-instance-health", ["--instance-id", id, "--health-status", "Unhealthy", "--no-should-respect-grace-period"]);
        Assert.Contains("a user health-check", await AwsAsync("describe-scaling-activities", on), StringComparison.Ordinal);
        var other = (await fleet.UntilAsync(name, g => g.Instances.Count == 2)).Instances[0].InstanceId;
        Assert.Contains("Terminating EC2 instance", await AwsAsync("terminate-instance-in-auto-scaling-group", ["--instance-id", other, "--should-decrement-desired-capacity"]), StringComparison.Ordinal);
        await AwsAsync("set-desired-capacity", [.. on, "--desired-capacity", "0"]);
        await AwsAsync("update-auto-scaling-group", [.. on, "--max-size", "4"]);
        await AwsAsync("enable-metrics-collection", [.. on, "--granularity", "1Minute"]);
        await AwsAsync("delete-auto-scaling-group", [.. on, "--force-delete"]);
    }

    private Task<string> AwsAsync(string operation, string[] arguments) => _cloud.AwsAsync(["autoscaling", operation, .. arguments]);

    private Task DesireAsync(string name, int capacity) =>
        _cloud.AutoScaling.SetDesiredCapacityAsync(new SetDesiredCapacityRequest { AutoScalingGroupName = name, DesiredCapacity = capacity }, CloudFixture.Within());

    private Task<TerminateInstanceInAutoScalingGroupResponse> TerminateAsync(string id, bool decrement) => _cloud.AutoScaling.TerminateInstanceInAutoScalingGroupAsync(
        new TerminateInstanceInAutoScalingGroupRequest { InstanceId = id, ShouldDecrementDesiredCapacity = decrement }, CloudFixture.Within());

    private Task UnhealthyAsync(string id) => _cloud.AutoScaling.SetInstanceHealthAsync(
        new SetInstanceHealthRequest { InstanceId = id, HealthStatus = "Unhealthy", ShouldRespectGracePeriod = false }, CloudFixture.Within());

    private Task<AmazonAutoScalingException> RefusedAsync(Action<CreateAutoScalingGroupRequest> change) =>
        Assert.ThrowsAsync<AmazonAutoScalingException>(() => fleet.GroupAsync(0, change));
}
