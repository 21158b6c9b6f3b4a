namespace Cumulus.Engine.Configuration.Settings;

internal enum SectionKind
{
    General,
    Environment,
    Stack,
    Bundle,
}

/// <summary>What an option's value is made of.</summary>
internal enum OptionKind
{
    /// <summary>One line of text.</summary>
    Text,

    /// <summary>A shell command, of one line or several.</summary>
    Command,

    /// <summary>yes/no, on/off, true/false, 1/0.</summary>
    Boolean,

    /// <summary>A whole number, 0 or more.</summary>
    Integer,

    /// <summary>Entries between commas or on lines of their own; a sequence in YAML.</summary>
    List,

    /// <summary>One entry a line; a sequence in YAML.</summary>
    Lines,

    /// <summary><c>key = value</c>, one a line; a mapping in YAML.</summary>
    Pairs,

    /// <summary><c>target -> destination</c>, one a line; a sequence of such texts or a mapping in YAML.</summary>
    Rewrites,

    /// <summary>JSON as text of one line or several, or the path of a file that holds it; a mapping in YAML.</summary>
    Json,

    /// <summary>Sections in a section.</summary>
    Sections,
}

/// <param name="Alias">Another spelling that is read with a warning.</param>
internal sealed record OptionSpec(string Name, OptionKind Kind, string? Alias = null)
{
    /// <summary>Not an option of the old format.</summary>
    public bool YamlOnly { get; init; }

    /// <summary>
    /// <c>[DEFAULT]</c> does not give it: several levels have the option, and <c>[DEFAULT]</c> speaks for the one that had it first. Else a default region
    /// would be each stack's own and beat its environment's.
    /// </summary>
    public bool IsOwn { get; init; }
}

/// <summary>Every option of a configuration; both formats have the same ones but for those that need YAML.</summary>
internal static class OptionSchema
{
    private static readonly OptionSpec[] General =
    [
        new("include", OptionKind.List),
        new("log-level", OptionKind.Text),
        new("state-bucket", OptionKind.Text),
        new("tags", OptionKind.Pairs) { IsOwn = true },
        new("variables", OptionKind.Pairs) { YamlOnly = true },
    ];

    private static readonly OptionSpec[] Environment =
    [
        new("abstract", OptionKind.Boolean) { YamlOnly = true },
        new("access-key-id", OptionKind.Text),
        new("bucket", OptionKind.Text),
        new("bundles", OptionKind.List),
        new("extends", OptionKind.List) { YamlOnly = true },
        new("external-id", OptionKind.Text),
        new("hook-time-limit", OptionKind.Integer) { IsOwn = true },
        new("notification-arns", OptionKind.List),
        new("overrides", OptionKind.Sections) { YamlOnly = true },
        new("post-deploy-hook", OptionKind.Command),
        new("post-remove-hook", OptionKind.Command),
        new("pre-deploy-hook", OptionKind.Command),
        new("pre-remove-hook", OptionKind.Command),
        new("profile", OptionKind.Text),
        new("region", OptionKind.Text),
        new("role-arn", OptionKind.Text),
        new("run-hooks-after-failure", OptionKind.Boolean),
        new("secret-access-key", OptionKind.Text),
        new("service-role-arn", OptionKind.Text),
        new("stack-name-prefix", OptionKind.Text),
        new("stack-name-suffix", OptionKind.Text),
        new("stacks", OptionKind.List),
        new("state-bucket", OptionKind.Text) { IsOwn = true },
        new("tags", OptionKind.Pairs) { IsOwn = true },
        new("termination-protection", OptionKind.Boolean),
        new("variables", OptionKind.Pairs) { YamlOnly = true },
        new("version", OptionKind.Text),
    ];

    private static readonly OptionSpec[] Stack =
    [
        new("abstract", OptionKind.Boolean) { YamlOnly = true },
        new("capabilities", OptionKind.List),
        new("depends-on", OptionKind.List),
        new("disable-rollback", OptionKind.Boolean),
        new("extends", OptionKind.List) { YamlOnly = true },
        new("external-id", OptionKind.Text) { IsOwn = true },
        new("notification-arns", OptionKind.List) { IsOwn = true },
        new("on-failure", OptionKind.Text),
        new("parameters", OptionKind.Pairs),
        new("profile", OptionKind.Text) { IsOwn = true },
        new("region", OptionKind.Text) { IsOwn = true },
        new("role-arn", OptionKind.Text) { IsOwn = true },
        new("rollback-alarms", OptionKind.List),
        new("rollback-composite-alarms", OptionKind.List),
        new("rollback-monitoring-minutes", OptionKind.Integer),
        new("service-role-arn", OptionKind.Text) { IsOwn = true },
        new("stack-policy", OptionKind.Json),
        new("tags", OptionKind.Pairs),
        new("template", OptionKind.Text),
        new("termination-protection", OptionKind.Boolean) { IsOwn = true },
        new("timeout-in-minutes", OptionKind.Integer),
        new("update-hosts", OptionKind.Boolean),
    ];

    private static readonly OptionSpec[] Bundle =
    [
        new("abstract", OptionKind.Boolean) { YamlOnly = true },
        new("exclude", OptionKind.Lines),
        new("extends", OptionKind.List) { YamlOnly = true },
        new("follow-symlinks", OptionKind.Boolean),
        new("format", OptionKind.Text),
        new("hook-time-limit", OptionKind.Integer),
        new("path-rewrites", OptionKind.Rewrites),
        new("paths", OptionKind.Lines),
        new("post-bundle-hook", OptionKind.Command),

        // The old documentation's misspelling (D-02).
        new("pre-built-bundle", OptionKind.Text, Alias: "pre-build-bundle"),
        new("pre-bundle-hook", OptionKind.Command),
    ];

    public static IReadOnlyList<OptionSpec> Of(SectionKind kind) => kind switch
    {
        SectionKind.General => General,
        SectionKind.Environment => Environment,
        SectionKind.Stack => Stack,
        _ => Bundle,
    };

    /// <summary>The options of a section; what an environment overrides extends nothing by itself.</summary>
    public static IEnumerable<OptionSpec> Of(SectionKey section) =>
        section.Environment is null ? Of(section.Kind) : Of(section.Kind).Where(o => o.Name is not ("abstract" or "extends"));

    /// <summary>The option of that name or alias; null when it is not known.</summary>
    public static OptionSpec? Find(SectionKind kind, string name) => Of(kind).FirstOrDefault(o => o.Name == name || o.Alias == name);

    /// <summary>The name to keep an option under: an alias becomes the name it stands for, with a warning (D-02).</summary>
    public static string Canonical(SectionKey section, string name, Place place, ProblemCollector problems)
    {
        if (Find(section.Kind, name) is not { } spec || spec.Name == name) return name;
        problems.Warn(place, section.Option(name), $"The option's name is '{spec.Name}'; it is read as that.");
        return spec.Name;
    }
}

/// <summary>A section of the model, wherever it was written.</summary>
/// <param name="Environment">The environment whose override it is; null for a section of its own.</param>
internal readonly record struct SectionKey(SectionKind Kind, string Name, string? Environment = null)
{
    public static readonly SectionKey General = new(SectionKind.General, "");

    public string Option(string name) => Kind == SectionKind.General ? $"general / {name}" : $"{this} / {name}";

    public override string ToString() => Kind switch
    {
        _ when Environment is not null => $"environment: {Environment} / overrides / {this with { Environment = null }}",
        SectionKind.General => "general",
        SectionKind.Environment => $"environment: {Name}",
        SectionKind.Stack => $"stack: {Name}",
        _ => $"bundle: {Name}",
    };
}
