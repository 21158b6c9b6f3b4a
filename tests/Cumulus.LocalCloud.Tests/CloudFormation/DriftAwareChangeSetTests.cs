using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html: actual state, previous deployment, template.</summary>
public sealed class DriftAwareChangeSetTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Template = """
        Parameters: {Delay: {Type: Number, Default: 20}}
        Resources:
          Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: !Ref Delay, VisibilityTimeout: 30}}
          Words: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: one}}
          Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: Orders}}
        """;

    [Fact]
    public async Task What_drifted_is_shown_with_both_values_and_brought_back()
    {
        var name = await DriftedAsync();

        var set = await RevertAsync(name);
        var stack = await cloud.ExecuteAsync(set);

        Assert.Equal(("CREATE_COMPLETE", "DRIFTED", "REVERT_DRIFT"), (set.Status.Value, set.StackDriftStatus.Value, set.DeploymentMode.Value));
        var (queue, words) = (set.Changes[0].ResourceChange, set.Changes[1].ResourceChange);
        Assert.Equal(("Queue", "Modify", "MODIFIED"), (queue.LogicalResourceId, queue.Action.Value, queue.ResourceDriftStatus.Value));
        var detail = Assert.Single(queue.Details);
        Assert.Equal(("DelaySeconds", "120", "20", "ACTUAL_STATE"), (detail.Target.Name, detail.Target.BeforeValue, detail.Target.AfterValue, detail.Target.BeforeValueFrom.Value));
        Assert.Equal(("NoModification", "20", "120"), (detail.ChangeSource.Value, detail.Target.Drift.PreviousValue, detail.Target.Drift.ActualValue));
        Assert.Equal(("Words", "Add", "DELETED"), (words.LogicalResourceId, words.Action.Value, words.ResourceDriftStatus.Value));
        Assert.Equal(2, set.Changes.Count);
        Assert.Equal("UPDATE_COMPLETE", stack.StackStatus.Value);
        Assert.Equal("20", await DelayAsync(name));
        var made = (await cloud.ResourceAsync(name, "Words")).PhysicalResourceId;
        Assert.Equal("one", (await cloud.AwsAsync("ssm", "get-parameter", "--name", made, "--query", "Parameter.Value", "--output", "text")).Trim());
        Assert.Equal("IN_SYNC", (await cloud.CloudFormation.DetectStackResourceDriftAsync(
            new DetectStackResourceDriftRequest { StackName = name, LogicalResourceId = "Queue" }, CloudFixture.Within())).StackResourceDrift.StackResourceDriftStatus.Value);
    }

    [Fact]
    public async Task A_template_that_has_caught_up_resets_the_drift_and_touches_nothing()
    {
        var name = await DriftedAsync();

        var set = await RevertAsync(name, ("Delay", "120"));
        await cloud.ExecuteAsync(set);

        var queue = set.Changes.Single(change => change.ResourceChange.LogicalResourceId == "Queue").ResourceChange;
        Assert.Equal(("SyncWithActual", "SyncWithActual"), (queue.Action.Value, queue.Details.Single().Target.AttributeChangeType.Value));
        Assert.DoesNotContain(await cloud.EventsAsync(name), e => e.LogicalResourceId == "Queue" && e.ResourceStatus == "UPDATE_IN_PROGRESS");
        Assert.Equal("120", await DelayAsync(name));
    }

    [Fact]
    public async Task A_failure_leads_back_to_what_was_there()
    {
        var name = await DriftedAsync();
        cloud.AddFault(new StackFault { StackName = name, LogicalId = "Topic", Operation = StackFaultOperation.Update, Times = 1 });

        var set = await cloud.CreateSetAsync(new CreateChangeSetRequest
        {
            StackName = name, ChangeSetName = "set", DeploymentMode = "REVERT_DRIFT", TemplateBody = Template.Replace("Type: AWS::SNS::Topic, Properties", "Type: AWS::SNS::Topic, DependsOn: Queue, Properties", StringComparison.Ordinal).Replace("Orders", "Invoices", StringComparison.Ordinal),
        });
        var stack = await cloud.ExecuteAsync(set);

        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", stack.StackStatus.Value);
        Assert.Equal("120", await DelayAsync(name));
    }

    [Fact]
    public async Task Without_drift_and_change_there_is_nothing_to_do()
    {
        var name = CloudFixture.NewName();
        await cloud.CreateAsync(name, Template);

        var set = await RevertAsync(name);
        var nested = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.CreateChangeSetAsync(
            new CreateChangeSetRequest { StackName = name, ChangeSetName = "other", UsePreviousTemplate = true, DeploymentMode = "REVERT_DRIFT", IncludeNestedStacks = true }, CloudFixture.Within()));

        Assert.Equal(("FAILED", "The submitted information didn't contain changes. Submit different information to create a change set."), (set.Status.Value, set.StatusReason));
        Assert.Equal("ValidationError", nested.ErrorCode);
    }

    // https://docs.aws.amazon.com/cli/latest/reference/cloudformation/create-change-set.html
    [Fact]
    public async Task A_foreign_client_makes_and_reads_one()
    {
        var name = await DriftedAsync();

        await cloud.AwsAsync("cloudformation", "create-change-set", "--stack-name", name, "--change-set-name", "revert", "--use-previous-template", "--deployment-mode", "REVERT_DRIFT");
        await cloud.AwsAsync("cloudformation", "wait", "change-set-create-complete", "--stack-name", name, "--change-set-name", "revert");
        var drift = await cloud.AwsAsync("cloudformation", "describe-change-set", "--stack-name", name, "--change-set-name", "revert", "--include-property-values",
            "--query", "Changes[].ResourceChange.Details[].Target.Drift.[PreviousValue,ActualValue]", "--output", "text");

        Assert.Equal("20\t120", drift.Trim());
    }

    /// <summary>A stack whose queue was changed and whose parameter was deleted by somebody else.</summary>
    private async Task<string> DriftedAsync()
    {
        var name = CloudFixture.NewName();
        await cloud.CreateAsync(name, Template);
        await cloud.AwsAsync("sqs", "set-queue-attributes", "--queue-url", await QueueAsync(name), "--attributes", "DelaySeconds=120");
        await cloud.AwsAsync("ssm", "delete-parameter", "--name", (await cloud.ResourceAsync(name, "Words")).PhysicalResourceId);
        return name;
    }

    private Task<DescribeChangeSetResponse> RevertAsync(string stack, params (string Key, string Value)[] parameters) => cloud.CreateSetAsync(new CreateChangeSetRequest
    {
        StackName = stack,
        ChangeSetName = "set",
        UsePreviousTemplate = true,
        DeploymentMode = "REVERT_DRIFT",
        Parameters = [.. parameters.Select(pair => new Parameter { ParameterKey = pair.Key, ParameterValue = pair.Value })],
    });

    private async Task<string> QueueAsync(string stack) => (await cloud.ResourceAsync(stack, "Queue")).PhysicalResourceId;

    private async Task<string> DelayAsync(string stack) => (await cloud.AwsAsync(
        "sqs", "get-queue-attributes", "--queue-url", await QueueAsync(stack), "--attribute-names", "DelaySeconds", "--query", "Attributes.DelaySeconds", "--output", "text")).Trim();
}
