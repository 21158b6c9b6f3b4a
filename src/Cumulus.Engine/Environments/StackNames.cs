using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>The choice of some of an environment's stacks by the names that people give them.</summary>
public static class StackNames
{
    /// <summary>The environment's stacks in declared order (D-05), or those of them that are named.</summary>
    /// <param name="names">Short or full names, wildcards are fine; each has to stand for one stack at least. Empty or null: all.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.EnvironmentNotFound"/>, <see cref="ErrorIds.StackNotConfigured"/>, <see cref="ErrorIds.NameInvalid"/></exception>
    public static IReadOnlyList<StackDefinition> Select(CumulusConfiguration configuration, string environmentName, IReadOnlyList<string>? names) =>
        [.. EnvironmentSelection.Of(configuration, environmentName).Stacks(names).Select(s => s.Definition)];

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
