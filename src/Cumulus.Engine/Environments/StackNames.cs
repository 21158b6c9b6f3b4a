using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>The choice of some of an environment's stacks by the names that people give them.</summary>
public static class StackNames
{
    /// <summary>The environment's stacks in declared order (D-05), or those of them that are named.</summary>
    /// <param name="names">Short or full names, wildcards are fine; each has to stand for one stack at least. Empty or null: all.</param>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.EnvironmentNotFound"/>, <see cref="ErrorIds.StackNotConfigured"/>, <see cref="ErrorIds.NameInvalid"/>; <see cref="ErrorIds.ConfigurationInvalid"/>: a
    /// stack is to be elsewhere than its environment.
    /// </exception>
    public static IReadOnlyList<StackDefinition> Select(CumulusConfiguration configuration, string environmentName, IReadOnlyList<string>? names)
    {
        EnvironmentSelection selection = EnvironmentSelection.Of(configuration, environmentName);
        return [.. selection.Stacks(names).Select(s => RequireSamePlace(selection.Environment, s.Definition))];
    }

    // One connection serves all stacks of an environment. To pass over what the configuration says would be to work in the wrong account or region.
    private static StackDefinition RequireSamePlace(EnvironmentDefinition environment, StackDefinition stack)
    {
        if (AwsConnection.Of(environment, stack) == AwsConnection.Of(environment)) return stack;
        throw new CumulusException(ErrorIds.ConfigurationInvalid, FailureKind.InvalidInput, $"Stack '{stack.Name}' has a region, profile or role of its own, other than environment '{environment.Name}'; that is not built yet. Nothing was changed.")
        {
            Target = stack.Name,
            Advice = "Put the stack into an environment of its own, which says region, profile and role.",
        };
    }

    /// <summary>The short name that is meant by a short or a full one.</summary>
    /// <param name="among">The short names to choose from.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackNotConfigured"/>: names the nearest.</exception>
    public static string ShortName(EnvironmentDefinition environment, IReadOnlyList<string> among, string name)
    {
        // A short name wins: it is what the configuration calls the stack.
        string? found = among.FirstOrDefault(s => s == name) ?? among.FirstOrDefault(s => environment.FullStackName(s) == name);
        if (found is not null)
        {
            return found;
        }

        string nearest = NearestName.Of(name, [.. among, .. among.Select(s => environment.FullStackName(s))]) is { } near ? $" Did you mean '{near}'?" : "";
        string known = among.Count == 0 ? "It has no stacks." : $"Its stacks: {string.Join(", ", among)}.";
        throw new CumulusException(
            ErrorIds.StackNotConfigured,
            FailureKind.NotFound,
            $"Environment '{environment.Name}' has no stack '{name}' to work on. {known}{nearest}")
        { Target = name };
    }
}
