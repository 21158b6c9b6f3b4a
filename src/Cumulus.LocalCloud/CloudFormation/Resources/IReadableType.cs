using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>A type whose real things can be read: to find drift, and to take over what is there already.</summary>
internal interface IReadableType
{
    /// <param name="work">The properties that the template gives it.</param>
    /// <returns>Null when nothing is there under this id.</returns>
    Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken);
}

/// <summary>A real thing as its service describes it.</summary>
/// <param name="Properties">As a template would have them; null for what it has not. A property that cannot be read is no member.</param>
internal sealed record LiveResource(ResourceState State, JsonObject Properties);
