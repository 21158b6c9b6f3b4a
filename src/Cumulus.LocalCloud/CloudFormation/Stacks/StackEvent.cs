using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// Something that happened to a stack or to a resource of it
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html).
/// </summary>
/// <param name="OperationId">Of the operation that it is a part of.</param>
/// <param name="Token">The client's, of that operation.</param>
internal sealed record StackEvent(string Id, DateTimeOffset At, string LogicalId, string PhysicalId, string Type, string Status, string? Reason, string OperationId, string? Token)
{
    public JsonObject? Properties { get; init; }

    /// <summary>CONFIGURATION_COMPLETE or VALIDATION_FAILED; null for what needs no more words.</summary>
    public string? DetailedStatus { get; init; }

    /// <summary>What a validation before the operation has found; null for what happened in it.</summary>
    public Finding? Finding { get; init; }

    public bool IsFailure => Finding is not null || Status.EndsWith("_FAILED", StringComparison.Ordinal);
}
