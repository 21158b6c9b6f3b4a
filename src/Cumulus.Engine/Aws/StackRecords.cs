namespace Cumulus.Engine.Aws;

/// <summary>A template as text or by address; exactly one of the two is set.</summary>
public sealed record TemplateSource(string? Body, string? Url);

/// <summary>What a stack is to become.</summary>
/// <param name="Token">Client request token: the same one on a repeated call starts nothing twice, and marks the events of this operation.</param>
public sealed record StackChange(
    string StackName,
    TemplateSource Template,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    IReadOnlyList<string> Capabilities,
    bool DisableRollback,
    int? TimeoutInMinutes,
    string Token)
{
    /// <summary>Parameters that keep the value that the stack has: hidden ones of a stored deployment.</summary>
    public IReadOnlyList<string> KeptParameters { get; init; } = [];

    /// <summary>Service role, as an ARN; null: the caller's permissions.</summary>
    public string? RoleArn { get; init; }

    /// <summary>Topics that get the stack's events; null leaves those of the stack alone.</summary>
    public IReadOnlyList<string>? NotificationArns { get; init; }

    /// <summary>ARNs of alarms that roll the operation back when they ring; null leaves those of the stack alone.</summary>
    public IReadOnlyList<string>? RollbackAlarmArns { get; init; }

    /// <summary>Minutes for which the alarms are watched after all resources are there; null: none.</summary>
    public int? MonitoringMinutes { get; init; }

    /// <summary>CloudFormation's word: <c>ROLLBACK</c>, <c>DO_NOTHING</c> or <c>DELETE</c>; null: its default.</summary>
    public string? OnFailure { get; init; }

    /// <summary>Express mode: complete when the configuration is applied, not when it is stable, and no rollback unless asked for (field-2026, section 1).</summary>
    public bool IsExpress { get; init; }

    /// <summary>A drift-aware change set: it also puts back what was changed by hand.</summary>
    public bool RevertDrift { get; init; }

    /// <summary>Resources that exist under the names of the template are taken over instead of being an error.</summary>
    public bool ImportExisting { get; init; }

    /// <summary>The change sets of nested stacks are wanted too.</summary>
    public bool HasNestedStacks { get; init; }
}

/// <summary>What of a stack is to go.</summary>
/// <param name="RetainResources">Logical ids that stay; only allowed after a deletion failed at them.</param>
public sealed record StackDeletion(string NameOrId, string Token, IReadOnlyList<string> RetainResources, string? RoleArn = null);

public sealed record TemplateParameter(string Name, string? DefaultValue, bool NoEcho, string? Description);

public sealed record StackDescription(
    string Name,
    string Id,
    string Status,
    string? StatusReason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? UpdatedAt,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    IReadOnlyList<KeyValuePair<string, string>> Outputs,
    IReadOnlyList<KeyValuePair<string, string>> Tags)
{
    /// <summary>Of the newest operation; null where the service does not tell.</summary>
    public string? OperationId { get; init; }

    public bool IsProtected { get; init; }

    /// <summary>Null for a stack that is nested in none.</summary>
    public string? ParentId { get; init; }
}

public sealed record StackEventRecord(
    string EventId,
    DateTimeOffset Timestamp,
    string StackId,
    string StackName,
    string LogicalId,
    string? PhysicalId,
    string ResourceType,
    string Status,
    string? Reason,
    string? Token)
{
    /// <summary>Tells one operation's events from another's; null where the service does not tell.</summary>
    public string? OperationId { get; init; }
}

/// <summary>Something that failed in an operation.</summary>
/// <param name="Status">Of the resource, the validation or the hook.</param>
/// <param name="Blocks">False for a validation or a hook that only warns.</param>
public sealed record OperationFailure(DateTimeOffset Timestamp, string? StackId, string LogicalId, string ResourceType, string Status, string Reason, bool Blocks);

public sealed record StackResourceRecord(string LogicalId, string? PhysicalId, string ResourceType, string Status, string? Reason)
{
    public DateTimeOffset? ChangedAt { get; init; }
}
