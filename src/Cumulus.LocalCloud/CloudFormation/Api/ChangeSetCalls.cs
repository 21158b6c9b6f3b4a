using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.ChangeSets;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>The operations on change sets.</summary>
internal sealed class ChangeSetCalls(StackEngine engine, ChangeSetStore sets, DefinitionReader definitions)
{
    private const int OnPage = 100;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
    public async Task<IEnumerable<XElement?>> CreateAsync(QueryForm form, string region, CancellationToken cancellationToken)
    {
        var (name, stackName) = (form.Required("ChangeSetName"), form.Required("StackName"));
        var stack = engine.Find(region, stackName);
        StackDefinition target;
        switch (form.Text("ChangeSetType") ?? "UPDATE")
        {
            case "CREATE":
                if (stack is not null && stack.Status != "REVIEW_IN_PROGRESS")
                    throw StackEngine.Refused($"Stack [{stackName}] already exists and cannot be created again with the changeSet [{name}].");
                target = await definitions.ReadAsync(form, region, null, cancellationToken);
                stack ??= engine.Review(region, StackCalls.RequireName(form), target);
                break;
            case "UPDATE":
                stack = engine.Require(region, stackName);
                StackEngine.RequireUpdatable(stack);
                target = await definitions.ReadAsync(form, region, stack.Definition, cancellationToken);
                break;
            case var type:
                throw AwsError.NotBuilt(new AwsCall { AccessKeyId = "", Region = region, Service = "cloudformation", Protocol = AwsProtocol.Query, Operation = "CreateChangeSet" }, $"of type {type}");
        }
        var set = new ChangeSet(name, $"arn:aws:cloudformation:{region}:{ResourceWork.Account}:changeSet/{name}/{Guid.NewGuid()}", stack, target, engine.Time.GetUtcNow())
        {
            Description = form.Text("Description"),
            OnStackFailure = form.Text("OnStackFailure"),
        };
        sets.Add(set);
        return [Wire.Text("Id", set.Id), Wire.Text("StackId", stack.Id)];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
    public IEnumerable<XElement?> Describe(QueryForm form, string region)
    {
        var set = Require(form, region);
        var withValues = form.Flag("IncludePropertyValues");
        return
        [
            .. Identity(set),
            Wire.List("Parameters", set.Target.Parameters.Select(parameter => Wire.Member(
                Wire.Text("ParameterKey", parameter.Key),
                Wire.Text("ParameterValue", IsSecret(set, parameter.Key) ? "****" : parameter.Value),
                Wire.Text("ResolvedValue", set.Target.Resolved.GetValueOrDefault(parameter.Key))))),
            Wire.Texts("NotificationARNs", set.Target.NotificationArns),
            StackReadings.TriggersOf(set.Target.Triggers),
            Wire.Texts("Capabilities", set.Target.Capabilities),
            Wire.Pairs("Tags", "Key", "Value", set.Target.Tags),
            Wire.Text("OnStackFailure", set.OnStackFailure),
            .. Wire.Page("Changes", set.Changes.Select(change => Wire.Member(Wire.Text("Type", "Resource"), Describe(change, withValues))), form.Text("NextToken"), OnPage),
        ];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html
    public IEnumerable<XElement?> List(QueryForm form, string region) =>
        Wire.Page("Summaries", sets.Of(engine.Require(region, form.Required("StackName"))).Select(set => Wire.Member(Identity(set))), form.Text("NextToken"), OnPage);

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
    public IEnumerable<XElement?> Execute(QueryForm form, string region)
    {
        var set = Require(form, region);
        set.Stack.RetainExceptOnCreate = form.Flag("RetainExceptOnCreate");
        sets.Execute(set, form.Flag("DisableRollback"), form.Text("ClientRequestToken"));
        return [];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html
    public IEnumerable<XElement?> Delete(QueryForm form, string region)
    {
        sets.Delete(Require(form, region));
        return [];
    }

    /// <summary>Of a change set, where a request for a template names one.</summary>
    public Template? TemplateOf(QueryForm form, string region) => form.Has("ChangeSetName") ? Require(form, region).Target.Template : null;

    private ChangeSet Require(QueryForm form, string region) => sets.Require(region, form.Required("ChangeSetName"), form.Text("StackName"));

    private static bool IsSecret(ChangeSet set, string parameter) => set.Target.Template.Parameters.Any(declared => declared.Key == parameter && declared.NoEcho);

    private static IEnumerable<XElement?> Identity(ChangeSet set) =>
    [
        Wire.Text("ChangeSetName", set.Name),
        Wire.Text("ChangeSetId", set.Id),
        Wire.Text("StackId", set.Stack.Id),
        Wire.Text("StackName", set.Stack.Name),
        Wire.Text("Description", set.Description),
        Wire.Time("CreationTime", set.CreatedAt),
        Wire.Text("ExecutionStatus", set.ExecutionStatus),
        Wire.Text("Status", set.Status),
        Wire.Text("StatusReason", set.Reason),
    ];

    private static XElement Describe(ResourceChange change, bool withValues) => Wire.Part("ResourceChange",
        Wire.Text("PolicyAction", change.PolicyAction),
        Wire.Text("Action", change.Action),
        Wire.Text("LogicalResourceId", change.LogicalId),
        change.PhysicalId == "" ? null : Wire.Text("PhysicalResourceId", change.PhysicalId),
        Wire.Text("ResourceType", change.Type),
        Wire.Text("Replacement", change.Replacement),
        Wire.Texts("Scope", change.Details.Select(detail => AttributeOf(detail)).Distinct()),
        Wire.List("Details", change.Details.Select(detail => Describe(detail, withValues))),
        withValues ? Context("BeforeContext", change.Before) : null,
        withValues ? Context("AfterContext", change.After) : null);

    private static XElement Describe(ChangeDetail detail, bool withValues) => Wire.Member(
        Wire.Part("Target",
            Wire.Text("Attribute", AttributeOf(detail)),
            AttributeOf(detail) == "Properties" ? Wire.Text("Name", detail.Property) : null,
            Wire.Text("RequiresRecreation", detail.Recreation.ToString()),
            withValues ? Wire.Text("Path", "/Properties/" + detail.Property) : null,
            withValues ? Value("BeforeValue", detail.Before) : null,
            withValues ? Value("AfterValue", detail.After) : null,
            withValues ? Wire.Text("AttributeChangeType", detail.ChangeType) : null),
        Wire.Text("Evaluation", detail.IsStatic ? "Static" : "Dynamic"),
        Wire.Text("ChangeSource", detail.Source),
        Wire.Text("CausingEntity", detail.Cause));

    private static string AttributeOf(ChangeDetail detail) => detail.Property == "Tags" ? "Tags" : "Properties";

    private static XElement? Value(string name, JsonNode? value) => value is null ? null : Wire.Text(name, TemplateValue.Text(value) ?? value.ToJsonString());

    private static XElement? Context(string name, JsonObject? properties) =>
        properties is null ? null : Wire.Text(name, new JsonObject { ["Properties"] = properties.DeepClone() }.ToJsonString());
}
