using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Amazon.S3.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>Resources that are complete only when somebody says so, or when another stack is.</summary>
public sealed class WaitingTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Signalled = """
        Resources:
          Group:
            Type: AWS::AutoScaling::AutoScalingGroup
            CreationPolicy: {ResourceSignal: {Count: 2, Timeout: PT10M}}
            Properties: {MinSize: 0, MaxSize: 0, AvailabilityZones: [us-east-1a], LaunchTemplate: {LaunchTemplateId: !Ref Template, Version: 1}}
          Template: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {ImageId: ami-12345678}}}
        """;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html
    [Theory]
    [InlineData("SUCCESS", "CREATE_COMPLETE")]
    [InlineData("FAILURE", "ROLLBACK_COMPLETE")]
    public async Task A_creation_policy_waits_for_signals_and_a_failure_ends_it(string second, string status)
    {
        var name = CloudFixture.NewName();
        await cloud.CloudFormation.CreateStackAsync(new CreateStackRequest { StackName = name, TemplateBody = Signalled }, CloudFixture.Within());
        await UntilInitiatedAsync(name, "Group");

        await SignalAsync(name, "i-1", "SUCCESS");
        await SignalAsync(name, "i-1", "SUCCESS");
        Assert.Equal("CREATE_IN_PROGRESS", await StatusAsync(name));
        await SignalAsync(name, "i-2", second);

        Assert.Equal(status, (await cloud.SettledAsync(name)).StackStatus.Value);
        Assert.Contains(await cloud.EventsAsync(name), e => e.ResourceStatusReason == "Received SUCCESS signal with UniqueId i-1");
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-waitcondition.html
    [Fact]
    public async Task A_wait_condition_is_met_by_who_knows_the_address_of_its_handle()
    {
        var name = CloudFixture.NewName();
        await cloud.CloudFormation.CreateStackAsync(new CreateStackRequest
        {
            StackName = name,
            TemplateBody = """
                Resources:
                  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
                  Condition: {Type: AWS::CloudFormation::WaitCondition, Properties: {Handle: !Ref Handle, Timeout: 600}}
                Outputs: {Data: {Value: !GetAtt Condition.Data}}
                """,
        }, CloudFixture.Within());
        await UntilInitiatedAsync(name, "Condition");
        var handle = (await cloud.CloudFormation.DescribeStackResourceAsync(
            new DescribeStackResourceRequest { StackName = name, LogicalResourceId = "Handle" }, CloudFixture.Within())).StackResourceDetail.PhysicalResourceId;
        using var http = new HttpClient();

        using var wrong = await http.PutAsync(handle, new StringContent("{\"Status\": \"FINE\"}"), CloudFixture.Within());
        using var right = await http.PutAsync(handle, new StringContent("{\"Status\": \"SUCCESS\", \"UniqueId\": \"ID1\", \"Reason\": \"\", \"Data\": \"ready\"}"), CloudFixture.Within());

        Assert.Equal((400, 200), ((int)wrong.StatusCode, (int)right.StatusCode));
        Assert.Equal("{\"ID1\":\"ready\"}", (await cloud.SettledAsync(name)).Outputs.Single().OutputValue);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
    [Fact]
    public async Task A_nested_stack_gives_its_outputs_follows_updates_and_goes_with_its_parent()
    {
        var (name, bucket) = (CloudFixture.NewName(), $"templates-{Guid.NewGuid():N}");
        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());
        await PutAsync(bucket, "Parameters: {Words: {Type: String}}\nResources: {Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Words}}}\nOutputs: {Value: {Value: !GetAtt Text.Value}}");
        var parent = $$"""
            Parameters: {Words: {Type: String} }
            Resources:
              Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "{{cloud.Info.Endpoint}}/{{bucket}}/child.yml", Parameters: {Words: !Ref Words} } }
            Outputs: {Value: {Value: !GetAtt Child.Outputs.Value} }
            """;

        var created = await cloud.CreateAsync(name, parent, ("Words", "one"));
        var updated = await cloud.UpdateAsync(name, parent, ("Words", "two"));
        await PutAsync(bucket, "Resources: {Text: {Type: AWS::S3::Bucket, Properties: {BucketName: " + bucket + "}}}\nParameters: {Words: {Type: String}}\nOutputs: {Value: {Value: none}}");
        var failed = await cloud.UpdateAsync(name, parent, ("Words", "three"));
        var child = (await cloud.CloudFormation.ListStackResourcesAsync(new ListStackResourcesRequest { StackName = name }, CloudFixture.Within())).StackResourceSummaries.Single();
        var gone = await cloud.DeleteAsync(created.StackId);

        Assert.Equal(("one", "two"), (created.Outputs.Single().OutputValue, updated.Outputs.Single().OutputValue));
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", failed.StackStatus.Value);
        Assert.Equal("two", failed.Outputs.Single().OutputValue);
        Assert.Equal("DELETE_COMPLETE", gone.StackStatus.Value);
        var ofChild = (await cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = child.PhysicalResourceId }, CloudFixture.Within())).Stacks[0];
        Assert.Equal(("DELETE_COMPLETE", created.StackId, created.StackId), (ofChild.StackStatus.Value, ofChild.ParentId, ofChild.RootId));
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html
    [Fact]
    public async Task An_update_that_hangs_is_cancelled_and_rolled_back()
    {
        const string template = "Parameters: {Words: {Type: String}}\nResources: {Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Words}}}";
        var name = CloudFixture.NewName();
        await cloud.CreateAsync(name, template, ("Words", "one"));
        var early = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.CancelUpdateStackAsync(new CancelUpdateStackRequest { StackName = name }, CloudFixture.Within()));
        cloud.AddFault(new StackFault { StackName = name, Operation = StackFaultOperation.Update, Kind = StackFaultKind.Hang, Times = 1 });
        await cloud.CloudFormation.UpdateStackAsync(
            new UpdateStackRequest { StackName = name, UsePreviousTemplate = true, Parameters = [new() { ParameterKey = "Words", ParameterValue = "two" }] }, CloudFixture.Within());

        await CloudFixture.UntilAsync(async () => (await cloud.EventsAsync(name)).Any(e => e.ResourceStatus == "UPDATE_IN_PROGRESS" && e.LogicalResourceId == "Text"), () => "not begun");
        await cloud.CloudFormation.CancelUpdateStackAsync(new CancelUpdateStackRequest { StackName = name }, CloudFixture.Within());
        var stack = await cloud.SettledAsync(name);

        Assert.Equal("CancelUpdateStack cannot be called from current stack status", early.Message);
        Assert.Equal(("UPDATE_ROLLBACK_COMPLETE", "one"), (stack.StackStatus.Value, stack.Parameters[0].ParameterValue));
        Assert.Contains(await cloud.EventsAsync(name), e => e.ResourceStatus == "UPDATE_FAILED" && e.ResourceStatusReason == "Resource update cancelled");
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
    [Fact]
    public async Task A_stack_that_is_being_created_can_be_deleted()
    {
        var (name, topic) = (CloudFixture.NewName(), "topic-" + Guid.NewGuid().ToString("N"));
        cloud.AddFault(new StackFault { StackName = name, LogicalId = "Queue", Kind = StackFaultKind.Hang, Operation = StackFaultOperation.Create });
        var created = await cloud.CloudFormation.CreateStackAsync(new CreateStackRequest
        {
            StackName = name,
            TemplateBody = "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: " + topic + "}}, Queue: {Type: AWS::SQS::Queue, DependsOn: Topic}}",
        }, CloudFixture.Within());
        await CloudFixture.UntilAsync(async () => (await cloud.EventsAsync(name)).Any(e => e.LogicalResourceId == "Queue"), () => "not begun");

        var stack = await cloud.DeleteAsync(created.StackId);

        Assert.Equal("DELETE_COMPLETE", stack.StackStatus.Value);
        var events = await cloud.EventsAsync(created.StackId);
        Assert.DoesNotContain(events, e => e.ResourceStatus.Value.StartsWith("ROLLBACK", StringComparison.Ordinal));
        Assert.Contains(events, e => e.LogicalResourceId == "Topic" && e.ResourceStatus == "DELETE_COMPLETE");
    }

    private Task PutAsync(string bucket, string template) =>
        cloud.S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "child.yml", ContentBody = template }, CloudFixture.Within());

    private Task UntilInitiatedAsync(string stack, string logicalId) => CloudFixture.UntilAsync(
        async () => (await cloud.EventsAsync(stack)).Any(e => e.LogicalResourceId == logicalId && e.ResourceStatusReason == "Resource creation Initiated"), () => $"{logicalId} has not begun");

    private Task SignalAsync(string stack, string id, string status) => cloud.CloudFormation.SignalResourceAsync(
        new SignalResourceRequest { StackName = stack, LogicalResourceId = "Group", UniqueId = id, Status = status }, CloudFixture.Within());

    private async Task<string> StatusAsync(string stack) =>
        (await cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stack }, CloudFixture.Within())).Stacks[0].StackStatus.Value;
}
