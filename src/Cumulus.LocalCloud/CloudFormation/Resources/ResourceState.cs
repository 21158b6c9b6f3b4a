using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>A resource that exists: what <c>Ref</c> and <c>Fn::GetAtt</c> give.</summary>
internal sealed record ResourceState(string PhysicalId)
{
    public IReadOnlyDictionary<string, JsonNode?> Attributes { get; init; } = new Dictionary<string, JsonNode?>();

    public ResourceState With(params (string Name, JsonNode? Value)[] attributes) =>
        this with { Attributes = attributes.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Name, pair => pair.Value) };
}
