namespace Cumulus.Engine.Configuration;

/// <summary>One environment of a configuration with what a command was given by hand: what to do it to, and under which names.</summary>
public sealed class EnvironmentSelection
{
    private readonly CumulusConfiguration _configuration;

    private EnvironmentSelection(CumulusConfiguration configuration, EnvironmentDefinition environment, string? version) =>
        (_configuration, Environment, Version) = (configuration, environment, version);

    public EnvironmentDefinition Environment { get; }

    public string Name => Environment.Name;

    /// <summary>The version given by hand, else the configured one; null when there is neither, and never a text made up for it (D-12).</summary>
    public string? Version { get; }

    /// <param name="version">Overrides the configured version; null or empty: does not.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.EnvironmentNotFound"/>; <see cref="ErrorIds.NameInvalid"/> of the environment or the version.</exception>
    public static EnvironmentSelection Of(CumulusConfiguration configuration, string environment, string? version = null)
    {
        EnvironmentDefinition definition = configuration.Environment(environment);
        NameRules.Require("environment", definition.Name);
        string? chosen = string.IsNullOrWhiteSpace(version) ? definition.Version : version;
        return new EnvironmentSelection(configuration, definition, string.IsNullOrWhiteSpace(chosen) ? null : NameRules.Require("version", chosen));
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.VersionMissing"/></exception>
    public string RequireVersion() =>
        Version ?? throw Missing(ErrorIds.VersionMissing, "version", "Name one with -Version, or set 'version' in the environment.");

    /// <summary><c>[prefix-]ENVIRONMENT-STACK[-suffix]</c> (section 6 of the old behaviour).</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.NameInvalid"/></exception>
    public string FullStackName(string stack) => NameRules.RequireStackName(Environment.FullStackName(stack));

    /// <summary>The environment's stacks that match any of the patterns, all of them without patterns; in declared order (D-05).</summary>
    /// <param name="patterns">Short names or full names, with wildcards.</param>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.StackNotConfigured"/>: a pattern matches no stack of the environment, or the environment lists a stack that no section
    /// describes; <see cref="ErrorIds.NameInvalid"/>.
    /// </exception>
    public IReadOnlyList<SelectedStack> Stacks(IReadOnlyList<string>? patterns = null) =>
        [.. Select("stack", ErrorIds.StackNotConfigured, Environment.Stacks, patterns, name => name, Environment.FullStackName)
            .Select(name => new SelectedStack(_configuration.StackOf(Environment, name), FullStackName(name)))];

    /// <summary>The environment's bundles that match any of the patterns, all of them without patterns; in declared order.</summary>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.BundleNotConfigured"/>: a pattern matches no bundle of the environment, or the environment lists a bundle that no section
    /// describes (D-09); <see cref="ErrorIds.NameInvalid"/>.
    /// </exception>
    public IReadOnlyList<BundleDefinition> Bundles(IReadOnlyList<string>? patterns = null) =>
        [.. Select("bundle", ErrorIds.BundleNotConfigured, Environment.Bundles, patterns, name => name)
            .Select(name => _configuration.BundleOf(Environment, NameRules.Require("bundle", name)))];

    private IEnumerable<string> Select(
        string what, string errorId, IReadOnlyList<string> listed, IReadOnlyList<string>? patterns, params Func<string, string>[] names)
    {
        var chosen = new HashSet<string>(patterns is null or { Count: 0 } ? listed : patterns.SelectMany(Matches));
        return listed.Distinct().Where(chosen.Contains);

        // A name wins over a pattern, and a short name over a full one: it is what the configuration calls the thing.
        string[] Matches(string pattern) =>
            names.Select(nameOf => listed.Where(l => nameOf(l) == pattern).ToArray())
                .Concat(names.Select(nameOf => listed.Where(l => NamePattern.Matches(pattern, nameOf(l))).ToArray()))
                .FirstOrDefault(found => found.Length > 0)
            ?? throw NotListed(what, errorId, pattern, listed, [.. names.SelectMany(nameOf => listed.Select(nameOf))]);
    }

    private CumulusException NotListed(string what, string errorId, string pattern, IReadOnlyList<string> listed, IReadOnlyList<string> names)
    {
        string list = listed.Count == 0 ? $"It has no {what}s" : $"It has: {string.Join(", ", listed)}";
        return new CumulusException(errorId, FailureKind.NotFound,
            $"The environment '{Name}' has no {what} '{pattern}'. {list}.{ProblemCollector.DidYouMean(pattern, names)}") { Target = pattern };
    }

    private CumulusException Missing(string errorId, string what, string advice) =>
        new(errorId, FailureKind.InvalidInput, $"The environment '{Name}' has no {what} ({string.Join(", ", _configuration.Sources)}).") { Target = Name, Advice = advice };
}

/// <param name="FullName">The name that it has in CloudFormation.</param>
public sealed record SelectedStack(StackDefinition Definition, string FullName)
{
    public string Name => Definition.Name;
}
