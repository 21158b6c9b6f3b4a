using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>What all operations share.</summary>
/// <param name="Pace">How long each step of a resource takes; the time in which a client can see its state.</param>
/// <param name="Types">The maker for a known type.</param>
/// <param name="Changed">Called with a region when things in it have changed.</param>
/// <param name="End">Cancelled when the cloud ends.</param>
internal sealed record StackServices(
    MotoClient Moto, TimeProvider Time, TimeSpan Pace, StackFaultSchedule Faults, Func<string, ResourceType> Types, ExportTable Exports, Action<string> Changed, CancellationToken End)
{
    private readonly DynamicReferences _references = new(Moto);

    /// <summary>What a resource's type gets to see: the values that dynamic references stand for.</summary>
    /// <param name="before">Null at creation.</param>
    /// <exception cref="Templates.TemplateException">There is no such value.</exception>
    public async Task<ResourceWork> WorkAsync(Stack stack, StackResource resource, JsonObject properties, JsonObject? before, CancellationToken cancellationToken) =>
        Work(stack, resource, await _references.ResolveAsync(properties, stack.Region, cancellationToken)) with
        {
            Before = before is null ? null : await _references.ResolveAsync(before, stack.Region, cancellationToken),
        };

    /// <summary>As above with dynamic references as they are: what they stand for may be gone by now.</summary>
    public ResourceWork Work(Stack stack, StackResource resource, JsonObject properties) =>
        new(Moto, stack.Region, stack.Name, stack.Id, resource.LogicalId, properties) { StackTags = stack.Definition.Tags };
}
