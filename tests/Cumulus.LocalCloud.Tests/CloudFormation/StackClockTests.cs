using Amazon.CloudFormation.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>What happens when time passes; here it passes when the test says so.</summary>
public sealed class StackClockTests : IAsyncLifetime
{
    private readonly SteppedClock _clock = new();
    private readonly CloudFixture _cloud;

    public StackClockTests() => _cloud = new CloudFixture { Change = options => options with { Clock = _clock, StackPace = TimeSpan.Zero } };

    public Task InitializeAsync() => _cloud.InitializeAsync();

    public Task DisposeAsync() => _cloud.DisposeAsync();

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (TimeoutInMinutes)
    [Fact]
    public async Task A_stack_that_takes_longer_than_its_limit_is_rolled_back()
    {
        var name = CloudFixture.NewName();
        _cloud.AddFault(new StackFault { StackName = name, Kind = StackFaultKind.Hang, Operation = StackFaultOperation.Create });
        await _cloud.CloudFormation.CreateStackAsync(
            new CreateStackRequest { StackName = name, TimeoutInMinutes = 5, TemplateBody = "Resources: {Topic: {Type: AWS::SNS::Topic}}" }, CloudFixture.Within());
        await UntilAsync(name, "CREATE_IN_PROGRESS", null);

        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal("CREATE_IN_PROGRESS", (await _cloud.EventsAsync(name))[^1].ResourceStatus.Value);
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("ROLLBACK_COMPLETE", (await _cloud.SettledAsync(name)).StackStatus.Value);
        var events = await _cloud.EventsAsync(name);
        Assert.Equal("Resource creation cancelled", Assert.Single(events, e => e.ResourceStatus == "CREATE_FAILED").ResourceStatusReason);
        Assert.Contains(events, e => e.ResourceStatusReason == "Stack creation time exceeded the specified timeout. Rollback requested by user.");
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
    [Fact]
    public async Task A_rolling_update_replaces_instances_in_batches_and_goes_back_when_a_signal_does_not_come()
    {
        const string template = """
            Parameters: {Words: {Type: String}}
            Resources:
              Group:
                Type: AWS::AutoScaling::AutoScalingGroup
                UpdatePolicy: {AutoScalingRollingUpdate: {MinInstancesInService: 1, MaxBatchSize: 2, WaitOnResourceSignals: true, PauseTime: PT10M}}
                Properties: {MinSize: 2, MaxSize: 3, AvailabilityZones: [us-east-1a], LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: !GetAtt Template.LatestVersionNumber}}
              Template: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-12345678, InstanceType: t3.micro, KeyName: !Ref Words}}}
            """;
        var name = CloudFixture.NewName();
        await _cloud.CreateAsync(name, template, ("Words", "one"));
        await _cloud.CloudFormation.UpdateStackAsync(
            new UpdateStackRequest { StackName = name, UsePreviousTemplate = true, Parameters = [new() { ParameterKey = "Words", ParameterValue = "two" }] }, CloudFixture.Within());
        const string waiting = "New instance(s) added to autoscaling group - Waiting on 1 resource signal(s) with a timeout of PT10M.";

        await UntilAsync(name, "UPDATE_IN_PROGRESS", waiting);
        await _cloud.CloudFormation.SignalResourceAsync(new SignalResourceRequest { StackName = name, LogicalResourceId = "Group", UniqueId = "i-1", Status = "SUCCESS" }, CloudFixture.Within());
        await UntilAsync(name, "UPDATE_IN_PROGRESS", waiting, times: 2);
        _clock.Advance(TimeSpan.FromMinutes(10));
        await UntilAsync(name, "UPDATE_IN_PROGRESS", waiting, times: 3);

        var events = await _cloud.EventsAsync(name);
        Assert.Contains(events, e => e.ResourceStatusReason == "Rolling update initiated. Terminating 2 obsolete instance(s) in batches of 1, while keeping at least 1 instance(s) in service.");
        Assert.Contains(events, e => e.ResourceStatusReason?.EndsWith("(Progress 50%).", StringComparison.Ordinal) == true);
        Assert.Contains(events, e => e.ResourceStatusReason == "Received 0 SUCCESS signal(s) out of 1.  Unable to satisfy 100% MinSuccessfulInstancesPercent requirement");
        Assert.Contains(events, e => e.ResourceStatus == "UPDATE_ROLLBACK_IN_PROGRESS");
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
    [Fact]
    public async Task An_alarm_that_goes_off_in_the_monitoring_time_rolls_the_update_back()
    {
        const string template = "Parameters: {Words: {Type: String}}\nResources: {Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Words}}}";
        var (name, alarm) = (CloudFixture.NewName(), "alarm-" + Guid.NewGuid().ToString("N"));
        await _cloud.AwsAsync("cloudwatch", "put-metric-alarm", "--alarm-name", alarm, "--namespace", "N", "--metric-name", "M", "--statistic", "Sum", "--period", "60", "--evaluation-periods", "1",
            "--threshold", "1", "--comparison-operator", "GreaterThanThreshold");
        await _cloud.CreateAsync(name, template, ("Words", "one"));
        foreach (var (words, state, status) in new[] { ("two", "OK", "UPDATE_COMPLETE"), ("three", "ALARM", "UPDATE_ROLLBACK_COMPLETE") })
        {
            await _cloud.CloudFormation.UpdateStackAsync(new UpdateStackRequest
            {
                StackName = name,
                UsePreviousTemplate = true,
                Parameters = [new() { ParameterKey = "Words", ParameterValue = words }],
                RollbackConfiguration = new RollbackConfiguration
                {
                    MonitoringTimeInMinutes = 5,
                    RollbackTriggers = [new() { Arn = $"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{alarm}", Type = "AWS::CloudWatch::Alarm" }],
                },
            }, CloudFixture.Within());
            await UntilUpdatedAsync(name, words);
            Assert.Equal("UPDATE_IN_PROGRESS", (await _cloud.EventsAsync(name)).Last(e => e.LogicalResourceId == name).ResourceStatus.Value);
            await _cloud.AwsAsync("cloudwatch", "set-alarm-state", "--alarm-name", alarm, "--state-value", state, "--state-reason", "as told");

            _clock.Advance(TimeSpan.FromMinutes(5));

            Assert.Equal(status, (await _cloud.SettledAsync(name)).StackStatus.Value);
        }
        Assert.Contains(await _cloud.EventsAsync(name), e => e.ResourceStatus == "UPDATE_ROLLBACK_IN_PROGRESS" && e.ResourceStatusReason.EndsWith($"{alarm} went into the ALARM state.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_alarm_that_does_not_exist_fails_the_creation()
    {
        var name = CloudFixture.NewName();
        await _cloud.CloudFormation.CreateStackAsync(new CreateStackRequest
        {
            StackName = name,
            TemplateBody = "Resources: {Topic: {Type: AWS::SNS::Topic}}",
            RollbackConfiguration = new RollbackConfiguration { RollbackTriggers = [new() { Arn = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:none", Type = "AWS::CloudWatch::Alarm" }] },
        }, CloudFixture.Within());

        Assert.Equal("ROLLBACK_COMPLETE", (await _cloud.SettledAsync(name)).StackStatus.Value);
    }

    private Task UntilUpdatedAsync(string stack, string words) => CloudFixture.UntilAsync(
        async () => (await _cloud.EventsAsync(stack)).Any(e => e.LogicalResourceId == "Text" && e.ResourceStatus == "UPDATE_COMPLETE" && e.ResourceProperties.Contains(words, StringComparison.Ordinal)),
        () => "not updated");

    private Task UntilAsync(string stack, string status, string? reason, int times = 1) => CloudFixture.UntilAsync(
        async () => (await _cloud.EventsAsync(stack)).Count(e => e.ResourceStatus == status && e.LogicalResourceId != stack && e.ResourceStatusReason == reason) >= times,
        () => $"no {reason}");
}
