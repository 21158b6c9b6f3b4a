using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

public sealed class ChangeSetTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Template = """
        Parameters: {Name: {Type: String}, Words: {Type: String, Default: one}}
        Resources:
          Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name}}
          Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Sub "${Words} of ${Topic}"}}
        """;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html
    [Fact]
    public async Task What_replaces_a_resource_and_what_follows_from_that_is_told_with_values()
    {
        var (name, topic) = (CloudFixture.NewName(), Guid.NewGuid().ToString("N"));
        await cloud.CreateAsync(name, Template, ("Name", topic + "a"));

        var set = await CreateSetAsync(name, "UPDATE", Template, ("Name", topic + "b"), ("Words", "one"));

        Assert.Equal(("CREATE_COMPLETE", "AVAILABLE"), (set.Status.Value, set.ExecutionStatus.Value));
        var (replaced, dependent) = (set.Changes[0].ResourceChange, set.Changes[1].ResourceChange);
        Assert.Equal(("Topic", "Modify", "True", "ReplaceAndDelete"), (replaced.LogicalResourceId, replaced.Action.Value, replaced.Replacement.Value, replaced.PolicyAction.Value));
        var cause = replaced.Details[0];
        Assert.Equal(("ParameterReference", "Name", "Static"), (cause.ChangeSource.Value, cause.CausingEntity, cause.Evaluation.Value));
        Assert.Equal(("TopicName", "Always", topic + "a", topic + "b"), (cause.Target.Name, cause.Target.RequiresRecreation.Value, cause.Target.BeforeValue, cause.Target.AfterValue));
        Assert.Equal(("Text", "False"), (dependent.LogicalResourceId, dependent.Replacement.Value));
        var reference = Assert.Single(dependent.Details);
        Assert.Equal(("ResourceReference", "Topic", "Dynamic"), (reference.ChangeSource.Value, reference.CausingEntity, reference.Evaluation.Value));
        Assert.Equal("one of {{changeSet:KNOWN_AFTER_APPLY}}", reference.Target.AfterValue);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
    [Fact]
    public async Task A_set_for_a_new_stack_leaves_it_in_review_until_it_is_executed()
    {
        var name = CloudFixture.NewName();
        var set = await CreateSetAsync(name, "CREATE", Template, ("Name", Guid.NewGuid().ToString("N")));
        var review = (await cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = name }, CloudFixture.Within())).Stacks[0];

        await cloud.CloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = set.ChangeSetId }, CloudFixture.Within());
        var stack = await cloud.SettledAsync(name);
        var again = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.ExecuteChangeSetAsync(
            new ExecuteChangeSetRequest { ChangeSetName = set.ChangeSetId }, CloudFixture.Within()));

        Assert.Equal("REVIEW_IN_PROGRESS", review.StackStatus.Value);
        Assert.Equal(["Add", "Add"], set.Changes.Select(change => change.ResourceChange.Action.Value));
        Assert.Equal(("CREATE_COMPLETE", set.ChangeSetId), (stack.StackStatus.Value, stack.ChangeSetId));
        Assert.Equal("InvalidChangeSetStatus", again.ErrorCode);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html (no updates to perform)
    [Fact]
    public async Task A_set_without_changes_fails_in_the_words_that_clients_look_for()
    {
        var (name, topic) = (CloudFixture.NewName(), Guid.NewGuid().ToString("N"));
        await cloud.CreateAsync(name, Template, ("Name", topic));

        var set = await CreateSetAsync(name, "UPDATE", Template, ("Name", topic));

        Assert.Equal(("FAILED", "UNAVAILABLE"), (set.Status.Value, set.ExecutionStatus.Value));
        Assert.Equal("The submitted information didn't contain changes. Submit different information to create a change set.", set.StatusReason);
    }

    // https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
    [Fact]
    public async Task A_foreign_client_deploys_executes_and_waits()
    {
        var name = CloudFixture.NewName();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Template);
        await cloud.CreateAsync(name, Template, ("Name", Guid.NewGuid().ToString("N")));
        string[] deploy = ["cloudformation", "deploy", "--stack-name", name, "--template-file", file];

        var same = await cloud.AwsAsync([.. deploy, "--no-fail-on-empty-changeset"]);
        var made = await cloud.AwsAsync([.. deploy, "--no-execute-changeset", "--parameter-overrides", "Words=two"]);
        var sets = await cloud.AwsAsync("cloudformation", "list-change-sets", "--stack-name", name, "--query", "Summaries[?ExecutionStatus=='AVAILABLE'].ChangeSetId", "--output", "text");
        await cloud.AwsAsync("cloudformation", "execute-change-set", "--change-set-name", sets.Trim());
        await cloud.SettledAsync(name);
        await cloud.AwsAsync("cloudformation", "wait", "stack-update-complete", "--stack-name", name);

        File.Delete(file);
        Assert.Contains("No changes to deploy", same, StringComparison.Ordinal);
        Assert.Contains("describe-change-set", made, StringComparison.Ordinal);
        Assert.Equal("two", (await cloud.SettledAsync(name)).Parameters.Single(parameter => parameter.ParameterKey == "Words").ParameterValue);
    }

    private Task<DescribeChangeSetResponse> CreateSetAsync(string stack, string type, string template, params (string Key, string Value)[] parameters) => cloud.CreateSetAsync(new CreateChangeSetRequest
    {
        StackName = stack,
        ChangeSetName = "set",
        ChangeSetType = type,
        TemplateBody = template,
        Parameters = [.. parameters.Select(pair => new Parameter { ParameterKey = pair.Key, ParameterValue = pair.Value })],
    });
}
