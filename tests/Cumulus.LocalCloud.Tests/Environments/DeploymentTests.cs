using Amazon.CloudFormation.Model;
using Cumulus.Engine;
using Cumulus.Engine.Environments;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.Environments;

/// <summary>Environments deployed by real change sets, over HTTP.</summary>
public sealed class DeploymentTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    [Fact]
    public async Task An_environment_is_created_left_alone_and_updated_and_outputs_reach_the_stacks_that_take_them()
    {
        using Stage stage = await Stage.InAsync(cloud);

        EnvironmentDeployment created = await stage.DeployAsync();
        EnvironmentDeployment again = await stage.DeployAsync();
        EnvironmentDeployment updated = await stage.DeployAsync("2.0");

        Assert.Equal([StackAction.Create, StackAction.Create], created.Stacks.Select(s => s.Action));
        Assert.Equal([StackAction.Unchanged, StackAction.Unchanged], again.Stacks.Select(s => s.Action));
        Assert.Equal([StackAction.Unchanged, StackAction.Update], updated.Stacks.Select(s => s.Action));
        Assert.Contains(KeyValuePair.Create("Version", "2.0"), updated.Stacks[1].Outputs);
        string topic = created.Stacks[0].Outputs.Single(o => o.Key == "TopicName").Value;
        var web = (await stage.Aws.Stacks.FindAsync(stage.StackName("web"), default))!;
        Assert.Contains(KeyValuePair.Create("TopicName", topic), web.Parameters);
    }

    [Fact]
    public async Task A_preview_of_what_is_not_there_yet_leaves_nothing_behind()
    {
        using Stage stage = await Stage.InAsync(cloud);

        IReadOnlyList<PlannedChange> changes = await stage.CompareAsync();

        Assert.Equal(["Topic", "Text"], changes.Where(c => c.Stack == "network").Select(c => c.Name));
        Assert.All(changes.Where(c => c.Kind == PlannedChangeKind.Resource), c => Assert.Equal("Add", c.Action));
        // What web takes is not known before network is there.
        Assert.Contains(changes, c => c is { Stack: "web", Kind: PlannedChangeKind.Stack } && c.Because.Contains("network.TopicName", StringComparison.Ordinal));
        Assert.Null(await stage.Aws.Stacks.FindAsync(stage.StackName("network"), default));
        Assert.Null(await stage.Aws.Stacks.FindAsync(stage.StackName("web"), default));
    }

    [Fact]
    public async Task A_preview_of_an_update_tells_property_cause_and_values_and_leaves_no_change_set()
    {
        using Stage stage = await Stage.InAsync(cloud);
        await stage.DeployAsync();

        IReadOnlyList<PlannedChange> changes = await stage.CompareAsync("2.0");

        PlannedChange network = Assert.Single(changes, c => c.Stack == "network");
        Assert.Equal(("None", StackAction.Unchanged), (network.Action, network.StackAction));
        PlannedChange text = Assert.Single(changes, c => c is { Stack: "web", Kind: PlannedChangeKind.Resource });
        Assert.Equal(("Modify", "Text", "AWS::SSM::Parameter", "no", false), (text.Action, text.Name, text.Type, text.Replacement, text.IsDataLost));
        Assert.StartsWith("Value: 1.0 ", text.Because, StringComparison.Ordinal);
        Assert.Contains("(by CumulusVersion)", text.Because, StringComparison.Ordinal);
        PlannedChange parameter = Assert.Single(changes, c => c.Kind == PlannedChangeKind.Parameter);
        Assert.Equal(("CumulusVersion", "1.0", "2.0"), (parameter.Name, parameter.Before, parameter.After));
        Assert.Empty(await stage.Aws.Stacks.ChangeSetsAsync(stage.StackName("web"), default));
        Assert.Equal("CREATE_COMPLETE", (await stage.Aws.Stacks.FindAsync(stage.StackName("web"), default))!.Status);
    }

    [Fact]
    public async Task A_change_that_would_lose_data_is_refused_before_anything_is_changed()
    {
        using Stage stage = await Stage.InAsync(cloud);
        const string Queue = "Parameters: {Words: {Type: String, Default: one}}\nResources:\n  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub \"${AWS::StackName}-${Words}\"}}\nOutputs: {TopicName: {Value: x}}\n";
        stage.SetStack("network", s => s with { Template = stage.Write("queue.yml", Queue) });
        await stage.DeployAsync();
        stage.SetStack("network", s => s with { Parameters = [KeyValuePair.Create("Words", "two")] });

        var e = await Assert.ThrowsAsync<CumulusException>(() => stage.DeployAsync("2.0"));

        Assert.Equal(ErrorIds.ReplacementNotAllowed, e.ErrorId);
        Assert.Contains("Queue (AWS::SQS::Queue)", e.Message, StringComparison.Ordinal);
        Assert.All(["network", "web"], s => Assert.Empty(stage.Aws.Stacks.ChangeSetsAsync(stage.StackName(s), default).Result));
        EnvironmentDeployment allowed = await stage.DeployAsync("2.0", r => r with { AllowReplacement = true });
        Assert.Equal([StackAction.Update, StackAction.Update], allowed.Stacks.Select(s => s.Action));
    }

    [Fact]
    public async Task What_CloudFormation_refuses_is_told_with_its_reason_and_leaves_nothing_behind()
    {
        using Stage stage = await Stage.InAsync(cloud);
        stage.SetStack("network", s => s with { Template = stage.Write("import.yml", "Resources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue no-such-export}}\nOutputs: {TopicName: {Value: x}}\n") });

        var e = await Assert.ThrowsAnyAsync<CumulusException>(() => stage.DeployAsync());

        Assert.Equal(ErrorIds.ChangeSetFailed, e.ErrorId);
        Assert.Contains("no-such-export", e.Message, StringComparison.Ordinal);
        Assert.Null(await stage.Aws.Stacks.FindAsync(stage.StackName("network"), default));
    }

    [Fact]
    public async Task A_failed_update_names_the_cause_and_the_stack_stays_what_it_was_D03()
    {
        using Stage stage = await Stage.InAsync(cloud);
        await stage.DeployAsync();
        cloud.AddFault(new StackFault { StackName = stage.StackName("web"), LogicalId = "Text", Operation = StackFaultOperation.Update, Kind = StackFaultKind.Fail, Reason = "Rate exceeded", Times = 1 });

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => stage.DeployAsync("2.0"));

        Assert.Equal(ErrorIds.StackUpdateFailed, e.ErrorId);
        Assert.Equal("Text", e.Cause!.LogicalId);
        Assert.Contains("-MaxParallel", e.Advice, StringComparison.Ordinal);
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", e.Deployment.Stacks[1].Status);
        EnvironmentDeployment second = await stage.DeployAsync("2.0");
        Assert.Equal("UPDATE_COMPLETE", second.Stacks[1].Status);
    }

    [Fact]
    public async Task A_failed_create_is_deleted_and_created_by_the_next_deployment_D36()
    {
        using Stage stage = await Stage.InAsync(cloud);
        cloud.AddFault(new StackFault { StackName = stage.StackName("network"), LogicalId = "Text", Kind = StackFaultKind.Fail, Reason = "already exists", Operation = StackFaultOperation.Create, Times = 1 });

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => stage.DeployAsync());
        Assert.Equal(["ROLLBACK_COMPLETE", StackDeployment.NotStarted], e.Deployment.Stacks.Select(s => s.Status));

        EnvironmentDeployment second = await stage.DeployAsync();
        Assert.Equal([StackAction.Replace, StackAction.Create], second.Stacks.Select(s => s.Action));
    }

    [Fact]
    public async Task A_secret_keeps_a_stack_from_being_known_as_unchanged_but_the_change_set_tells_D38()
    {
        using Stage stage = await Stage.InAsync(cloud);
        await stage.DeployAsync();
        DescribeStacksResponse before = await cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stage.StackName("web") }, CloudFixture.Within());

        await stage.DeployAsync();

        DescribeStacksResponse after = await cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stage.StackName("web") }, CloudFixture.Within());
        Assert.Equal(before.Stacks[0].LastUpdatedTime, after.Stacks[0].LastUpdatedTime);
        Assert.Empty(await stage.Aws.Stacks.ChangeSetsAsync(stage.StackName("web"), default));
    }
}
