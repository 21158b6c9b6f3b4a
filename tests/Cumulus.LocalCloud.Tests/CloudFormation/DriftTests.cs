using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>What was changed behind a stack's back is found by looking at the real things.</summary>
public sealed class DriftTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Template = """
        Resources:
          Queue:
            Type: AWS::SQS::Queue
            Properties: {DelaySeconds: 20, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 10}}
          Dead: {Type: AWS::SQS::Queue}
          Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: Orders}}
          Words: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: one}}
          Table: {Type: AWS::DynamoDB::Table, Properties: {KeySchema: [{AttributeName: Id, KeyType: HASH}]}}
        """;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/detect-drift-stack.html
    [Fact]
    public async Task What_was_changed_and_what_was_deleted_is_told_with_paths_and_values()
    {
        var name = CloudFixture.NewName();
        await cloud.CreateAsync(name, Template);
        var before = await DetectAsync(name);
        var dead = await PhysicalIdAsync(name, "Dead");
        await ChangeAsync(name);

        var after = await DetectAsync(name);
        var drifts = (await cloud.CloudFormation.DescribeStackResourceDriftsAsync(new DescribeStackResourceDriftsRequest { StackName = name }, CloudFixture.Within())).StackResourceDrifts;
        var stack = (await cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = name }, CloudFixture.Within())).Stacks[0];

        Assert.Equal(("IN_SYNC", 0), (before.StackDriftStatus.Value, before.DriftedStackResourceCount));
        Assert.Equal(("DRIFTED", 2), (after.StackDriftStatus.Value, after.DriftedStackResourceCount));
        Assert.Equal("DRIFTED", stack.DriftInformation.StackDriftStatus.Value);
        // A type that cannot be read is not among them.
        Assert.Equal(
            [("Dead", "IN_SYNC"), ("Queue", "MODIFIED"), ("Topic", "IN_SYNC"), ("Words", "DELETED")],
            drifts.Select(drift => (drift.LogicalResourceId, drift.StackResourceDriftStatus.Value)));
        var queue = drifts.Single(drift => drift.LogicalResourceId == "Queue");
        Assert.Equal(
            [("/DelaySeconds", "20", "120", "NOT_EQUAL"), ("/RedrivePolicy/maxReceiveCount", "10", "12", "NOT_EQUAL")],
            queue.PropertyDifferences.Select(difference => (difference.PropertyPath, difference.ExpectedValue, difference.ActualValue, difference.DifferenceType.Value)).Order());
        Assert.Contains("\"DelaySeconds\":20", queue.ExpectedProperties, StringComparison.Ordinal);
        Assert.Contains("\"DelaySeconds\":\"120\"", queue.ActualProperties, StringComparison.Ordinal);
        Assert.Contains("/", dead, StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    [Fact]
    public async Task One_resource_is_looked_at_alone_and_an_update_forgets_what_was_found()
    {
        var name = CloudFixture.NewName();
        await cloud.CreateAsync(name, Template);
        await ChangeAsync(name);

        var one = await cloud.CloudFormation.DetectStackResourceDriftAsync(new DetectStackResourceDriftRequest { StackName = name, LogicalResourceId = "Queue" }, CloudFixture.Within());
        var found = await cloud.ResourceAsync(name, "Queue");
        var table = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.DetectStackResourceDriftAsync(
            new DetectStackResourceDriftRequest { StackName = name, LogicalResourceId = "Table" }, CloudFixture.Within()));
        await cloud.UpdateAsync(name, Template.Replace("Orders", "Invoices", StringComparison.Ordinal));

        Assert.Equal("MODIFIED", one.StackResourceDrift.StackResourceDriftStatus.Value);
        Assert.Equal("MODIFIED", found.DriftInformation.StackResourceDriftStatus.Value);
        Assert.Equal("ValidationError", table.ErrorCode);
        Assert.Equal("NOT_CHECKED", (await cloud.ResourceAsync(name, "Queue")).DriftInformation.StackResourceDriftStatus.Value);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html (states of stacks)
    [Fact]
    public async Task A_stack_that_failed_is_not_looked_at()
    {
        var name = CloudFixture.NewName();
        cloud.AddFault(new StackFault { StackName = name, LogicalId = "Topic" });
        await cloud.CreateAsync(name, Template);

        var error = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.DetectStackDriftAsync(new DetectStackDriftRequest { StackName = name }, CloudFixture.Within()));

        Assert.Equal("ValidationError", error.ErrorCode);
        Assert.Contains("ROLLBACK_COMPLETE", error.Message, StringComparison.Ordinal);
    }

    // A template that has every type that is real: right after its creation nothing may look drifted.
    [Fact]
    public async Task What_was_just_made_is_in_sync()
    {
        var name = CloudFixture.NewName();
        var template = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "templates", "tier.template.yml"));
        await cloud.CreateAsync(name, template);

        var drifted = await cloud.DriftedAsync(name);

        Assert.Empty(drifted.Select(drift => $"{drift.LogicalResourceId}: {string.Join("; ", (drift.PropertyDifferences ?? []).Select(difference => $"{difference.PropertyPath} {difference.ExpectedValue} != {difference.ActualValue}"))}"));
    }

    // https://docs.aws.amazon.com/cli/latest/reference/cloudformation/detect-stack-drift.html
    [Fact]
    public async Task A_foreign_client_follows_a_detection()
    {
        var name = CloudFixture.NewName();
        await cloud.CreateAsync(name, Template);
        await ChangeAsync(name);

        var id = (await cloud.AwsAsync("cloudformation", "detect-stack-drift", "--stack-name", name, "--query", "StackDriftDetectionId", "--output", "text")).Trim();
        await CloudFixture.UntilAsync(
            async () => (await cloud.AwsAsync("cloudformation", "describe-stack-drift-detection-status", "--stack-drift-detection-id", id, "--query", "DetectionStatus")).Contains("COMPLETE", StringComparison.Ordinal),
            () => "not complete");
        var drifted = await cloud.AwsAsync(
            "cloudformation", "describe-stack-resource-drifts", "--stack-name", name, "--stack-resource-drift-status-filters", "MODIFIED", "DELETED", "--query", "StackResourceDrifts[].LogicalResourceId", "--output", "text");
        var one = await cloud.AwsAsync("cloudformation", "detect-stack-resource-drift", "--stack-name", name, "--logical-resource-id", "Topic", "--query", "StackResourceDrift.StackResourceDriftStatus", "--output", "text");

        Assert.Equal(("Queue\tWords", "IN_SYNC"), (drifted.Trim(), one.Trim()));
    }

    private async Task<DescribeStackDriftDetectionStatusResponse> DetectAsync(string stack)
    {
        var begun = await cloud.CloudFormation.DetectStackDriftAsync(new DetectStackDriftRequest { StackName = stack }, CloudFixture.Within());
        DescribeStackDriftDetectionStatusResponse? status = null;
        await CloudFixture.UntilAsync(async () =>
        {
            status = await cloud.CloudFormation.DescribeStackDriftDetectionStatusAsync(
                new DescribeStackDriftDetectionStatusRequest { StackDriftDetectionId = begun.StackDriftDetectionId }, CloudFixture.Within());
            return status.DetectionStatus != "DETECTION_IN_PROGRESS";
        }, () => "still looking");
        Assert.Equal(("DETECTION_COMPLETE", null), (status!.DetectionStatus.Value, (string?)status.DetectionStatusReason));
        return status;
    }

    /// <summary>Past the stack: the queue is changed, the parameter deleted.</summary>
    private async Task ChangeAsync(string stack)
    {
        var queue = await PhysicalIdAsync(stack, "Queue");
        var dead = (await PhysicalIdAsync(stack, "Dead")).Split('/')[^1];
        var redrive = $$"""{"DelaySeconds": "120", "RedrivePolicy": "{\"deadLetterTargetArn\": \"arn:aws:sqs:us-east-1:123456789012:{{dead}}\", \"maxReceiveCount\": 12}"}""";
        await cloud.AwsAsync("sqs", "set-queue-attributes", "--queue-url", queue, "--attributes", redrive);
        await cloud.AwsAsync("ssm", "delete-parameter", "--name", await PhysicalIdAsync(stack, "Words"));
    }

    private async Task<string> PhysicalIdAsync(string stack, string logicalId) => (await cloud.ResourceAsync(stack, logicalId)).PhysicalResourceId;
}
