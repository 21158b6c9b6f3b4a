using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Resources;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>
/// What a change set does to a resource (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html).
/// </summary>
/// <param name="Action">Add, Modify, Remove, Import or SyncWithActual.</param>
internal sealed record ResourceChange(string Action, string LogicalId, string PhysicalId, string Type)
{
    /// <summary>True, False or Conditional; null where nothing is modified.</summary>
    public string? Replacement { get; init; }

    public string? PolicyAction { get; init; }

    public IReadOnlyList<ChangeDetail> Details { get; init; } = [];

    /// <summary>All properties, before and after; null where there are none.</summary>
    public JsonObject? Before { get; init; }

    public JsonObject? After { get; init; }

    /// <summary>As the last operation made them, where that is not what was looked at; null otherwise.</summary>
    public JsonObject? Former { get; init; }

    /// <summary>Of a set that looks at the real things: IN_SYNC, MODIFIED, DELETED or UNSUPPORTED; null otherwise.</summary>
    public string? DriftStatus { get; init; }

    /// <summary>Of a nested stack's own change set.</summary>
    public string? ChangeSetId { get; init; }
}

/// <summary>
/// Why one property changes (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html).
/// </summary>
/// <param name="IsStatic">Whether the new value is known before the change set is executed.</param>
/// <param name="Source">ParameterReference, ResourceReference, ResourceAttribute, DirectModification, Automatic or NoModification.</param>
/// <param name="Cause">The parameter, resource or attribute; null for a direct modification.</param>
internal sealed record ChangeDetail(string? Property, Recreation Recreation, bool IsStatic, string Source, string? Cause, JsonNode? Before, JsonNode? After)
{
    /// <summary>How the real thing differs from what the last operation made; null where it does not, or was not looked at.</summary>
    public PropertyDrift? Drift { get; init; }

    /// <summary>What is there is what is wanted: nothing is modified.</summary>
    public bool IsSync { get; init; }

    public string ChangeType => IsSync ? "SyncWithActual" : Before is null ? "Add" : After is null ? "Remove" : "Modify";
}

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_LiveResourceDrift.html.</summary>
/// <param name="Previous">As the last operation made it.</param>
internal sealed record PropertyDrift(JsonNode? Previous, JsonNode? Actual, DateTimeOffset At);
