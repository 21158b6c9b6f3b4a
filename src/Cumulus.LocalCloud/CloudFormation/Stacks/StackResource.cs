using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>A resource of a stack as it is now.</summary>
/// <param name="Declaration">In the template that it was made or changed by last.</param>
internal sealed record StackResource(ResourceDeclaration Declaration)
{
    public string LogicalId => Declaration.LogicalId;

    public string Type => Declaration.Type;

    public string Status { get; init; } = "";

    public string? Reason { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Null until it has been made.</summary>
    public ResourceState? State { get; init; }

    /// <summary>As the real thing has them.</summary>
    public JsonObject Properties { get; init; } = [];

    /// <summary>What a failed update wanted: the real thing may have any part of it. Null otherwise.</summary>
    public JsonObject? Attempted { get; init; }

    /// <summary>Resources that must be there before this one and go after it.</summary>
    public IReadOnlySet<string> Dependencies { get; init; } = new HashSet<string>();

    /// <summary>It was there before the operation that made it a resource of the stack; a rollback of that leaves it alone.</summary>
    public bool IsTakenOver { get; init; }

    public string PhysicalId => State?.PhysicalId ?? "";
}
