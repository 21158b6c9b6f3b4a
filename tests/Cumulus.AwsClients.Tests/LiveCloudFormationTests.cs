using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>CloudFormation (AWS Query) against moto.</summary>
[Collection(nameof(MotoServer))]
public sealed class LiveCloudFormationTests(MotoServer moto)
{
    private const string Template = """
        {"AWSTemplateFormatVersion":"2010-09-09","Description":"A topic",
         "Parameters":{"Kind":{"Type":"String","Default":"plain","Description":"what kind"}},
         "Resources":{"Topic":{"Type":"AWS::SNS::Topic","Properties":{"DisplayName":{"Ref":"Kind"}}}},
         "Outputs":{"Arn":{"Value":{"Ref":"Topic"},"Description":"of the topic"}}}
        """;

    private readonly LiveHttp _http = new();

    [Fact]
    public async Task A_stack_is_made_read_changed_and_deleted()
    {
        using var client = new AmazonCloudFormationClient(Services.Credentials, moto.Configure(new AmazonCloudFormationConfig(), _http));

        var created = await _http.CompleteAsync(client.CreateStackAsync(new CreateStackRequest
        {
            StackName = "live-one",
            TemplateBody = Template,
            Parameters = [new Parameter { ParameterKey = "Kind", ParameterValue = "a,b: c" }],
            Tags = [new Tag { Key = "owner", Value = "team é" }],
        }));
        Assert.StartsWith("arn:aws:cloudformation:eu-west-1:", created.StackId, StringComparison.Ordinal);
        Assert.NotEmpty(created.ResponseMetadata.RequestId);

        var stack = Assert.Single((await _http.CompleteAsync(client.DescribeStacksAsync(new DescribeStacksRequest { StackName = "live-one" }))).Stacks);
        Assert.Equal(("live-one", created.StackId, StackStatus.CREATE_COMPLETE, "A topic"), (stack.StackName, stack.StackId, stack.StackStatus, stack.Description));
        Assert.Equal(("Kind", "a,b: c"), stack.Parameters.Select(p => (p.ParameterKey, p.ParameterValue)).Single());
        Assert.Equal(("owner", "team é"), stack.Tags.Select(t => (t.Key, t.Value)).Single());
        Assert.Equal("Arn", Assert.Single(stack.Outputs).OutputKey);
        Assert.Equal(DateTimeKind.Utc, stack.CreationTime!.Value.Kind);
        Assert.InRange(stack.CreationTime.Value, DateTime.UtcNow.AddMinutes(-10), DateTime.UtcNow.AddMinutes(10));

        var resource = Assert.Single((await _http.CompleteAsync(client.ListStackResourcesAsync(new ListStackResourcesRequest { StackName = "live-one" }))).StackResourceSummaries);
        Assert.Equal(("Topic", "AWS::SNS::Topic", stack.Outputs[0].OutputValue), (resource.LogicalResourceId, resource.ResourceType, resource.PhysicalResourceId));
        await _http.CompleteAsync(client.DescribeStackResourcesAsync(new DescribeStackResourcesRequest { StackName = "live-one" }));
        var events = await _http.CompleteAsync(client.DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = "live-one" }));
        Assert.All(events.StackEvents, e => Assert.Equal(created.StackId, e.StackId));
        Assert.Contains("AWS::SNS::Topic", (await client.GetTemplateAsync(new GetTemplateRequest { StackName = "live-one" })).TemplateBody, StringComparison.Ordinal);

        await _http.CompleteAsync(client.UpdateStackAsync(new UpdateStackRequest { StackName = "live-one", UsePreviousTemplate = true, Parameters = [new Parameter { ParameterKey = "Kind", ParameterValue = "new" }] }));
        Assert.Equal("new", (await client.DescribeStacksAsync(new DescribeStacksRequest { StackName = "live-one" })).Stacks[0].Parameters[0].ParameterValue);

        await client.DeleteStackAsync(new DeleteStackRequest { StackName = "live-one" });
        var error = await Assert.ThrowsAsync<AmazonCloudFormationException>(() => client.DescribeStacksAsync(new DescribeStacksRequest { StackName = "live-one" }));
        Assert.Equal("ValidationError", error.ErrorCode);
    }

    [Fact]
    public async Task A_change_set_is_made_read_and_executed()
    {
        using var client = new AmazonCloudFormationClient(Services.Credentials, moto.Configure(new AmazonCloudFormationConfig(), _http));

        var made = await _http.CompleteAsync(client.CreateChangeSetAsync(new CreateChangeSetRequest
        {
            StackName = "live-two",
            ChangeSetName = "first",
            ChangeSetType = ChangeSetType.CREATE,
            TemplateBody = Template,
        }));
        var set = await _http.CompleteAsync(client.DescribeChangeSetAsync(new DescribeChangeSetRequest { ChangeSetName = made.Id }));
        Assert.Equal(("first", "live-two", ChangeSetStatus.CREATE_COMPLETE), (set.ChangeSetName, set.StackName, set.Status));
        Assert.Equal((ChangeAction.Add, "Topic"), (Assert.Single(set.Changes).ResourceChange.Action, set.Changes[0].ResourceChange.LogicalResourceId));
        await _http.CompleteAsync(client.ListChangeSetsAsync(new ListChangeSetsRequest { StackName = "live-two" }));

        await client.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = made.Id });

        var names = new List<string>();
        await foreach (var stack in client.Paginators.DescribeStacks(new DescribeStacksRequest()).Stacks)
            names.Add(stack.StackName);
        Assert.Contains("live-two", names);
    }

    [Fact]
    public async Task A_template_tells_its_parameters()
    {
        using var client = new AmazonCloudFormationClient(Services.Credentials, moto.Configure(new AmazonCloudFormationConfig(), _http));

        var summary = await client.GetTemplateSummaryAsync(new GetTemplateSummaryRequest { TemplateBody = Template });

        Assert.Equal(["AWS::SNS::Topic"], summary.ResourceTypes);
        Assert.Equal(("Kind", "plain"), summary.Parameters.Select(p => (p.ParameterKey, p.DefaultValue)).Single());
    }
}
