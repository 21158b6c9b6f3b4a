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
        Dictionary<string, StackDefinition> byName = stacks.ToDictionary(s => s.Name, StringComparer.Ordinal);
        Dictionary<string, string[]> before = stacks.ToDictionary(s => s.Name, s => s.Prerequisites.Where(byName.ContainsKey).ToArray(), StringComparer.Ordinal);
        var order = new List<StackDefinition>(stacks.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (StackDefinition stack in stacks) Visit(stack.Name);
        return new StackGraph(order, before);

        void Visit(string name)
        {
            if (done.Contains(name)) return;
            if (path.IndexOf(name) is >= 0 and var at) throw Cycle(environment, [.. path.Skip(at), name]);
            path.Add(name);
            foreach (string first in before[name]) Visit(first);
            path.RemoveAt(path.Count - 1);
            done.Add(name);
            order.Add(byName[name]);
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
