namespace Cumulus.Engine.Configuration;

/// <summary>
/// What <c>cumulus.conf</c> and <c>cumulus.yml</c> say, as one model. Lists keep the order in which they were written:
/// stacks are deployed in that order (D-05).
/// </summary>
public sealed record CumulusConfiguration
{
    /// <summary>The files that were read, in the order of reading; a later one overrides an earlier one option by option.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    public required IReadOnlyList<EnvironmentDefinition> Environments { get; init; }

    /// <summary>As they are written, without what an environment changes; a variable that only environments set is still <c>${name}</c>.</summary>
    public required IReadOnlyList<StackDefinition> Stacks { get; init; }

    public required IReadOnlyList<BundleDefinition> Bundles { get; init; }

    /// <summary>Where records and leases are kept, of environments that do not say; null: in each one's own.</summary>
    public string? StateBucket { get; init; }

    /// <summary>How much the old program logged, from <c>log-level</c>; null when the configuration does not say.</summary>
    public LogLevel? LogLevel { get; init; }

    /// <summary>What was read but deserves a word: aliases, unknown options, readings that differ from the old program's.</summary>
    public required IReadOnlyList<ConfigurationProblem> Warnings { get; init; }

    /// <exception cref="CumulusException"><see cref="ErrorIds.EnvironmentNotFound"/>: names the known ones and the nearest.</exception>
    public EnvironmentDefinition Environment(string name) =>
        Environments.FirstOrDefault(e => e.Name == name) ?? throw Unknown(ErrorIds.EnvironmentNotFound, "environment", name, Environments.Select(e => e.Name));

    /// <exception cref="CumulusException"><see cref="ErrorIds.StackNotConfigured"/></exception>
    public StackDefinition Stack(string name) =>
        Stacks.FirstOrDefault(s => s.Name == name) ?? throw Unknown(ErrorIds.StackNotConfigured, "stack", name, Stacks.Select(s => s.Name));

    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotConfigured"/> (D-09)</exception>
    public BundleDefinition Bundle(string name) =>
        Bundles.FirstOrDefault(b => b.Name == name) ?? throw Unknown(ErrorIds.BundleNotConfigured, "bundle", name, Bundles.Select(b => b.Name));

    /// <summary>The stack as the environment has it.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackNotConfigured"/></exception>
    public StackDefinition StackOf(EnvironmentDefinition environment, string name) => environment.StackSettings.FirstOrDefault(s => s.Name == name) ?? Stack(name);

    /// <summary>The bundle as the environment has it.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotConfigured"/> (D-09)</exception>
    public BundleDefinition BundleOf(EnvironmentDefinition environment, string name) => environment.BundleSettings.FirstOrDefault(b => b.Name == name) ?? Bundle(name);

    private CumulusException Unknown(string errorId, string what, string name, IEnumerable<string> known)
    {
        string[] names = [.. known];
        string list = names.Length == 0 ? $"No {what} is configured" : $"Known: {string.Join(", ", names)}";
        string nearest = NearestName.Of(name, names) is { } near ? $" Did you mean '{near}'?" : "";
        return new CumulusException(errorId, FailureKind.NotFound, $"There is no {what} '{name}' in {string.Join(", ", Sources)}. {list}.{nearest}") { Target = name };
    }
}
