using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>The resources of a stack and of the stacks nested in it.</summary>
public static class StackResources
{
    public static async Task<IReadOnlyList<StackResourceRecord>> AllAsync(
        IStackService stacks,
        string stackId,
        CancellationToken cancellationToken)
    {
        var all = new List<StackResourceRecord>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { stackId };
        var open = new Queue<string>([stackId]);
        while (open.TryDequeue(out string? id))
        {
            foreach (StackResourceRecord resource in await stacks.ResourcesAsync(id, cancellationToken))
            {
                if (resource is not { ResourceType: StackFailure.StackType, PhysicalId: { Length: > 0 } nested })
                {
                    all.Add(resource);
                }
                else if (seen.Add(nested))
                {
                    open.Enqueue(nested);
                }
            }
        }

        return all;
    }
}
