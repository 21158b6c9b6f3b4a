using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Amazon.S3.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>Creation, update and deletion of stacks, and what becomes of them when a resource fails.</summary>
public sealed class StackOperationTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Two = """
        Parameters: {Words: {Type: String, Default: one}, Name: {Type: String, Default: ""}}
        Conditions: {IsNamed: !Not [!Equals [!Ref Name, ""]]}
        Resources:
          Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !If [IsNamed, !Ref Name, !Ref AWS::NoValue]}}
          Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Sub "${Words} of ${Topic.TopicName}"}}
        Outputs:
          Arn: {Value: !Ref Topic}
        """;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
    [Fact]
    public async Task Events_of_a_creation_tell_of_each_resource_after_those_it_depends_on()
    {
        var stack = await cloud.CreateAsync(CloudFixture.NewName(), Two);

        var events = await cloud.EventsAsync(stack.StackName);
        Assert.Equal(
            [
                (stack.StackName, "CREATE_IN_PROGRESS", "User Initiated"),
                ("Topic", "CREATE_IN_PROGRESS", null),
                ("Topic", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
                ("Topic", "CREATE_COMPLETE", null),
                ("Text", "CREATE_IN_PROGRESS", null),
                ("Text", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
                ("Text", "CREATE_COMPLETE", null),
                (stack.StackName, "CREATE_COMPLETE", null),
            ],
            events.Select(e => (e.LogicalResourceId, e.ResourceStatus.Value, (string?)e.ResourceStatusReason)));
        Assert.Single(events.Select(e => e.OperationId).Distinct());
        Assert.Equal(stack.StackId, events[0].PhysicalResourceId);
        Assert.StartsWith("arn:aws:sns:us-east-1:", stack.Outputs.Single().OutputValue, StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
    [Fact]
    public async Task An_update_in_place_keeps_the_resource_and_a_replacement_makes_the_new_one_before_the_old_one_goes()
    {
        var stack = await cloud.CreateAsync(CloudFixture.NewName(), Two);
        var text = await PhysicalIdAsync(stack.StackName, "Text");

        await cloud.UpdateAsync(stack.StackName, Two, ("Words", "two"));
        Assert.Equal(text, await PhysicalIdAsync(stack.StackName, "Text"));
        var before = (await cloud.EventsAsync(stack.StackName)).Count;
        var name = "topic-" + Guid.NewGuid().ToString("N");
        var renamed = await cloud.UpdateAsync(stack.StackName, Two, ("Words", "two"), ("Name", name));

        Assert.Equal("UPDATE_COMPLETE", renamed.StackStatus.Value);
        Assert.EndsWith(name, renamed.Outputs.Single().OutputValue, StringComparison.Ordinal);
        Assert.Equal(
            [
                (stack.StackName, "UPDATE_IN_PROGRESS"),
                ("Topic", "UPDATE_IN_PROGRESS"),
                ("Topic", "UPDATE_IN_PROGRESS"),
                ("Topic", "UPDATE_COMPLETE"),
                ("Text", "UPDATE_IN_PROGRESS"),
                ("Text", "UPDATE_COMPLETE"),
                (stack.StackName, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
                ("Topic", "DELETE_IN_PROGRESS"),
                ("Topic", "DELETE_COMPLETE"),
                (stack.StackName, "UPDATE_COMPLETE"),
            ],
            (await cloud.EventsAsync(stack.StackName)).Skip(before).Select(e => (e.LogicalResourceId, e.ResourceStatus.Value)));
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
    [Fact]
    public async Task A_creation_that_fails_is_rolled_back_in_reverse_order_and_leaves_nothing()
    {
        var (name, bucket) = (CloudFixture.NewName(), "bucket-" + Guid.NewGuid().ToString("N"));
        var template = $$"""
            Resources:
              Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: "{{bucket}}"} }
              Topic: {Type: AWS::SNS::Topic, DependsOn: Bucket}
              Last: {Type: AWS::SQS::Queue, DependsOn: Topic}
            """;
        cloud.AddFault(new StackFault { StackName = name, LogicalId = "Last", Reason = "Out of queues" });

        var stack = await cloud.CreateAsync(name, template);

        Assert.Equal("ROLLBACK_COMPLETE", stack.StackStatus.Value);
        var events = await cloud.EventsAsync(name);
        Assert.Equal("Out of queues", Assert.Single(events, e => e.ResourceStatus == "CREATE_FAILED").ResourceStatusReason);
        Assert.Equal(
            "The following resource(s) failed to create: [Last]. Rollback requested by user.",
            Assert.Single(events, e => e.ResourceStatus == "ROLLBACK_IN_PROGRESS").ResourceStatusReason);
        Assert.Equal(["Last", "Topic", "Bucket"], events.Where(e => e.ResourceStatus == "DELETE_COMPLETE").Select(e => e.LogicalResourceId));
        await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.S3.GetBucketLocationAsync(bucket, CloudFixture.Within()));
        var update = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.UpdateAsync(name, Two));
        Assert.Equal($"Stack:{stack.StackId} is in ROLLBACK_COMPLETE state and can not be updated.", update.Message);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-monitor-stack.html
    [Fact]
    public async Task An_update_that_fails_brings_back_what_was_there()
    {
        var name = CloudFixture.NewName();
        var created = await cloud.CreateAsync(name, Two);
        var topic = await PhysicalIdAsync(name, "Topic");
        cloud.AddFault(new StackFault { StackName = name, LogicalId = "Text", Operation = StackFaultOperation.Update, Reason = "No more text", Times = 1 });

        var stack = await cloud.UpdateAsync(name, Two, ("Words", "two"), ("Name", "other-" + Guid.NewGuid().ToString("N")));

        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", stack.StackStatus.Value);
        Assert.Equal(created.Outputs.Single().OutputValue, stack.Outputs.Single().OutputValue);
        Assert.Equal("one", stack.Parameters.Single(parameter => parameter.ParameterKey == "Words").ParameterValue);
        Assert.Equal(topic, await PhysicalIdAsync(name, "Topic"));
        var events = await cloud.EventsAsync(name);
        Assert.Equal("The following resource(s) failed to update: [Text].", events.Single(e => e.ResourceStatus == "UPDATE_ROLLBACK_IN_PROGRESS").ResourceStatusReason);
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", events.Last(e => e.LogicalResourceId == name && e != events[^1]).ResourceStatus.Value);
        var topics = await cloud.AwsAsync("sns", "list-topics", "--output", "text");
        Assert.Contains(topic, topics, StringComparison.Ordinal);
        Assert.DoesNotContain("other-", topics, StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
    [Fact]
    public async Task A_rollback_that_fails_is_continued_without_the_resource_that_cannot_go_back()
    {
        var name = CloudFixture.NewName();
        await cloud.CreateAsync(name, Two);
        cloud.AddFault(new StackFault { StackName = name, LogicalId = "Text", Operation = StackFaultOperation.Update, Reason = "Broken for good" });
        var failed = await cloud.UpdateAsync(name, Two, ("Words", "two"));
        Assert.Equal("UPDATE_ROLLBACK_FAILED", failed.StackStatus.Value);

        var wrong = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.ContinueUpdateRollbackAsync(
            new ContinueUpdateRollbackRequest { StackName = name, ResourcesToSkip = ["Topic"] }, CloudFixture.Within()));
        await cloud.CloudFormation.ContinueUpdateRollbackAsync(new ContinueUpdateRollbackRequest { StackName = name, ResourcesToSkip = ["Text"] }, CloudFixture.Within());
        var stack = await cloud.SettledAsync(name);

        Assert.Equal("ValidationError", wrong.ErrorCode);
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", stack.StackStatus.Value);
        Assert.Equal("UPDATE_COMPLETE", (await cloud.ResourceAsync(name, "Text")).ResourceStatus.Value);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
    [Fact]
    public async Task A_bucket_with_content_fails_the_deletion_and_is_retained_the_next_time()
    {
        var bucket = "full-" + Guid.NewGuid().ToString("N");
        var stack = await cloud.CreateAsync(CloudFixture.NewName(), "Resources: {Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: " + bucket + "}}}");
        await cloud.S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "a", ContentBody = "a" }, CloudFixture.Within());
        var early = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.DeleteStackAsync(
            new DeleteStackRequest { StackName = stack.StackName, RetainResources = ["Bucket"] }, CloudFixture.Within()));

        var failed = await cloud.DeleteAsync(stack.StackId);
        await cloud.CloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = stack.StackName, RetainResources = ["Bucket"] }, CloudFixture.Within());
        var gone = await cloud.SettledAsync(stack.StackId);

        Assert.Contains("DELETE_FAILED state", early.Message, StringComparison.Ordinal);
        Assert.Equal(("DELETE_FAILED", "The following resource(s) failed to delete: [Bucket]."), (failed.StackStatus.Value, failed.StackStatusReason));
        Assert.Equal("DELETE_COMPLETE", gone.StackStatus.Value);
        await cloud.S3.GetBucketLocationAsync(bucket, CloudFixture.Within());
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
    [Fact]
    public async Task What_failed_is_kept_on_demand_tried_again_and_rolled_back_when_asked()
    {
        var (name, other) = (CloudFixture.NewName(), CloudFixture.NewName());
        foreach (var stack in new[] { name, other })
        {
            cloud.AddFault(new StackFault { StackName = stack, LogicalId = "Text", Times = 1 });
            await cloud.CloudFormation.CreateStackAsync(new CreateStackRequest { StackName = stack, TemplateBody = Two, DisableRollback = true }, CloudFixture.Within());
        }
        var failed = await cloud.SettledAsync(name);
        var again = await cloud.UpdateAsync(name, Two);
        await cloud.SettledAsync(other);
        await cloud.CloudFormation.RollbackStackAsync(new RollbackStackRequest { StackName = other }, CloudFixture.Within());
        var rolledBack = await cloud.SettledAsync(other);

        Assert.Equal(("CREATE_FAILED", "The following resource(s) failed to create: [Text]."), (failed.StackStatus.Value, failed.StackStatusReason));
        Assert.Equal("UPDATE_COMPLETE", again.StackStatus.Value);
        Assert.Equal("ROLLBACK_COMPLETE", rolledBack.StackStatus.Value);
        Assert.All(rolledBack.LastOperations, last => Assert.Equal("ROLLBACK", last.OperationType.Value));
        var failures = await cloud.CloudFormation.DescribeEventsAsync(new DescribeEventsRequest { StackName = other, Filters = new EventFilter { FailedEvents = true } }, CloudFixture.Within());
        Assert.Equal(("Text", "CREATE_STACK"), (failures.OperationEvents[^1].LogicalResourceId, failures.OperationEvents[^1].OperationType.Value));
    }

    // https://docs.aws.amazon.com/cli/latest/reference/cloudformation/
    [Fact]
    public async Task A_foreign_client_reads_every_description()
    {
        var name = CloudFixture.NewName();
        await cloud.CreateAsync(name, Two);
        string[] ofStack = ["--stack-name", name];

        var answers = await Task.WhenAll(
            cloud.AwsAsync(["cloudformation", "describe-stack-events", .. ofStack, "--query", "length(StackEvents)"]),
            cloud.AwsAsync(["cloudformation", "describe-stack-resources", .. ofStack, "--query", "length(StackResources)"]),
            cloud.AwsAsync(["cloudformation", "list-stack-resources", .. ofStack, "--query", "length(StackResourceSummaries)"]),
            cloud.AwsAsync(["cloudformation", "describe-stack-resource", .. ofStack, "--logical-resource-id", "Topic", "--query", "length([StackResourceDetail])"]),
            cloud.AwsAsync(["cloudformation", "get-template", .. ofStack, "--query", "length(StagesAvailable)"]),
            cloud.AwsAsync("cloudformation", "list-stacks", "--stack-status-filter", "CREATE_COMPLETE", "--query", $"length(StackSummaries[?StackName=='{name}'])"),
            cloud.AwsAsync("cloudformation", "list-exports", "--query", "length(Exports)"));

        Assert.Equal(["8", "2", "2", "1", "2", "1", "0"], answers.Select(answer => answer.Trim()));
    }

    [Fact]
    public async Task Faults_are_set_and_cleared_from_another_process()
    {
        using var client = LocalCloudClient.Open(cloud.Info.Path);
        const string topic = "Resources: {Topic: {Type: AWS::SNS::Topic}}";
        var (first, second) = (CloudFixture.NewName(), CloudFixture.NewName());

        await client.SetFaultAsync(new StackFault { ResourceType = "AWS::SNS::Topic", StackName = first, Reason = "Told from outside" }, CloudFixture.Within());
        await client.SetFaultAsync(new StackFault { StackName = second }, CloudFixture.Within());
        var failed = await cloud.CreateAsync(first, topic);
        await client.RemoveFaultsAsync("*", CloudFixture.Within());
        var created = await cloud.CreateAsync(second, topic);

        Assert.Contains(await cloud.EventsAsync(first), e => e.ResourceStatusReason == "Told from outside");
        Assert.Equal(("ROLLBACK_COMPLETE", "CREATE_COMPLETE"), (failed.StackStatus.Value, created.StackStatus.Value));
    }

    private async Task<string> PhysicalIdAsync(string stack, string logicalId) => (await cloud.ResourceAsync(stack, logicalId)).PhysicalResourceId;
}
