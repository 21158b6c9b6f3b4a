using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>Express mode, nested change sets, validation before an operation, notifications, the service role.</summary>
public sealed class OperationModeTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Signalled = """
        Parameters: {Words: {Type: String, Default: one}}
        Resources:
          Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Words}}
          Condition: {Type: AWS::AutoScaling::AutoScalingGroup, CreationPolicy: {ResourceSignal: {Count: 1, Timeout: PT1H}}, Properties: {MinSize: 0, MaxSize: 0, AvailabilityZones: [us-east-1a], LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: 1}}}
          Template: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-12345678}}}
        """;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-express-mode.html
    [Fact]
    public async Task Express_mode_waits_for_nothing_that_is_configured()
    {
        var name = CloudFixture.NewName();

        await cloud.CloudFormation.CreateStackAsync(new CreateStackRequest { StackName = name, TemplateBody = Signalled, DeploymentConfig = new DeploymentConfig { Mode = "EXPRESS" } }, CloudFixture.Within());
        var stack = await cloud.SettledAsync(name);

        Assert.Equal("CREATE_COMPLETE", stack.StackStatus.Value);
        Assert.Equal(("EXPRESS", true), (stack.DeploymentConfig.Mode.Value, stack.DeploymentConfig.DisableRollback));
        var complete = (await cloud.EventsAsync(name)).First(e => e.LogicalResourceId == "Topic" && e.ResourceStatus == "CREATE_COMPLETE");
        Assert.Equal(
            ("CONFIGURATION_COMPLETE", "Resource operation completed using Express Mode. It may continue becoming available in the background."),
            (complete.DetailedStatus.Value, complete.ResourceStatusReason));
    }

    // As above, "Rollback behavior with express mode"
    [Fact]
    public async Task Express_mode_does_not_roll_back_unless_told_to_and_never_by_RollbackStack()
    {
        var (kept, back) = (CloudFixture.NewName(), CloudFixture.NewName());
        foreach (var (name, disable) in new[] { (kept, (bool?)null), (back, false) })
        {
            cloud.AddFault(new StackFault { StackName = name, LogicalId = "Topic" });
            await cloud.CloudFormation.CreateStackAsync(
                new CreateStackRequest { StackName = name, TemplateBody = Signalled, DeploymentConfig = new DeploymentConfig { Mode = "EXPRESS", DisableRollback = disable } }, CloudFixture.Within());
        }

        Assert.Equal("CREATE_FAILED", (await cloud.SettledAsync(kept)).StackStatus.Value);
        Assert.Equal("ROLLBACK_COMPLETE", (await cloud.SettledAsync(back)).StackStatus.Value);
        var rollback = await RefusedAsync(() => cloud.CloudFormation.RollbackStackAsync(new RollbackStackRequest { StackName = kept }, CloudFixture.Within()));
        var both = await RefusedAsync(() => cloud.CloudFormation.CreateStackAsync(
            new CreateStackRequest { StackName = CloudFixture.NewName(), TemplateBody = Signalled, OnFailure = "DELETE", DeploymentConfig = new DeploymentConfig { Mode = "EXPRESS" } }, CloudFixture.Within()));
        var older = await RefusedAsync(() => cloud.CloudFormation.UpdateStackAsync(
            new UpdateStackRequest { StackName = kept, TemplateBody = Signalled, DisableRollback = true, DeploymentConfig = new DeploymentConfig { Mode = "EXPRESS" } }, CloudFixture.Within()));
        Assert.All([rollback, both, older], error => Assert.Equal("ValidationError", error.ErrorCode));
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html: replacements need a way back
    [Fact]
    public async Task Nothing_is_replaced_while_rollback_is_disabled()
    {
        const string template = "Parameters: {Name: {Type: String}}\nResources: {Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name}}}";
        var (name, topic) = (CloudFixture.NewName(), Guid.NewGuid().ToString("N"));
        await cloud.CreateAsync(name, template, ("Name", topic));

        await cloud.CloudFormation.UpdateStackAsync(
            new UpdateStackRequest { StackName = name, TemplateBody = template, DisableRollback = true, Parameters = [new() { ParameterKey = "Name", ParameterValue = topic + "b" }] }, CloudFixture.Within());

        Assert.Equal("UPDATE_FAILED", (await cloud.SettledAsync(name)).StackStatus.Value);
        Assert.Contains(await cloud.EventsAsync(name), e => e.ResourceStatusReason == "Replacement type updates not supported on stack with disable-rollback.");
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html
    [Fact]
    public async Task A_nested_change_set_shows_what_changes_inside_and_executes_as_one()
    {
        var (name, bucket) = (CloudFixture.NewName(), $"templates-{Guid.NewGuid():N}");
        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());
        await PutAsync(bucket, "one");
        var parent = $$"""
            Resources:
              Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "{{cloud.Info.Endpoint}}/{{bucket}}/child.yml" } }
              Copy: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !GetAtt Child.Outputs.Value} }
            """;
        CreateChangeSetRequest Request(string set, ChangeSetType type) => new() { StackName = name, ChangeSetName = set, ChangeSetType = type, IncludeNestedStacks = true, TemplateBody = parent };

        var creation = await cloud.CreateSetAsync(Request("first", ChangeSetType.CREATE));
        var inner = await DescribeAsync(creation.Changes.Single(change => change.ResourceChange.LogicalResourceId == "Child").ResourceChange.ChangeSetId);
        var created = await cloud.ExecuteAsync(creation);
        var same = await cloud.CreateSetAsync(Request("same", ChangeSetType.UPDATE));
        await PutAsync(bucket, "two");
        var update = await cloud.CreateSetAsync(Request("second", ChangeSetType.UPDATE));
        var nested = await DescribeAsync(update.Changes.Single(change => change.ResourceChange.LogicalResourceId == "Child").ResourceChange.ChangeSetId);
        var alone = await RefusedAsync(() => cloud.CloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = nested.ChangeSetId }, CloudFixture.Within()));
        var updated = await cloud.ExecuteAsync(update);

        Assert.Equal(("CREATE_COMPLETE", "CREATE_COMPLETE"), (created.StackStatus.Value, creation.Status.Value));
        Assert.Equal((creation.ChangeSetId, creation.ChangeSetId, "Text"), (inner.ParentChangeSetId, inner.RootChangeSetId, inner.Changes.Single().ResourceChange.LogicalResourceId));
        Assert.Equal(inner.StackId, (await cloud.ResourceAsync(name, "Child")).PhysicalResourceId);
        Assert.Equal("FAILED", same.Status.Value);
        Assert.Equal(("Modify", "two"), (nested.Changes.Single().ResourceChange.Action.Value, nested.Changes.Single().ResourceChange.Details.Single().Target.AfterValue));
        Assert.Equal("{{changeSet:KNOWN_AFTER_APPLY}}", update.Changes.Single(change => change.ResourceChange.LogicalResourceId == "Copy").ResourceChange.Details.Single().Target.AfterValue);
        Assert.Equal("ValidationError", alone.ErrorCode);
        Assert.Equal("UPDATE_COMPLETE", updated.StackStatus.Value);
    }

    [Fact]
    public async Task A_nested_change_set_that_is_deleted_takes_the_nested_stacks_in_review_along()
    {
        var (name, bucket) = (CloudFixture.NewName(), $"templates-{Guid.NewGuid():N}");
        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());
        await PutAsync(bucket, "one");
        var set = await cloud.CreateSetAsync(new CreateChangeSetRequest
        {
            StackName = name, ChangeSetName = "set", ChangeSetType = ChangeSetType.CREATE, IncludeNestedStacks = true,
            TemplateBody = $$"""Resources: {Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "{{cloud.Info.Endpoint}}/{{bucket}}/child.yml" } } }""",
        });
        var child = set.Changes.Single().ResourceChange.PhysicalResourceId;

        await cloud.CloudFormation.DeleteChangeSetAsync(new DeleteChangeSetRequest { ChangeSetName = set.ChangeSetId }, CloudFixture.Within());

        async Task<string> StatusAsync(string stack) =>
            (await cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stack }, CloudFixture.Within())).Stacks[0].StackStatus.Value;
        // The root's stack stays, as on AWS.
        Assert.Equal(("DELETE_COMPLETE", "REVIEW_IN_PROGRESS"), (await StatusAsync(child), await StatusAsync(name)));
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
    [Fact]
    public async Task A_set_that_cannot_work_fails_before_anything_is_made_and_DescribeEvents_tells_why()
    {
        var (name, parameter) = (CloudFixture.NewName(), "p-" + Guid.NewGuid().ToString("N"));
        await cloud.AwsAsync("ssm", "put-parameter", "--name", parameter, "--type", "String", "--value", "taken");
        var template = $$"""
            Resources:
              Words: {Type: AWS::SSM::Parameter, Properties: {Name: {{parameter}}, Type: String, Value: x} }
              Topic: {Type: AWS::SNS::Topic, Properties: {DisplayNam: Orders, Subscription: one} }
            """;

        var set = await cloud.CreateSetAsync(new CreateChangeSetRequest { StackName = name, ChangeSetName = "set", ChangeSetType = ChangeSetType.CREATE, TemplateBody = template });
        var events = (await cloud.CloudFormation.DescribeEventsAsync(new DescribeEventsRequest { ChangeSetName = set.ChangeSetId, Filters = new EventFilter { FailedEvents = true } }, CloudFixture.Within())).OperationEvents;
        var stackEvents = await cloud.EventsAsync(name);
        var unchecked_ = await cloud.CreateSetAsync(new CreateChangeSetRequest { StackName = name, ChangeSetName = "unchecked", ChangeSetType = ChangeSetType.CREATE, DisableValidation = true, TemplateBody = template });

        Assert.Equal(("FAILED", "CREATE_COMPLETE"), (set.Status.Value, unchecked_.Status.Value));
        Assert.Equal(
            "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck, AWS::EarlyValidation::PropertyValidation]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.",
            set.StatusReason);
        Assert.Equal(
            [
                ("NAME_CONFLICT_VALIDATION", "/Resources/Words", $"Resource of type 'AWS::SSM::Parameter' with identifier '{parameter}' already exists."),
                ("PROPERTY_VALIDATION", "/Resources/Topic/Properties/DisplayNam", "#: extraneous key [DisplayNam] is not permitted"),
                ("PROPERTY_VALIDATION", "/Resources/Topic/Properties/Subscription", "#/Subscription: expected type: JSONArray, found: String"),
            ],
            events.Select(e => (e.ValidationName, e.ValidationPath, e.ValidationStatusReason)).Order());
        Assert.All(events, e => Assert.Equal(("VALIDATION_ERROR", "FAIL", "CREATE_CHANGESET"), (e.EventType.Value, e.ValidationFailureMode.Value, e.OperationType.Value)));
        Assert.DoesNotContain(stackEvents, e => e.LogicalResourceId == "Words");
    }

    // As above: CreateStack and UpdateStack are checked too
    [Fact]
    public async Task A_stack_that_cannot_work_fails_before_anything_is_made()
    {
        var name = CloudFixture.NewName();

        var stack = await cloud.CreateAsync(name, "Resources: {Topic: {Type: AWS::SNS::Topic}, Other: {Type: AWS::SNS::Topic, Properties: {DisplayNam: x}}}");
        var events = (await cloud.CloudFormation.DescribeEventsAsync(new DescribeEventsRequest { StackName = name, Filters = new EventFilter { FailedEvents = true } }, CloudFixture.Within())).OperationEvents;

        Assert.Equal("ROLLBACK_COMPLETE", stack.StackStatus.Value);
        Assert.Equal(("VALIDATION_ERROR", "PROPERTY_VALIDATION", "CREATE_STACK"), (events.Single().EventType.Value, events.Single().ValidationName, events.Single().OperationType.Value));
        Assert.DoesNotContain(await cloud.EventsAsync(name), e => e.LogicalResourceId is "Topic" or "Other");
    }

    [Fact]
    public async Task A_bucket_that_is_not_empty_is_a_warning()
    {
        var (name, bucket) = (CloudFixture.NewName(), "full-" + Guid.NewGuid().ToString("N"));
        await cloud.CreateAsync(name, $"Resources: {{Topic: {{Type: AWS::SNS::Topic}}, Bucket: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {bucket}}}}}}}");
        await cloud.S3.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = bucket, Key = "a", ContentBody = "a" }, CloudFixture.Within());

        var set = await cloud.CreateSetAsync(new CreateChangeSetRequest { StackName = name, ChangeSetName = "set", TemplateBody = "Resources: {Topic: {Type: AWS::SNS::Topic}}" });
        var events = (await cloud.CloudFormation.DescribeEventsAsync(new DescribeEventsRequest { ChangeSetName = set.ChangeSetId }, CloudFixture.Within())).OperationEvents;

        Assert.Equal("CREATE_COMPLETE", set.Status.Value);
        Assert.Equal(("BUCKET_EMPTINESS_VALIDATION", "WARN"), (events.Single().ValidationName, events.Single().ValidationFailureMode.Value));
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (NotificationARNs, RoleARN)
    [Fact]
    public async Task Events_are_published_in_their_order_and_the_role_is_kept()
    {
        var name = CloudFixture.NewName();
        var topic = (await cloud.AwsAsync("sns", "create-topic", "--name", name, "--query", "TopicArn", "--output", "text")).Trim();
        var queue = (await cloud.AwsAsync("sqs", "create-queue", "--queue-name", name, "--query", "QueueUrl", "--output", "text")).Trim();
        await cloud.AwsAsync("sns", "subscribe", "--topic-arn", topic, "--protocol", "sqs", "--notification-endpoint", $"arn:aws:sqs:us-east-1:123456789012:{name}", "--attributes", "RawMessageDelivery=true");

        const string role = "arn:aws:iam::123456789012:role/deployer";
        await cloud.CloudFormation.CreateStackAsync(
            new CreateStackRequest { StackName = name, TemplateBody = "Resources: {Topic: {Type: AWS::SNS::Topic}}", NotificationARNs = [topic], RoleARN = role }, CloudFixture.Within());
        var stack = await cloud.SettledAsync(name);
        var messages = new List<string>();
        await CloudFixture.UntilAsync(async () =>
        {
            messages.AddRange((await cloud.AwsAsync("sqs", "receive-message", "--queue-url", queue, "--max-number-of-messages", "10", "--query", "Messages[].Body", "--output", "text")).Split('\t'));
            return messages.Any(message => message.Contains("ResourceType='AWS::CloudFormation::Stack'", StringComparison.Ordinal) && message.Contains("ResourceStatus='CREATE_COMPLETE'", StringComparison.Ordinal));
        }, () => string.Join('\n', messages));

        Assert.Equal(role, stack.RoleARN);
        Assert.Contains(messages, message => message.Contains("LogicalResourceId='Topic'", StringComparison.Ordinal) && message.Contains($"StackName='{name}'", StringComparison.Ordinal));
    }

    private Task PutAsync(string bucket, string value) => cloud.S3.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest
    {
        BucketName = bucket,
        Key = "child.yml",
        ContentBody = $"Resources: {{Text: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: {value}}}}}}}\nOutputs: {{Value: {{Value: !GetAtt Text.Value}}}}",
    }, CloudFixture.Within());

    private Task<DescribeChangeSetResponse> DescribeAsync(string id) =>
        cloud.CloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { ChangeSetName = id, IncludePropertyValues = true }, CloudFixture.Within());

    private static Task<AmazonCloudFormationException> RefusedAsync(Func<Task> call) => Assert.ThrowsAnyAsync<AmazonCloudFormationException>(call);
}
