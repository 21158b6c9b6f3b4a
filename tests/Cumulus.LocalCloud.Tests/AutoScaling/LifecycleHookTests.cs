using System.Text.Json;
using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.AutoScaling;

/// <summary>https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html.</summary>
public sealed class LifecycleHookTests(FleetFixture fleet) : IClassFixture<FleetFixture>
{
    private const string Launching = "autoscaling:EC2_INSTANCE_LAUNCHING";
    private const string Terminating = "autoscaling:EC2_INSTANCE_TERMINATING";

    private readonly CloudFixture _cloud = fleet.Cloud;

    [Fact]
    public async Task An_instance_waits_for_its_launch_hook_and_goes_on_when_that_is_completed()
    {
        var name = await fleet.GroupAsync(1, Hook(Launching));
        var waiting = (await fleet.UntilAsync(name, g => g.Instances.Count == 1)).Instances[0];
        var activity = Assert.Single(await fleet.ActivitiesAsync(name));

        await CompleteAsync(name, waiting.InstanceId, "CONTINUE");

        Assert.Equal(LifecycleState.PendingWait, waiting.LifecycleState);
        Assert.Equal(ScalingActivityStatusCode.MidLifecycleAction, activity.StatusCode);
        Assert.Equal(LifecycleState.InService, (await fleet.ReadAsync(name)).Instances[0].LifecycleState);
        Assert.Equal(ScalingActivityStatusCode.Successful, (await fleet.ActivitiesAsync(name))[0].StatusCode);
    }

    [Fact]
    public async Task An_abandoned_launch_is_terminated_and_replaced()
    {
        var name = await fleet.GroupAsync(1, Hook(Launching));
        var first = (await fleet.ReadAsync(name)).Instances[0].InstanceId;

        await CompleteAsync(name, first, "ABANDON");

        var next = (await fleet.ReadAsync(name)).Instances.Find(i => i.InstanceId != first)!;
        Assert.Equal(LifecycleState.PendingWait, next.LifecycleState);
        Assert.NotEqual("running", (await fleet.InstanceAsync(first)).State.Name.Value);
        Assert.Contains(await fleet.ActivitiesAsync(name), a => a.StatusCode == ScalingActivityStatusCode.Failed && a.Description.Contains(first, StringComparison.Ordinal));
    }

    // The default result is applied when the heartbeat time-out is over; a heartbeat begins it anew.
    [Fact]
    public async Task Without_a_word_the_default_result_ends_the_waiting_and_heartbeats_prolong_it()
    {
        var name = await fleet.GroupAsync(1, Hook(Launching, "CONTINUE"));
        var id = (await fleet.ReadAsync(name)).Instances[0].InstanceId;

        fleet.Clock.Advance(TimeSpan.FromSeconds(50));
        await _cloud.AutoScaling.RecordLifecycleActionHeartbeatAsync(
            new RecordLifecycleActionHeartbeatRequest { AutoScalingGroupName = name, LifecycleHookName = "hook", InstanceId = id }, CloudFixture.Within());
        fleet.Clock.Advance(TimeSpan.FromSeconds(50));
        var before = (await fleet.ReadAsync(name)).Instances[0].LifecycleState;
        fleet.Clock.Advance(TimeSpan.FromSeconds(11));
        var after = await fleet.UntilAsync(name, g => g.Instances[0].LifecycleState == LifecycleState.InService);

        Assert.Equal(LifecycleState.PendingWait, before);
        Assert.Equal(id, after.Instances[0].InstanceId);
    }

    [Fact]
    public async Task An_instance_that_goes_waits_for_its_termination_hook_and_is_replaced_meanwhile()
    {
        var name = await fleet.GroupAsync(1, Hook(Terminating));
        var id = (await fleet.UntilAsync(name, g => g.Instances[0].LifecycleState == LifecycleState.InService)).Instances[0].InstanceId;

        await _cloud.AutoScaling.TerminateInstanceInAutoScalingGroupAsync(
            new TerminateInstanceInAutoScalingGroupRequest { InstanceId = id, ShouldDecrementDesiredCapacity = false }, CloudFixture.Within());
        var both = await fleet.ReadAsync(name);
        var running = (await fleet.InstanceAsync(id)).State.Name.Value;
        await CompleteAsync(name, id, "CONTINUE");

        Assert.Equal(["InService", "Terminating:Wait"], both.Instances.Select(i => i.LifecycleState.Value).Order());
        Assert.Equal("running", running);
        Assert.NotEqual(id, Assert.Single((await fleet.ReadAsync(name)).Instances).InstanceId);
        Assert.NotEqual("running", (await fleet.InstanceAsync(id)).State.Name.Value);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html
    [Fact]
    public async Task The_target_of_a_hook_is_told_the_token_that_completes_it()
    {
        var queue = (await _cloud.AwsAsync("sqs", "create-queue", "--queue-name", FleetFixture.NewName(), "--query", "QueueUrl", "--output", "text")).Trim();
        var arn = (await _cloud.AwsAsync("sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", "QueueArn", "--query", "Attributes.QueueArn", "--output", "text")).Trim();
        var name = await fleet.GroupAsync(1, request =>
        {
            Hook(Launching)(request);
            (request.LifecycleHookSpecificationList[0].NotificationTargetARN, request.LifecycleHookSpecificationList[0].NotificationMetadata) = (arn, "colour=blue");
        });

        var message = await _cloud.AwsAsync("sqs", "receive-message", "--queue-url", queue, "--query", "Messages[0].Body", "--output", "text");
        using var told = JsonDocument.Parse(message);
        var token = told.RootElement.GetProperty("LifecycleActionToken").GetString();
        await _cloud.AwsAsync("autoscaling", "complete-lifecycle-action", "--auto-scaling-group-name", name, "--lifecycle-hook-name", "hook", "--lifecycle-action-token", token!, "--lifecycle-action-result", "CONTINUE");

        var instance = (await fleet.ReadAsync(name)).Instances[0];
        Assert.Equal((instance.InstanceId, "colour=blue"), (told.RootElement.GetProperty("EC2InstanceId").GetString(), told.RootElement.GetProperty("NotificationMetadata").GetString()));
        Assert.Equal(LifecycleState.InService, instance.LifecycleState);
    }

    // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteLifecycleHook.html
    [Fact]
    public async Task Deleting_a_hook_ends_what_waits_for_it()
    {
        var name = await fleet.GroupAsync(1);
        await _cloud.AwsAsync("autoscaling", "put-lifecycle-hook", "--auto-scaling-group-name", name, "--lifecycle-hook-name", "bye", "--lifecycle-transition", Terminating);
        var hooks = await _cloud.AutoScaling.DescribeLifecycleHooksAsync(new DescribeLifecycleHooksRequest { AutoScalingGroupName = name }, CloudFixture.Within());
        await _cloud.AutoScaling.SetDesiredCapacityAsync(new SetDesiredCapacityRequest { AutoScalingGroupName = name, DesiredCapacity = 0 }, CloudFixture.Within());
        var waiting = (await fleet.ReadAsync(name)).Instances[0].LifecycleState;

        await _cloud.AwsAsync("autoscaling", "delete-lifecycle-hook", "--auto-scaling-group-name", name, "--lifecycle-hook-name", "bye");

        // https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html: the defaults
        var hook = Assert.Single(hooks.LifecycleHooks);
        Assert.Equal((3600, 172_800, "ABANDON"), (hook.HeartbeatTimeout!.Value, hook.GlobalTimeout!.Value, hook.DefaultResult));
        Assert.Equal(LifecycleState.TerminatingWait, waiting);
        Assert.Empty((await fleet.ReadAsync(name)).Instances ?? []);
    }

    [Fact]
    public async Task Completing_what_nobody_waits_for_is_an_error()
    {
        var name = await fleet.GroupAsync(1);
        var id = (await fleet.ReadAsync(name)).Instances[0].InstanceId;

        var error = await Assert.ThrowsAsync<AmazonAutoScalingException>(() => CompleteAsync(name, id, "CONTINUE"));

        Assert.Equal(("ValidationError", $"No active Lifecycle Action found with instance ID {id}"), (error.ErrorCode, error.Message));
    }

    private static Action<CreateAutoScalingGroupRequest> Hook(string transition, string result = "ABANDON") => request => request.LifecycleHookSpecificationList =
        [new LifecycleHookSpecification { LifecycleHookName = "hook", LifecycleTransition = transition, DefaultResult = result, HeartbeatTimeout = 60 }];

    private Task CompleteAsync(string group, string id, string result) => _cloud.AutoScaling.CompleteLifecycleActionAsync(
        new CompleteLifecycleActionRequest { AutoScalingGroupName = group, LifecycleHookName = "hook", InstanceId = id, LifecycleActionResult = result }, CloudFixture.Within());
}
