using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>A known type that nothing real is made of: a record with a stable id, and attributes that name themselves.</summary>
internal sealed class RecordedType(TypeFacts facts) : ResourceType
{
    public const string Note = "LocalCloud keeps a record of this resource and makes nothing";

    public override Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var id = facts.Identifier != "" && work.Text(facts.Identifier) is { } name ? name : work.NewName();
        var attributes = facts.Attributes.Union(TypeTable.OlderAttributes(facts.Name)).ToDictionary(
            attribute => attribute,
            JsonNode? (attribute) => work[attribute]?.DeepClone() ?? (attribute.EndsWith("Arn", StringComparison.Ordinal) ? ArnOf(work, id) : $"{id}-{attribute}"));
        return Task.FromResult(new ResourceState(id) { Attributes = attributes });
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) => Task.CompletedTask;

    private string ArnOf(ResourceWork work, string id) =>
        $"arn:aws:{facts.Name.Split("::").ElementAtOrDefault(1)?.ToLowerInvariant()}:{work.Region}:{ResourceWork.Account}:{id}";
}
