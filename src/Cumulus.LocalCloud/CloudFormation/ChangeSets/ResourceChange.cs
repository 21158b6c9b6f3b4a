using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Resources;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>
/// What a change set does to a resource (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html).
/// </summary>
/// <param name="Action">Add, Modify or Remove.</param>
internal sealed record ResourceChange(string Action, string LogicalId, string PhysicalId, string Type)
{
    /// <summary>True, False or Conditional; null where nothing is modified.</summary>
    public string? Replacement { get; init; }

    public string? PolicyAction { get; init; }

    public IReadOnlyList<ChangeDetail> Details { get; init; } = [];

    /// <summary>All properties, before and after; null where there are none.</summary>
    public JsonObject? Before { get; init; }

    public JsonObject? After { get; init; }
}

/// <summary>
/// Why one property changes (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChangeDetail.html).
/// </summary>
/// <param name="IsStatic">Whether the new value is known before the change set is executed.</param>
/// <param name="Source">ParameterReference, ResourceReference, ResourceAttribute or DirectModification.</param>
/// <param name="Cause">The parameter, resource or attribute; null for a direct modification.</param>
internal sealed record ChangeDetail(string Property, Recreation Recreation, bool IsStatic, string Source, string? Cause, JsonNode? Before, JsonNode? After)
{
    public string ChangeType => Before is null ? "Add" : After is null ? "Remove" : "Modify";
}
