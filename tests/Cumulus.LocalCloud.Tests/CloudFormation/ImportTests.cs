using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html.</summary>
public sealed class ImportTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Before = "Resources: {Topic: {Type: AWS::SNS::Topic}}";

    [Fact]
    public async Task A_thing_that_is_there_becomes_a_resource_and_is_not_touched()
    {
        var (name, parameter) = (CloudFixture.NewName(), await ParameterAsync("as it was"));
        await cloud.CreateAsync(name, Before);

        var set = await ImportAsync(name, With(parameter, "as it was"), parameter);
        var stack = await cloud.ExecuteAsync(set);

        var change = Assert.Single(set.Changes).ResourceChange;
        Assert.Equal(("Import", "Words", parameter), (change.Action.Value, change.LogicalResourceId, change.PhysicalResourceId));
        Assert.Equal("IMPORT_COMPLETE", stack.StackStatus.Value);
        Assert.Equal(
            [("Words", "IMPORT_IN_PROGRESS"), ("Words", "IMPORT_COMPLETE")],
            (await cloud.EventsAsync(name)).Where(e => e.LogicalResourceId == "Words").Select(e => (e.LogicalResourceId, e.ResourceStatus.Value)));
        Assert.Equal("UPDATE_COMPLETE", (await cloud.UpdateAsync(name, With(parameter, "changed"))).StackStatus.Value);
        Assert.Equal("changed", await ValueAsync(parameter));
    }

    [Fact]
    public async Task A_new_stack_is_made_of_what_is_there()
    {
        var (name, parameter) = (CloudFixture.NewName(), await ParameterAsync("there"));

        var stack = await cloud.ExecuteAsync(await ImportAsync(name, $"Resources: {{{Words(parameter, "there")}}}", parameter));

        Assert.Equal("IMPORT_COMPLETE", stack.StackStatus.Value);
        Assert.Equal(parameter, (await cloud.ResourceAsync(name, "Words")).PhysicalResourceId);
    }

    [Fact]
    public async Task What_is_not_there_fails_and_the_stack_is_what_it_was()
    {
        var (name, parameter) = (CloudFixture.NewName(), "missing-" + Guid.NewGuid().ToString("N"));
        await cloud.CreateAsync(name, Before);

        var stack = await cloud.ExecuteAsync(await ImportAsync(name, With(parameter, "x"), parameter));

        Assert.Equal("IMPORT_ROLLBACK_COMPLETE", stack.StackStatus.Value);
        Assert.Contains(await cloud.EventsAsync(name), e => e.ResourceStatus == "IMPORT_FAILED" && e.ResourceStatusReason.Contains("was not found", StringComparison.Ordinal));
        Assert.Single((await cloud.CloudFormation.ListStackResourcesAsync(new ListStackResourcesRequest { StackName = name }, CloudFixture.Within())).StackResourceSummaries);
    }

    [Fact]
    public async Task An_import_needs_a_deletion_policy_the_right_identifier_and_no_other_change()
    {
        var (name, parameter) = (CloudFixture.NewName(), await ParameterAsync("x"));
        await cloud.CreateAsync(name, Before);

        var unguarded = await RefusedAsync(name, With(parameter, "x").Replace("DeletionPolicy: Retain, ", "", StringComparison.Ordinal), ("Name", parameter));
        var unknown = await RefusedAsync(name, With(parameter, "x"), ("Id", parameter));
        var outputs = await RefusedAsync(name, With(parameter, "x") + "\nOutputs: {O: {Value: x}}", ("Name", parameter));
        var changed = await ImportAsync(name, With(parameter, "x").Replace("SNS::Topic", "SNS::Topic, Properties: {DisplayName: New}", StringComparison.Ordinal), parameter);

        Assert.Equal("The following resources to import [Words] must have DeletionPolicy attribute specified in the template.", unguarded.Message);
        Assert.All([unguarded, unknown, outputs], error => Assert.Equal("ValidationError", error.ErrorCode));
        Assert.Equal("As part of the import operation, you cannot modify or add [Outputs]", outputs.Message);
        Assert.Equal("FAILED", changed.Status.Value);
        Assert.StartsWith("You have modified resources [Topic] in your template that are not being imported.", changed.StatusReason, StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html (ImportExistingResources)
    [Fact]
    public async Task A_set_takes_over_what_has_the_names_of_its_template_and_a_rollback_leaves_it()
    {
        var (name, parameter) = (CloudFixture.NewName(), await ParameterAsync("mine"));
        CreateChangeSetRequest Request(string template) =>
            new() { StackName = name, ChangeSetName = "set", ChangeSetType = ChangeSetType.CREATE, ImportExistingResources = true, TemplateBody = template };
        var unguarded = await cloud.CreateSetAsync(Request(With(parameter, "mine").Replace("Retain", "Delete", StringComparison.Ordinal)));
        await cloud.CloudFormation.DeleteChangeSetAsync(new DeleteChangeSetRequest { ChangeSetName = unguarded.ChangeSetId }, CloudFixture.Within());
        cloud.AddFault(new StackFault { StackName = name, LogicalId = "Topic", Operation = StackFaultOperation.Create });

        var set = await cloud.CreateSetAsync(Request(With(parameter, "mine").Replace("Type: AWS::SNS::Topic", "Type: AWS::SNS::Topic, DependsOn: Words", StringComparison.Ordinal)));
        var stack = await cloud.ExecuteAsync(set);

        Assert.Equal("FAILED", unguarded.Status.Value);
        Assert.EndsWith($"The affected resources are Words ({{Name={parameter}}})", unguarded.StatusReason, StringComparison.Ordinal);
        Assert.Equal(["Add", "Import"], set.Changes.Select(change => change.ResourceChange.Action.Value).Order());
        Assert.Equal("ROLLBACK_COMPLETE", stack.StackStatus.Value);
        Assert.Equal("mine", await ValueAsync(parameter));
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html
    [Fact]
    public async Task A_foreign_client_asks_for_the_identifiers_imports_and_waits()
    {
        var (name, parameter) = (CloudFixture.NewName(), await ParameterAsync("there"));
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, $"Resources: {{{Words(parameter, "there")}}}");

        var identifiers = await cloud.AwsAsync("cloudformation", "get-template-summary", "--template-body", $"file://{file}", "--query", "ResourceIdentifierSummaries[0].ResourceIdentifiers", "--output", "text");
        await cloud.AwsAsync("cloudformation", "create-change-set", "--stack-name", name, "--change-set-name", "import", "--change-set-type", "IMPORT", "--template-body", $"file://{file}",
            "--resources-to-import", $$"""[{"ResourceType": "AWS::SSM::Parameter", "LogicalResourceId": "Words", "ResourceIdentifier": {"Name": "{{parameter}}"} }]""");
        await cloud.AwsAsync("cloudformation", "wait", "change-set-create-complete", "--stack-name", name, "--change-set-name", "import");
        await cloud.AwsAsync("cloudformation", "execute-change-set", "--stack-name", name, "--change-set-name", "import");
        await cloud.AwsAsync("cloudformation", "wait", "stack-import-complete", "--stack-name", name);

        File.Delete(file);
        Assert.Equal("Name", identifiers.Trim());
    }

    private static string Words(string parameter, string value) => $"Words: {{Type: AWS::SSM::Parameter, DeletionPolicy: Retain, Properties: {{Name: {parameter}, Type: String, Value: {value}}}}}";

    private static string With(string parameter, string value) => Before.Replace("}}", $"}}, {Words(parameter, value)}}}", StringComparison.Ordinal);

    private async Task<string> ParameterAsync(string value)
    {
        var name = "p-" + Guid.NewGuid().ToString("N");
        await cloud.AwsAsync("ssm", "put-parameter", "--name", name, "--type", "String", "--value", value);
        return name;
    }

    private async Task<string> ValueAsync(string parameter) => (await cloud.AwsAsync("ssm", "get-parameter", "--name", parameter, "--query", "Parameter.Value", "--output", "text")).Trim();

    private Task<DescribeChangeSetResponse> ImportAsync(string stack, string template, string parameter) => cloud.CreateSetAsync(Request(stack, template, ("Name", parameter)));

    private Task<AmazonCloudFormationException> RefusedAsync(string stack, string template, (string Name, string Value) identifier) =>
        Assert.ThrowsAnyAsync<AmazonCloudFormationException>(() => cloud.CloudFormation.CreateChangeSetAsync(Request(stack, template, identifier), CloudFixture.Within()));

    private static CreateChangeSetRequest Request(string stack, string template, (string Name, string Value) identifier) => new()
    {
        StackName = stack,
        ChangeSetName = "import",
        ChangeSetType = ChangeSetType.IMPORT,
        TemplateBody = template,
        ResourcesToImport =
        [
            new ResourceToImport { ResourceType = "AWS::SSM::Parameter", LogicalResourceId = "Words", ResourceIdentifier = new Dictionary<string, string> { [identifier.Name] = identifier.Value } },
        ],
    };
}
