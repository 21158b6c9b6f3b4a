using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>References as far as they are known before the resources are worked on.</summary>
internal sealed class ForeseenValues(IReadOnlyDictionary<string, StackResource> now) : IResourceValues
{
    /// <summary>AWS's own placeholder for what only the execution tells.</summary>
    public const string Unknown = "{{changeSet:KNOWN_AFTER_APPLY}}";

    private readonly HashSet<string> _replaced = [];
    private readonly HashSet<string> _modified = [];

    public void WillBeModified(string logicalId) => _modified.Add(logicalId);

    public void WillBeReplaced(string logicalId) => _replaced.Add(logicalId);

    public bool IsUncertain(Reference reference) =>
        _replaced.Contains(reference.Name) || (reference.Attribute is not null && _modified.Contains(reference.Name));

    public JsonNode Reference(string logicalId) => _replaced.Contains(logicalId) || Find(logicalId) is not { } resource ? Unknown : resource.PhysicalId;

    public JsonNode Attribute(string logicalId, string attribute) =>
        _replaced.Contains(logicalId) || _modified.Contains(logicalId) ? Unknown : Find(logicalId)?.State!.Attributes.GetValueOrDefault(attribute) ?? Unknown;

    private StackResource? Find(string logicalId) => now.GetValueOrDefault(logicalId) is { State: not null } resource ? resource : null;
}
