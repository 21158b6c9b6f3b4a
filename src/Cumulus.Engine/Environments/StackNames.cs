using System.IO.Enumeration;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>The full names of an environment's stacks, and the choice of some of them.</summary>
public static class StackNames
{
    /// <summary><c>[PREFIX-]ENV-NAME[-SUFFIX]</c>, the old program's scheme, so that its stacks are found.</summary>
    public static string FullName(EnvironmentDefinition environment, string stack)
    {
        string?[] parts = [environment.StackNamePrefix, environment.Name, stack, environment.StackNameSuffix];
        return string.Join('-', parts.Where(p => !string.IsNullOrEmpty(p)));
    }

    /// <summary>The environment's stacks in declared order (D-05), or those of them that are named, short or full.</summary>
    /// <param name="names">Names or patterns with <c>*</c> and <c>?</c>; each has to stand for one stack at least. Empty or null: all.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.EnvironmentNotFound"/>, <see cref="ErrorIds.StackNotConfigured"/></exception>
    public static IReadOnlyList<StackDefinition> Select(
        CumulusConfiguration configuration,
        string environmentName,
        IReadOnlyList<string>? names)
    {
        EnvironmentDefinition environment = configuration.Environment(environmentName);
        HashSet<string> chosen = names is { Count: > 0 }
            ? [.. names.SelectMany(n => ShortNames(environment, n))]
            : [.. environment.Stacks];
        return [.. environment.Stacks.Distinct(StringComparer.Ordinal).Where(chosen.Contains).Select(configuration.Stack)];
    }

    private static string[] ShortNames(EnvironmentDefinition environment, string pattern)
    {
        bool isPattern = pattern.IndexOfAny(['*', '?']) >= 0;
        string[] byShort = isPattern ? [.. environment.Stacks.Where(s => Matches(pattern, s))] : [];
        string[] matches = isPattern && byShort.Length == 0 ? [.. environment.Stacks.Where(s => Matches(pattern, FullName(environment, s)))] : byShort;

        // No match: the pattern is taken for a name, and the error says which names there are.
        return matches.Length > 0 ? matches : [ShortName(environment, environment.Stacks, pattern)];
    }

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    /// <summary>The short name that is meant by a short or a full one.</summary>
    /// <param name="among">The short names to choose from.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackNotConfigured"/>: names the nearest.</exception>
    public static string ShortName(EnvironmentDefinition environment, IReadOnlyList<string> among, string name)
    {
        // A short name wins: it is what the configuration calls the stack.
        string? found = among.FirstOrDefault(s => s == name) ?? among.FirstOrDefault(s => FullName(environment, s) == name);
        if (found is not null)
        {
            return found;
        }

        string nearest = NearestName.Of(name, [.. among, .. among.Select(s => FullName(environment, s))]) is { } near ? $" Did you mean '{near}'?" : "";
        string known = among.Count == 0 ? "It has no stacks." : $"Its stacks: {string.Join(", ", among)}.";
        throw new CumulusException(
            ErrorIds.StackNotConfigured,
            FailureKind.NotFound,
            $"Environment '{environment.Name}' has no stack '{name}' to work on. {known}{nearest}")
        { Target = name };
    }
}
