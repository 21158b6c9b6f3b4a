using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>What one stack can know of the outputs of the stacks before it while a plan is made.</summary>
/// <param name="planned">The stacks before it in the plan.</param>
/// <param name="neighbours">Stacks that are not deployed now; null for one that is not there.</param>
internal sealed class OutputTable(
    EnvironmentDefinition environment,
    StackDefinition stack,
    IReadOnlyDictionary<string, StackPlan> planned,
    IReadOnlyDictionary<string, StackDescription?> neighbours)
{
    /// <summary>The value as it is now; null when only the deployment will tell it.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackOutputMissing"/>: no deployment of this plan will.</exception>
    public string? Find(OutputReference reference)
    {
        if (planned.TryGetValue(reference.Stack, out StackPlan? before))
        {
            string? value = before.IsNew || before.Action == StackAction.Replace ? null : ValueOf(before.Current, reference.Output);
            return value is null && before.Action == StackAction.Unchanged && before.IsSettled ? throw Missing(environment, stack, reference, before.Current) : value;
        }

        StackDescription? there = neighbours.GetValueOrDefault(reference.Stack);
        return ValueOf(there, reference.Output) ?? throw Missing(environment, stack, reference, there);
    }

    public bool MayChange(OutputReference reference) =>
        planned.TryGetValue(reference.Stack, out StackPlan? before) && (before.Action != StackAction.Unchanged || !before.IsSettled);

    public static string? ValueOf(StackDescription? stack, string output) => stack?.Outputs.Where(o => o.Key == output).Select(o => o.Value).FirstOrDefault();

    public static CumulusException Missing(EnvironmentDefinition environment, StackDefinition stack, OutputReference reference, StackDescription? there)
    {
        string other = environment.FullStackName(reference.Stack);
        string nearest = NearestName.Of(reference.Output, [.. (there?.Outputs ?? []).Select(o => o.Key)]) is { } near ? $" Did you mean '{near}'?" : "";
        return new CumulusException(
            ErrorIds.StackOutputMissing,
            FailureKind.NotFound,
            there is null
                ? $"Stack '{stack.Name}' takes the output {reference.Output} of stack '{other}', which is not deployed."
                : $"Stack '{stack.Name}' takes the output {reference.Output} of stack '{other}', which has no such output.{nearest}")
        {
            Target = other,
            Advice = there is null ? $"Deploy it first: Deploy-Environment {environment.Name} -Stack {reference.Stack}." : "Correct the name in the configuration, or add the output to the template.",
        };
    }
}
