using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>References to the resources of a stack as they are at this moment.</summary>
internal sealed class LiveValues(Stack stack) : IResourceValues
{
    public JsonNode Reference(string logicalId) => Find(logicalId).PhysicalId;

    public JsonNode Attribute(string logicalId, string attribute) => Find(logicalId).State!.Attributes.GetValueOrDefault(attribute)
        ?? throw new TemplateException($"Template error: resource {logicalId} does not support attribute type {attribute} in Fn::GetAtt");

    private StackResource Find(string logicalId)
    {
        // A reference from what is there to what its condition leaves out.
        return stack.Resources.TryGetValue(logicalId, out var resource) && resource.State is not null
            ? resource
            : throw new TemplateException($"Template format error: Unresolved resource dependencies [{logicalId}] in the Resources block of the template");
    }
}
