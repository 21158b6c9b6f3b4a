using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Stacks;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>The operations that describe stacks.</summary>
internal sealed class StackReadings(StackEngine engine, ChangeSetCalls changeSets)
{
    // Results on a page, as each operation's page in the API reference says.
    private const int StacksOnPage = 100;
    private const int EventsOnPage = 100;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    public IEnumerable<XElement?> Describe(QueryForm form, string region)
    {
        var stacks = form.Text("StackName") is { Length: > 0 } name
            ? [engine.Require(region, name, $"Stack with id {name} does not exist")]
            : engine.In(region).Where(stack => !stack.IsDeleted).Reverse();
        return Wire.Page("Stacks", stacks.Select(Describe), form.Text("NextToken"), StacksOnPage);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html
    public IEnumerable<XElement?> List(QueryForm form, string region)
    {
        var wanted = form.Texts("StackStatusFilter");
        var stacks = engine.In(region).Where(stack => wanted.Count == 0 || wanted.Contains(stack.Status)).Reverse();
        return Wire.Page("StackSummaries", stacks.Select(stack => Wire.Member(
            Wire.Text("StackId", stack.Id),
            Wire.Text("StackName", stack.Name),
            Wire.Text("TemplateDescription", stack.Definition.Template.Description),
            Wire.Time("CreationTime", stack.CreatedAt),
            Wire.Time("LastUpdatedTime", stack.UpdatedAt),
            Wire.Time("DeletionTime", stack.DeletedAt),
            Wire.Text("StackStatus", stack.Status),
            Wire.Text("StackStatusReason", stack.Reason),
            Wire.Text("ParentId", stack.ParentId),
            Wire.Text("RootId", stack.RootId),
            LastOperations(stack),
            DriftCalls.Of(stack))), form.Text("NextToken"), StacksOnPage);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html: newest first.
    public IEnumerable<XElement?> Events(QueryForm form, string region)
    {
        var stack = engine.Require(region, form.Required("StackName"));
        return Wire.Page("StackEvents", stack.Events.Reverse().Select(e => Wire.Member(
            Wire.Text("StackId", stack.Id),
            Wire.Text("EventId", e.Id),
            Wire.Text("StackName", stack.Name),
            Wire.Text("OperationId", e.OperationId),
            EventBody(e))), form.Text("NextToken"), EventsOnPage);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html
    public IEnumerable<XElement?> OperationEvents(QueryForm form, string region)
    {
        var set = changeSets.Named(form, region);
        var operationId = set?.Operation.Id ?? form.Text("OperationId");
        var stack = set?.Stack ?? (form.Text("StackName") is { } name
            ? engine.Require(region, name)
            : engine.In(region).FirstOrDefault(stack => operationId is not null && stack.Operations.Any(operation => operation.Id == operationId)))
            ?? throw StackEngine.Refused("One of ChangeSetName, OperationId or StackName must be specified");
        var onlyFailures = form.Part("Filters").Flag("FailedEvents");
        var events = stack.EventsOfOperations.Reverse().Where(e => (operationId is null || e.OperationId == operationId) && (!onlyFailures || e.IsFailure));
        return Wire.Page("OperationEvents", events.Select(e =>
        {
            var operation = stack.Operations.First(operation => operation.Id == e.OperationId);
            return Wire.Member(
                Wire.Text("EventId", e.Id),
                Wire.Text("StackId", stack.Id),
                Wire.Text("OperationId", e.OperationId),
                Wire.Text("OperationType", operation.Type),
                Wire.Text("EventType", EventTypeOf(stack, e)),
                e.Finding is { } finding ? Describe(e, finding) : EventBody(e));
        }), form.Text("NextToken"), EventsOnPage);
    }

    private static string EventTypeOf(Stack stack, StackEvent e) =>
        e.Finding is not null ? "VALIDATION_ERROR"
        : e.Type == Stack.ResourceType && e.PhysicalId == stack.Id ? "STACK_EVENT"
        : e.IsFailure ? "PROVISIONING_ERROR" : "PROGRESS_EVENT";

    private static IEnumerable<XElement?> Describe(StackEvent e, Finding finding) =>
    [
        Wire.Text("LogicalResourceId", e.LogicalId),
        Wire.Text("PhysicalResourceId", e.PhysicalId),
        Wire.Text("ResourceType", e.Type),
        Wire.Time("Timestamp", e.At),
        Wire.Text("ValidationFailureMode", finding.IsWarning ? "WARN" : "FAIL"),
        Wire.Text("ValidationName", finding.Validation),
        Wire.Text("ValidationStatus", "FAILED"),
        Wire.Text("ValidationStatusReason", finding.Reason),
        Wire.Text("ValidationPath", finding.Path),
    ];

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html
    public IEnumerable<XElement?> Resource(QueryForm form, string region)
    {
        var stack = engine.Require(region, form.Required("StackName"), $"Stack '{form.Text("StackName")}' does not exist");
        var id = form.Required("LogicalResourceId");
        var resource = stack.Resources.GetValueOrDefault(id) ?? throw StackEngine.Refused($"Resource {id} does not exist for stack {stack.Name}");
        return
        [
            Wire.Part("StackResourceDetail",
                Wire.Text("StackName", stack.Name),
                Wire.Text("StackId", stack.Id),
                Identity(resource),
                Wire.Time("LastUpdatedTimestamp", resource.At),
                Wire.Text("Metadata", resource.Declaration.Metadata?.ToJsonString() ?? "{}"),
                DriftCalls.Of(stack, resource)),
        ];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
    public IEnumerable<XElement?> Resources(QueryForm form, string region)
    {
        var physicalId = form.Text("PhysicalResourceId");
        var stack = physicalId is null
            ? engine.Require(region, form.Required("StackName"), $"Stack with id {form.Text("StackName")} does not exist")
            : engine.In(region).LastOrDefault(stack => stack.Resources.Values.Any(resource => resource.PhysicalId == physicalId)) ??
                throw StackEngine.Refused($"Stack for {physicalId} does not exist");
        var logicalId = form.Text("LogicalResourceId");
        return
        [
            Wire.List("StackResources", stack.Resources.Values.Where(resource => logicalId is null || resource.LogicalId == logicalId).Select(resource => Wire.Member(
                Wire.Text("StackName", stack.Name),
                Wire.Text("StackId", stack.Id),
                Identity(resource),
                Wire.Time("Timestamp", resource.At),
                DriftCalls.Of(stack, resource)))),
        ];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
    public IEnumerable<XElement?> ListResources(QueryForm form, string region)
    {
        var stack = engine.Require(region, form.Required("StackName"), $"Stack with id {form.Text("StackName")} does not exist");
        return Wire.Page("StackResourceSummaries", stack.Resources.Values.Select(resource => Wire.Member(
            Identity(resource), Wire.Time("LastUpdatedTimestamp", resource.At), DriftCalls.Of(stack, resource))), form.Text("NextToken"), StacksOnPage);
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html
    public IEnumerable<XElement?> Exports(QueryForm form, string region) => Wire.Page("Exports", engine.Exports.In(region).Select(export => Wire.Member(
        Wire.Text("ExportingStackId", export.StackId), Wire.Text("Name", export.Name), Wire.Text("Value", export.Value))), form.Text("NextToken"), StacksOnPage);

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html
    public IEnumerable<XElement?> Imports(QueryForm form, string region)
    {
        var name = form.Required("ExportName");
        if (engine.Exports.ImportersOf(region, name) is not { Count: > 0 } importers)
            throw StackEngine.Refused($"Export '{name}' is not imported by any stack.");
        return Wire.Page("Imports", importers.Select(importer => Wire.Member(importer)), form.Text("NextToken"), StacksOnPage);
    }

    private static XElement Describe(Stack stack)
    {
        lock (stack.Gate)
        {
            var definition = stack.Definition;
            var secret = definition.Template.Parameters.Where(parameter => parameter.NoEcho).Select(parameter => parameter.Key).ToHashSet();
            return Wire.Member(
                Wire.Text("StackId", stack.Id),
                Wire.Text("StackName", stack.Name),
                Wire.Text("ChangeSetId", stack.ChangeSetId),
                Wire.Text("Description", definition.Template.Description),
                Wire.List("Parameters", definition.Parameters.Select(parameter => Wire.Member(
                    Wire.Text("ParameterKey", parameter.Key),
                    Wire.Text("ParameterValue", secret.Contains(parameter.Key) ? "****" : parameter.Value),
                    Wire.Text("ResolvedValue", definition.Resolved.GetValueOrDefault(parameter.Key))))),
                Wire.Time("CreationTime", stack.CreatedAt),
                Wire.Time("LastUpdatedTime", stack.UpdatedAt),
                Wire.Time("DeletionTime", stack.DeletedAt),
                TriggersOf(definition.Triggers),
                Wire.Text("StackStatus", stack.Status),
                Wire.Text("StackStatusReason", stack.Reason),
                Wire.Flag("DisableRollback", stack.DisableRollback),
                Deployments.Describe(stack.IsExpress, stack.Operation?.Options.OnFailure == OnFailure.DoNothing),
                Wire.Texts("NotificationARNs", definition.NotificationArns),
                Wire.Number("TimeoutInMinutes", stack.TimeoutMinutes),
                Wire.Texts("Capabilities", definition.Capabilities),
                Wire.List("Outputs", stack.Outputs.Select(output => Wire.Member(
                    Wire.Text("OutputKey", output.Key),
                    Wire.Text("OutputValue", output.Value),
                    Wire.Text("Description", output.Description),
                    Wire.Text("ExportName", output.ExportName)))),
                Wire.Text("RoleARN", definition.RoleArn),
                Wire.Pairs("Tags", "Key", "Value", definition.Tags),
                Wire.Flag("EnableTerminationProtection", stack.IsProtected),
                Wire.Text("ParentId", stack.ParentId),
                Wire.Text("RootId", stack.RootId),
                LastOperations(stack),
                DriftCalls.Of(stack));
        }
    }

    public static XElement TriggersOf(RollbackTriggers triggers) => Wire.Part("RollbackConfiguration",
        triggers.Alarms.Count == 0 ? null : Wire.List("RollbackTriggers", triggers.Alarms.Select(alarm => Wire.Member(Wire.Text("Arn", alarm.Arn), Wire.Text("Type", alarm.Type)))),
        triggers.MonitoringMinutes == 0 ? null : Wire.Number("MonitoringTimeInMinutes", triggers.MonitoringMinutes));

    private static XElement LastOperations(Stack stack) => Wire.List("LastOperations", stack.Operation is { } last
        ? [Wire.Member(Wire.Text("OperationType", last.Type), Wire.Text("OperationId", last.Id))]
        : []);

    private static IEnumerable<XElement?> EventBody(StackEvent e) =>
    [
        Wire.Text("LogicalResourceId", e.LogicalId),
        Wire.Text("PhysicalResourceId", e.PhysicalId),
        Wire.Text("ResourceType", e.Type),
        Wire.Time("Timestamp", e.At),
        Wire.Text("ResourceStatus", e.Status),
        Wire.Text("ResourceStatusReason", e.Reason),
        Wire.Text("ResourceProperties", e.Properties?.ToJsonString()),
        Wire.Text("ClientRequestToken", e.Token),
        Wire.Text("DetailedStatus", e.DetailedStatus),
    ];

    private static IEnumerable<XElement?> Identity(StackResource resource) =>
    [
        Wire.Text("LogicalResourceId", resource.LogicalId),
        resource.State is null ? null : Wire.Text("PhysicalResourceId", resource.PhysicalId),
        Wire.Text("ResourceType", resource.Type),
        Wire.Text("ResourceStatus", resource.Status),
        Wire.Text("ResourceStatusReason", resource.Reason),
    ];
}
