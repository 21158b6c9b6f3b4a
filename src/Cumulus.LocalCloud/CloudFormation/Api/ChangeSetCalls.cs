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
        var kind = KindOf(form, name, stackName, stack);
        var revertsDrift = RevertsDrift(form, kind);
        // A set for a stack that is not there yet describes all of it.
        var now = stack is { Status: not "REVIEW_IN_PROGRESS" } ? stack.Definition : null;
        var target = await definitions.ReadAsync(form, region, now, TemplateUse.ChangeSet, cancellationToken);
        var deployment = Deployments.Read(form, "OnStackFailure");
        var imports = kind == ChangeSetKind.Import ? ImportRules.Resolve(now is null ? null : stack, target, Targets(form)) : [];
        stack ??= engine.Review(region, StackCalls.RequireName(form), target);
        var set = new ChangeSet(name, ChangeSetBuilder.IdOf(name, region), kind, stack, target, engine.Time.GetUtcNow())
        {
            Description = form.Text("Description"),
            OnStackFailure = form.Text("OnStackFailure"),
            Deployment = deployment,
            RevertsDrift = revertsDrift,
            IncludesNested = form.Flag("IncludeNestedStacks"),
            ImportsExisting = form.Flag("ImportExistingResources"),
            IsNotValidated = form.Flag("DisableValidation"),
            Imports = imports,
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
            Wire.Text("StackDriftStatus", set.DriftStatus),
            Wire.Flag("ImportExistingResources", set.ImportsExisting),
            Wire.Text("DeploymentMode", set.RevertsDrift ? "REVERT_DRIFT" : null),
            Deployments.Describe(set.Deployment),
            .. Wire.Page("Changes", set.Changes.Select(change => Wire.Member(Wire.Text("Type", "Resource"), Describe(change, withValues))), form.Text("NextToken"), OnPage),
        ];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSetHooks.html: there are no hooks here.
    public IEnumerable<XElement?> DescribeHooks(QueryForm form, string region)
    {
        var set = Require(form, region);
        return
        [
            Wire.Text("ChangeSetId", set.Id),
            Wire.Text("ChangeSetName", set.Name),
            Wire.List("Hooks", []),
            Wire.Text("Status", "PLANNED"),
            Wire.Text("StackId", set.Stack.Id),
            Wire.Text("StackName", set.Stack.Name),
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
        sets.Execute(set, form.OptionalFlag("DisableRollback"), form.Text("ClientRequestToken"));
        return [];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html
    public IEnumerable<XElement?> Delete(QueryForm form, string region)
    {
        sets.Delete(Require(form, region));
        return [];
    }

    /// <summary>The change set that a request names; null when it names none.</summary>
    public ChangeSet? Named(QueryForm form, string region) => form.Has("ChangeSetName") ? Require(form, region) : null;

    private ChangeSet Require(QueryForm form, string region) => sets.Require(region, form.Required("ChangeSetName"), form.Text("StackName"));

    private ChangeSetKind KindOf(QueryForm form, string name, string stackName, Stack? stack)
    {
        var isThere = stack is { Status: not "REVIEW_IN_PROGRESS" };
        switch (form.Text("ChangeSetType") ?? "UPDATE")
        {
            case "CREATE":
                return isThere ? throw StackEngine.Refused($"Stack [{stackName}] already exists and cannot be created again with the changeSet [{name}].") : ChangeSetKind.Create;
            case "UPDATE":
                StackEngine.RequireUpdatable(engine.Require(stack?.Region ?? "", stackName));
                return ChangeSetKind.Update;
            case "IMPORT":
                if (isThere)
                    StackEngine.RequireUpdatable(stack!);
                return ChangeSetKind.Import;
            case var type:
                throw StackEngine.Refused($"1 validation error detected: Value '{type}' at 'changeSetType' failed to satisfy constraint: Member must satisfy enum value set: [UPDATE, CREATE, IMPORT]");
        }
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
    private static bool RevertsDrift(QueryForm form, ChangeSetKind kind)
    {
        if (form.Text("DeploymentMode") is not { } mode)
            return false;
        if (mode != "REVERT_DRIFT" || kind != ChangeSetKind.Update)
            throw StackEngine.Refused($"DeploymentMode {mode} is not supported for change sets of type {form.Text("ChangeSetType")}");
        return !form.Flag("IncludeNestedStacks") ? true : throw StackEngine.Refused("DeploymentMode REVERT_DRIFT is not supported for change sets that include nested stacks");
    }

    private static List<ImportTarget> Targets(QueryForm form) =>
    [
        .. form.Members("ResourcesToImport").Select(target => new ImportTarget(
            target.Required("LogicalResourceId"), target.Required("ResourceType"),
            target.Entries("ResourceIdentifier").ToDictionary(entry => entry.Required("key"), entry => entry.Required("value")))),
    ];

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
        Wire.Flag("IncludeNestedStacks", set.IncludesNested),
        Wire.Text("ParentChangeSetId", set.Parent?.Id),
        Wire.Text("RootChangeSetId", set.Parent is null ? null : set.Root.Id),
    ];

    private static XElement Describe(ResourceChange change, bool withValues) => Wire.Part("ResourceChange",
        Wire.Text("PolicyAction", change.PolicyAction),
        Wire.Text("Action", change.Action),
        Wire.Text("LogicalResourceId", change.LogicalId),
        change.PhysicalId == "" ? null : Wire.Text("PhysicalResourceId", change.PhysicalId),
        Wire.Text("ResourceType", change.Type),
        Wire.Text("Replacement", change.Replacement),
        Wire.Texts("Scope", change.Details.Select(detail => AttributeOf(detail)).Distinct()),
        Wire.Text("ResourceDriftStatus", change.DriftStatus),
        Wire.List("Details", change.Details.Select(detail => Describe(detail, withValues, change.DriftStatus is not null))),
        Wire.Text("ChangeSetId", change.ChangeSetId),
        withValues ? Context("BeforeContext", change.Before) : null,
        withValues ? Context("AfterContext", change.After) : null,
        withValues ? Context("PreviousDeploymentContext", change.Former) : null);

    private static XElement Describe(ChangeDetail detail, bool withValues, bool isDriftAware) => Wire.Member(
        Wire.Part("Target",
            Wire.Text("Attribute", AttributeOf(detail)),
            AttributeOf(detail) == "Properties" ? Wire.Text("Name", detail.Property) : null,
            Wire.Text("RequiresRecreation", detail.Recreation.ToString()),
            withValues && detail.Property is not null ? Wire.Text("Path", "/Properties/" + detail.Property) : null,
            withValues ? Value("BeforeValue", detail.Before) : null,
            withValues ? Value("AfterValue", detail.After) : null,
            isDriftAware ? Wire.Text("BeforeValueFrom", "ACTUAL_STATE") : null,
            isDriftAware ? Wire.Text("AfterValueFrom", "TEMPLATE") : null,
            withValues && detail.Drift is { } drift
                ? Wire.Part("Drift", Value("PreviousValue", drift.Previous), Value("ActualValue", drift.Actual), Wire.Time("DriftDetectionTimestamp", drift.At))
                : null,
            withValues && detail.Property is not null ? Wire.Text("AttributeChangeType", detail.ChangeType) : null),
        Wire.Text("Evaluation", detail.IsStatic ? "Static" : "Dynamic"),
        Wire.Text("ChangeSource", detail.Source),
        Wire.Text("CausingEntity", detail.Cause));

    private static string AttributeOf(ChangeDetail detail) => detail.Property == "Tags" ? "Tags" : "Properties";

    private static XElement? Value(string name, JsonNode? value) => value is null ? null : Wire.Text(name, TemplateValue.Text(value) ?? value.ToJsonString());

    private static XElement? Context(string name, JsonObject? properties) =>
        properties is null ? null : Wire.Text(name, new JsonObject { ["Properties"] = properties.DeepClone() }.ToJsonString());
}
