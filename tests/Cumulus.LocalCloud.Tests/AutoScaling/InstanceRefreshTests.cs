using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.AutoScaling;

/// <summary>https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-instance-refresh.html.</summary>
public sealed class InstanceRefreshTests(FleetFixture fleet) : IClassFixture<FleetFixture>
{
    private readonly CloudFixture _cloud = fleet.Cloud;

    // .../instance-refresh-overview.html: the minimum healthy percentage, and the desired configuration that the group takes over at the end
    [Fact]
    public async Task Instances_are_replaced_in_batches_that_keep_the_minimum_healthy()
    {
        var name = await GroupAsync(4);
        var version = await fleet.NewVersionAsync(name);

        await StartAsync(name, version, new RefreshPreferences { MinHealthyPercentage = 50, InstanceWarmup = 60 });
        var half = await fleet.UntilAsync(name, g => Count(g, version) == 2);
        var midway = await RefreshAsync(name);
        fleet.Clock.Advance(TimeSpan.FromSeconds(60));
        await fleet.UntilAsync(name, g => Count(g, version) == 4);
        var still = await RefreshAsync(name);
        var before = (await fleet.ReadAsync(name)).LaunchTemplate.Version;
        fleet.Clock.Advance(TimeSpan.FromSeconds(60));
        var ended = await UntilAsync(name, "Successful");

        Assert.Equal(4, half.Instances.Count);
        Assert.Equal(("InProgress", 0, 4), (midway.Status.Value, midway.PercentageComplete!.Value, midway.InstancesToUpdate!.Value));
        Assert.Equal(("InProgress", 50, 2), (still.Status.Value, still.PercentageComplete!.Value, still.InstancesToUpdate!.Value));
        Assert.Equal("1", before);
        Assert.Equal((100, 0), (ended.PercentageComplete!.Value, ended.InstancesToUpdate!.Value));
        Assert.NotNull(ended.EndTime);
        Assert.Equal(version, (await fleet.ReadAsync(name)).LaunchTemplate.Version);
    }

    [Fact]
    public async Task With_all_to_stay_healthy_the_new_instance_comes_before_the_old_one_goes()
    {
        var name = await GroupAsync(2);
        var version = await fleet.NewVersionAsync(name);

        await StartAsync(name, version, new RefreshPreferences { MinHealthyPercentage = 100, InstanceWarmup = 60 });
        var three = await fleet.UntilAsync(name, g => g.Instances.Count == 3);
        for (var i = 0; i < 2; i++)
        {
            await fleet.UntilAsync(name, g => Count(g, version) > i);
            fleet.Clock.Advance(TimeSpan.FromSeconds(60));
        }
        await UntilAsync(name, "Successful");

        Assert.Equal((2, 1), (Count(three, "1"), Count(three, version)));
        var group = await fleet.ReadAsync(name);
        Assert.Equal((2, 2), (group.Instances.Count, Count(group, version)));
    }

    // .../asg-adding-checkpoints-instance-refresh.html
    [Fact]
    public async Task A_refresh_waits_at_each_checkpoint_for_its_delay_and_ends_at_the_last()
    {
        var name = await GroupAsync(4);
        var version = await fleet.NewVersionAsync(name);

        await StartAsync(name, version, new RefreshPreferences { MinHealthyPercentage = 0, InstanceWarmup = 0, CheckpointPercentages = [25, 50], CheckpointDelay = 600 });
        var first = await fleet.UntilAsync(name, g => Count(g, version) == 1);
        fleet.Clock.Advance(TimeSpan.FromSeconds(599));
        var waiting = await RefreshAsync(name);
        fleet.Clock.Advance(TimeSpan.FromSeconds(1));
        var ended = await UntilAsync(name, "Successful");

        Assert.Equal(3, Count(first, "1"));
        Assert.Equal(("InProgress", 25), (waiting.Status.Value, waiting.PercentageComplete!.Value));
        Assert.Equal(50, ended.PercentageComplete);
        Assert.Equal(2, Count(await fleet.ReadAsync(name), version));
    }

    // .../asg-instance-refresh-skip-matching.html
    [Fact]
    public async Task Matching_instances_are_skipped()
    {
        var name = await GroupAsync(2);
        var ids = (await fleet.ReadAsync(name)).Instances.Select(i => i.InstanceId).Order().ToList();

        await StartAsync(name, "1", new RefreshPreferences { SkipMatching = true, InstanceWarmup = 0 });

        var ended = await UntilAsync(name, "Successful");
        Assert.Equal(0, ended.InstancesToUpdate);
        Assert.Equal(ids, (await fleet.ReadAsync(name)).Instances.Select(i => i.InstanceId).Order());
    }

    // .../instance-refresh-rollback.html
    [Fact]
    public async Task An_alarm_rolls_the_refresh_back_to_what_the_group_was()
    {
        var (name, alarm) = (await GroupAsync(2), FleetFixture.NewName());
        var version = await fleet.NewVersionAsync(name);
        await _cloud.AwsAsync("cloudwatch", "put-metric-alarm", "--alarm-name", alarm, "--metric-name", "errors", "--namespace", "web", "--statistic", "Sum", "--period", "60",
            "--evaluation-periods", "1", "--threshold", "1", "--comparison-operator", "GreaterThanThreshold");
        await StartAsync(name, version, new RefreshPreferences
        {
            MinHealthyPercentage = 50, InstanceWarmup = 60, AutoRollback = true, AlarmSpecification = new AlarmSpecification { Alarms = [alarm] },
        });
        await fleet.UntilAsync(name, g => Count(g, version) == 1);

        await _cloud.AwsAsync("cloudwatch", "set-alarm-state", "--alarm-name", alarm, "--state-value", "ALARM", "--state-reason", "test");
        fleet.Clock.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(name, "RollbackInProgress");
        await fleet.UntilAsync(name, g => Count(g, "1") == 2);
        fleet.Clock.Advance(TimeSpan.FromSeconds(60));
        var ended = await UntilAsync(name, "RollbackSuccessful");

        Assert.Equal($"Alarm {alarm} is in ALARM state.", ended.RollbackDetails.RollbackReason);
        Assert.Equal(100, ended.RollbackDetails.PercentageCompleteOnRollback);
        Assert.Equal("1", (await fleet.ReadAsync(name)).LaunchTemplate.Version);
    }

    [Fact]
    public async Task A_refresh_that_makes_no_progress_for_an_hour_fails()
    {
        var name = await GroupAsync(1, request => request.LifecycleHookSpecificationList =
            [new LifecycleHookSpecification { LifecycleHookName = "hook", LifecycleTransition = "autoscaling:EC2_INSTANCE_LAUNCHING", HeartbeatTimeout = 7200, DefaultResult = "CONTINUE" }]);
        var id = (await fleet.ReadAsync(name)).Instances[0].InstanceId;
        await _cloud.AutoScaling.CompleteLifecycleActionAsync(
            new CompleteLifecycleActionRequest { AutoScalingGroupName = name, LifecycleHookName = "hook", InstanceId = id, LifecycleActionResult = "CONTINUE" }, CloudFixture.Within());
        await StartAsync(name, await fleet.NewVersionAsync(name), new RefreshPreferences { InstanceWarmup = 0 });
        await fleet.UntilAsync(name, g => g.Instances.Exists(i => i.LifecycleState == LifecycleState.PendingWait));

        fleet.Clock.Advance(TimeSpan.FromHours(1));

        var ended = await UntilAsync(name, "Failed");
        Assert.Equal("Instance refresh failed: instances did not become healthy in time.", ended.StatusReason);
    }

    // .../APIReference/API_StartInstanceRefresh.html, API_CancelInstanceRefresh.html, API_RollbackInstanceRefresh.html
    [Fact]
    public async Task What_is_not_possible_is_refused_with_the_codes_of_the_service()
    {
        var name = await GroupAsync(1);

        var none = await Assert.ThrowsAsync<ActiveInstanceRefreshNotFoundException>(() => _cloud.AutoScaling.CancelInstanceRefreshAsync(
            new CancelInstanceRefreshRequest { AutoScalingGroupName = name }, CloudFixture.Within()));
        var unsafeRollback = await Assert.ThrowsAsync<AmazonAutoScalingException>(() => StartAsync(name, "$Latest", new RefreshPreferences { AutoRollback = true }));
        await StartAsync(name, "$Latest", new RefreshPreferences { InstanceWarmup = 600 });
        var second = await Assert.ThrowsAsync<InstanceRefreshInProgressException>(() => StartAsync(name, "1", new RefreshPreferences()));
        var irreversible = await Assert.ThrowsAsync<IrreversibleInstanceRefreshException>(() => _cloud.AutoScaling.RollbackInstanceRefreshAsync(
            new RollbackInstanceRefreshRequest { AutoScalingGroupName = name }, CloudFixture.Within()));

        Assert.Equal("ActiveInstanceRefreshNotFound", none.ErrorCode);
        Assert.Equal("ValidationError", unsafeRollback.ErrorCode);
        Assert.Equal("InstanceRefreshInProgress", second.ErrorCode);
        Assert.Equal("IrreversibleInstanceRefresh", irreversible.ErrorCode);
    }

    [Fact]
    public async Task A_foreign_client_starts_describes_rolls_back_and_cancels()
    {
        var name = await GroupAsync(2);
        var version = await fleet.NewVersionAsync(name);
        string[] on = ["--auto-scaling-group-name", name];
        string[] start = ["autoscaling", "start-instance-refresh", .. on, "--preferences", "{\"MinHealthyPercentage\":50,\"InstanceWarmup\":600}",
            "--desired-configuration", $"{{\"LaunchTemplate\":{{\"LaunchTemplateName\":\"{name}\",\"Version\":\"{version}\"}}}}"];

        await _cloud.AwsAsync(start);
        var described = await _cloud.AwsAsync(["autoscaling", "describe-instance-refreshes", .. on, "--query", "InstanceRefreshes[0].[Status,PercentageComplete,Preferences.InstanceWarmup]", "--output", "text"]);
        await _cloud.AwsAsync(["autoscaling", "rollback-instance-refresh", .. on]);
        fleet.Clock.Advance(TimeSpan.FromSeconds(600));
        await UntilAsync(name, "RollbackSuccessful");
        await _cloud.AwsAsync(start);
        await _cloud.AwsAsync(["autoscaling", "cancel-instance-refresh", .. on]);

        Assert.Equal("InProgress\t0\t600\n", described);
        Assert.Equal("Cancelled due to user request.", (await UntilAsync(name, "Cancelled")).StatusReason);
    }

    private async Task<string> GroupAsync(int desired, Action<CreateAutoScalingGroupRequest>? change = null)
    {
        var name = await fleet.GroupAsync(desired, change);
        await fleet.UntilAsync(name, g => g.Instances.Count == desired);
        return name;
    }

    private static int Count(AutoScalingGroup group, string version) => group.Instances.Count(i => i.LaunchTemplate.Version == version && i.LifecycleState == LifecycleState.InService);

    private Task StartAsync(string name, string version, RefreshPreferences preferences) => _cloud.AutoScaling.StartInstanceRefreshAsync(new StartInstanceRefreshRequest
    {
        AutoScalingGroupName = name,
        Preferences = preferences,
        DesiredConfiguration = new DesiredConfiguration { LaunchTemplate = new LaunchTemplateSpecification { LaunchTemplateName = name, Version = version } },
    }, CloudFixture.Within());

    private async Task<InstanceRefresh> RefreshAsync(string name) =>
        (await _cloud.AutoScaling.DescribeInstanceRefreshesAsync(new DescribeInstanceRefreshesRequest { AutoScalingGroupName = name }, CloudFixture.Within())).InstanceRefreshes[0];

    private async Task<InstanceRefresh> UntilAsync(string name, string status)
    {
        InstanceRefresh? refresh = null;
        await CloudFixture.UntilAsync(async () => (refresh = await RefreshAsync(name)).Status == status, () => $"{refresh?.Status} {refresh?.StatusReason} {refresh?.PercentageComplete}%");
        return refresh!;
    }
}
