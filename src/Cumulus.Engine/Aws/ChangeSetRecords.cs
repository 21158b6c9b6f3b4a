namespace Cumulus.Engine.Aws;

/// <param name="IsNew">The stack does not exist, or only as the shell around change sets.</param>
/// <param name="Name">Letters, digits and hyphens, a letter first; at most 128.</param>
public sealed record ChangeSetRequest(StackChange Change, string Name, bool IsNew, string Description);

/// <summary>A change set that is being made.</summary>
public sealed record ChangeSetReference(string Id, string StackId);

/// <summary>What CloudFormation would do to a stack (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html).</summary>
public sealed record StackChangeSet
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string StackId { get; init; }

    public required string StackName { get; init; }

    public required string Status { get; init; }

    public required string ExecutionStatus { get; init; }

    public string? Reason { get; init; }

    public IReadOnlyList<ResourceChangeRecord> Changes { get; init; } = [];

    /// <summary>It can be executed.</summary>
    public bool IsReady => Status == "CREATE_COMPLETE" && ExecutionStatus == "AVAILABLE";

    /// <summary>It will not be made.</summary>
    public bool HasFailed => Status is "FAILED" or "DELETE_FAILED" || ExecutionStatus == "OBSOLETE";

    /// <summary>It was refused for the one reason that there is nothing to do.</summary>
    public bool IsEmpty { get; init; }
}

/// <summary>What happens to one resource.</summary>
/// <param name="Action">CloudFormation's word: Add, Modify, Remove, Import, Dynamic or SyncWithActual.</param>
/// <param name="Replacement">True, False or Conditional; null where nothing is modified.</param>
/// <param name="PolicyAction">What becomes of what goes: Delete, Retain, Snapshot, ReplaceAndDelete, ReplaceAndRetain, ReplaceAndSnapshot; null: CloudFormation does not say.</param>
/// <param name="NestedChangeSetId">Of a nested stack whose changes were asked for.</param>
public sealed record ResourceChangeRecord(
    string Action,
    string LogicalId,
    string? PhysicalId,
    string ResourceType,
    string? Replacement,
    string? PolicyAction,
    IReadOnlyList<PropertyChangeRecord> Details,
    string? NestedChangeSetId);

/// <summary>Why a resource changes.</summary>
/// <param name="Property">Path of the property, or the attribute (Tags, Metadata, ...).</param>
/// <param name="Recreation">Always, Conditionally or Never.</param>
/// <param name="IsStatic">Whether the new value is known before.</param>
/// <param name="Source">DirectModification, ParameterReference, ResourceReference, ResourceAttribute, Automatic, NoModification.</param>
/// <param name="Cause">The parameter, resource or attribute; null for a direct modification.</param>
public sealed record PropertyChangeRecord(string Property, string Recreation, string? Before, string? After, bool IsStatic, string? Source, string? Cause);
