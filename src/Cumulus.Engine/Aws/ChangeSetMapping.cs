using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Cumulus.Engine.Aws;

/// <summary>Change sets in the SDK's words and in the engine's.</summary>
internal static class ChangeSetMapping
{
    // CloudFormation fails a change set without changes and gives no code for it. These beginnings are its two texts for that; any other one is an error, so a
    // change of words could only turn "nothing to do" into a failure that quotes them.
    private static readonly string[] NothingToDo = ["The submitted information didn't contain changes", "No updates are to be performed"];

    public static CreateChangeSetRequest Request(ChangeSetRequest request)
    {
        StackChange change = request.Change;
        return new CreateChangeSetRequest
        {
            StackName = change.StackName,
            ChangeSetName = request.Name,
            ChangeSetType = request.IsNew ? ChangeSetType.CREATE : ChangeSetType.UPDATE,
            Description = request.Description,
            TemplateBody = change.Template.Body,
            TemplateURL = change.Template.Url,
            Parameters = Parameters(change),
            Tags = Tags(change),
            Capabilities = [.. change.Capabilities],
            RoleARN = change.RoleArn,
            NotificationARNs = List(change.NotificationArns),
            RollbackConfiguration = Triggers(change),
            OnStackFailure = change.IsExpress ? null : change.OnFailure,
            DeploymentConfig = Mode(change),
            DeploymentMode = change.RevertDrift ? DeploymentMode.REVERT_DRIFT : null,
            ImportExistingResources = change.ImportExisting ? true : null,
            IncludeNestedStacks = change.HasNestedStacks ? true : null,
            ClientToken = request.Name,
        };
    }

    public static StackChangeSet Read(DescribeChangeSetResponse answer)
    {
        string reason = answer.StatusReason ?? "";
        bool hasChanges = answer.Changes is { Count: > 0 };
        return new StackChangeSet
        {
            Id = answer.ChangeSetId,
            Name = answer.ChangeSetName,
            StackId = answer.StackId,
            StackName = answer.StackName,
            Status = answer.Status?.Value ?? "",
            ExecutionStatus = answer.ExecutionStatus?.Value ?? "",
            Reason = CloudFormationCalls.Text(reason),
            Changes = [.. (answer.Changes ?? []).Where(c => c.ResourceChange is not null).Select(c => Read(c.ResourceChange))],
            IsEmpty = answer.Status == ChangeSetStatus.FAILED && !hasChanges && Array.Exists(NothingToDo, text => reason.StartsWith(text, StringComparison.Ordinal)),
        };
    }

    public static List<Parameter> Parameters(StackChange change) =>
    [
        .. change.Parameters.Select(p => new Parameter { ParameterKey = p.Key, ParameterValue = p.Value }),
        .. change.KeptParameters.Select(name => new Parameter { ParameterKey = name, UsePreviousValue = true }),
    ];

    // Null leaves the tags of a stack alone; an empty list would take away all of them.
    public static List<Tag>? Tags(StackChange change) => change.Tags.Count == 0 ? null : [.. change.Tags.Select(t => new Tag { Key = t.Key, Value = t.Value })];

    public static List<string>? List(IReadOnlyList<string>? values) => values is null or { Count: 0 } ? null : [.. values];

    // Beside it, the options of a change set and of its execution for the same thing are refused.
    public static DeploymentConfig? Mode(StackChange change) =>
        change.IsExpress ? new DeploymentConfig { Mode = DeploymentConfigMode.EXPRESS, DisableRollback = change.DisableRollback } : null;

    public static RollbackConfiguration? Triggers(StackChange change) => change.RollbackAlarmArns is null && change.MonitoringMinutes is null
        ? null
        : new RollbackConfiguration
        {
            RollbackTriggers = [.. (change.RollbackAlarmArns ?? []).Select(arn => new RollbackTrigger { Arn = arn, Type = "AWS::CloudWatch::Alarm" })],
            MonitoringTimeInMinutes = change.MonitoringMinutes,
        };

    private static ResourceChangeRecord Read(ResourceChange change) => new(
        change.Action?.Value ?? "",
        change.LogicalResourceId,
        CloudFormationCalls.Text(change.PhysicalResourceId),
        change.ResourceType,
        CloudFormationCalls.Text(change.Replacement?.Value),
        CloudFormationCalls.Text(change.PolicyAction?.Value),
        [.. (change.Details ?? []).Select(Read)],
        CloudFormationCalls.Text(change.ChangeSetId));

    private static PropertyChangeRecord Read(ResourceChangeDetail detail)
    {
        ResourceTargetDefinition? target = detail.Target;
        string property = CloudFormationCalls.Text(target?.Path) is { } path ? path.TrimStart('/').Replace("Properties/", "", StringComparison.Ordinal).Replace('/', '.')
            : CloudFormationCalls.Text(target?.Name) ?? target?.Attribute?.Value ?? "";
        return new PropertyChangeRecord(
            property,
            target?.RequiresRecreation?.Value ?? "Never",
            CloudFormationCalls.Text(target?.BeforeValue),
            CloudFormationCalls.Text(target?.AfterValue),
            detail.Evaluation != EvaluationType.Dynamic,
            CloudFormationCalls.Text(detail.ChangeSource?.Value),
            CloudFormationCalls.Text(detail.CausingEntity));
    }
}
