using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>Which of an environment's stacks come before which: by <c>depends-on</c>, and by the outputs that one takes of another.</summary>
public sealed class StackGraph
{
    private readonly Dictionary<string, string[]> _before;

    private StackGraph(IReadOnlyList<StackDefinition> order, Dictionary<string, string[]> before) => (Order, _before) = (order, before);

    /// <summary>Each stack after those that it waits for, otherwise as declared (D-05).</summary>
    public IReadOnlyList<StackDefinition> Order { get; }

    /// <param name="stacks">Those to work on, in declared order. What they wait for beside them is taken for being there.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackCycle"/>: names the stacks of the cycle.</exception>
    public static StackGraph Of(string environment, IReadOnlyList<StackDefinition> stacks)
    {
        (List<StackDefinition> order, Dictionary<string, string[]> before, IReadOnlyList<string>? cycle) = Sort(stacks);
        return cycle is null ? new StackGraph(order, before) : throw Cycle(environment, cycle);
    }

    /// <summary>Short names of stacks of which each waits for the next, the first again at the end; null when there are none.</summary>
    internal static IReadOnlyList<string>? FindCycle(IReadOnlyList<StackDefinition> stacks) => Sort(stacks).Cycle;

    private static (List<StackDefinition> Order, Dictionary<string, string[]> Before, IReadOnlyList<string>? Cycle) Sort(IReadOnlyList<StackDefinition> stacks)
    {
        Dictionary<string, StackDefinition> byName = stacks.ToDictionary(s => s.Name, StringComparer.Ordinal);
        Dictionary<string, string[]> before = stacks.ToDictionary(s => s.Name, s => s.Prerequisites.Where(byName.ContainsKey).ToArray(), StringComparer.Ordinal);
        var order = new List<StackDefinition>(stacks.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        return (order, before, stacks.Select(s => Visit(s.Name)).FirstOrDefault(c => c is not null));

        IReadOnlyList<string>? Visit(string name)
        {
            if (done.Contains(name)) return null;
            if (path.IndexOf(name) is >= 0 and var at) return [.. path.Skip(at), name];
            path.Add(name);
            foreach (string first in before[name])
            {
                if (Visit(first) is { } cycle) return cycle;
            }

            path.RemoveAt(path.Count - 1);
            done.Add(name);
            order.Add(byName[name]);
            return null;
        }
    }

    /// <summary>Short names of the stacks that have to be done first, of those that are worked on.</summary>
    public IReadOnlyList<string> WaitsFor(string stack) => _before[stack];

    private static CumulusException Cycle(string environment, IReadOnlyList<string> names) =>
        new(ErrorIds.StackCycle, FailureKind.InvalidInput, $"The stacks of environment '{environment}' wait for each other in a circle: {string.Join(" -> ", names)}. Nothing was changed.")
        {
            Target = environment,
            Advice = "Take one of the links away: a 'depends-on', or a parameter that takes the output of another one of them.",
        };
}
