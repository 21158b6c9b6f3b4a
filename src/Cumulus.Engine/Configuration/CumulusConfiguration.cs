using Cumulus.Engine.Bundles;

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

    public required IReadOnlyList<StackDefinition> Stacks { get; init; }

    public required IReadOnlyList<BundleDefinition> Bundles { get; init; }

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

    private CumulusException Unknown(string errorId, string what, string name, IEnumerable<string> known)
    {
        string[] names = [.. known];
        string list = names.Length == 0 ? $"No {what} is configured" : $"Known: {string.Join(", ", names)}";
        string nearest = NearestName.Of(name, names) is { } near ? $" Did you mean '{near}'?" : "";
        return new CumulusException(errorId, FailureKind.NotFound, $"There is no {what} '{name}' in {string.Join(", ", Sources)}. {list}.{nearest}") { Target = name };
    }
}

/// <summary>Something to say about one place of a configuration file.</summary>
/// <param name="Line">From 1; 0 when the place is the whole file.</param>
/// <param name="Option">The option it is about, such as <c>environment: stage / region</c>; null when about the file.</param>
public sealed record ConfigurationProblem(string File, int Line, string? Option, string Message)
{
    /// <summary>From 1; 0 when only the line is known.</summary>
    public int Column { get; init; }

    /// <summary><c>file:line: option: text</c>, in YAML <c>file:line:column: option: text</c>.</summary>
    public override string ToString()
    {
        string place = (Line, Column) switch { (0, _) => File, (_, 0) => $"{File}:{Line}", _ => $"{File}:{Line}:{Column}" };
        return Option is null ? $"{place}: {Message}" : $"{place}: {Option}: {Message}";
    }
}

/// <summary>Account, region, bucket and version, and the stacks and bundles that belong together.</summary>
public sealed record EnvironmentDefinition
{
    public required string Name { get; init; }

    /// <summary>AWS region code; null: the session's or the SDK's own.</summary>
    public string? Region { get; init; }

    public string? Bucket { get; init; }

    /// <summary>The version that bundles and stacks get unless the command names another. Never a made-up text when absent (D-12).</summary>
    public string? Version { get; init; }

    /// <summary>Short names, in the order in which they are deployed; removed in reverse.</summary>
    public IReadOnlyList<string> Stacks { get; init; } = [];

    public IReadOnlyList<string> Bundles { get; init; } = [];

    public string? StackNamePrefix { get; init; }

    public string? StackNameSuffix { get; init; }

    /// <summary>Shell commands, run before the first stack and after the last one that succeeded.</summary>
    public string? PreDeployHook { get; init; }

    public string? PostDeployHook { get; init; }

    /// <summary>Named profile of the AWS configuration files.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Role to assume, as an ARN.</summary>
    public string? RoleArn { get; init; }

    /// <summary>Static keys of an old configuration; null unless it has them. Not shown by any view.</summary>
    public StaticKeys? Keys { get; init; }

    /// <summary>The file that defines the environment: where its relative paths start from.</summary>
    public required string SourceFile { get; init; }

    /// <summary>CloudFormation's name of a stack, <c>[PREFIX-]ENVIRONMENT-STACK[-SUFFIX]</c>: the old program's scheme, so that its stacks are found (section 6).</summary>
    public string FullStackName(string stack) =>
        string.Join('-', new[] { StackNamePrefix, Name, stack, StackNameSuffix }.Where(part => !string.IsNullOrEmpty(part)));

    /// <summary>The name: what a list of these is shown as.</summary>
    public override string ToString() => Name;
}

/// <summary>An access key in clear text, as old configurations have it. Neither its text form nor its public properties show the secret.</summary>
public sealed record StaticKeys
{
    public StaticKeys(string accessKeyId, string secretAccessKey)
    {
        AccessKeyId = accessKeyId;
        SecretAccessKey = secretAccessKey;
    }

    public string AccessKeyId { get; }

    /// <summary>Not public: whatever writes out all properties (ConvertTo-Json, <c>-Output json</c>, Export-Clixml) would write it.</summary>
    internal string SecretAccessKey { get; }

    public override string ToString() => $"{AccessKeyId} (secret hidden)";
}

/// <summary>One CloudFormation stack.</summary>
public sealed record StackDefinition
{
    public required string Name { get; init; }

    /// <summary>Full path of a local template, or an <c>http(s)://</c> address.</summary>
    public required string Template { get; init; }

    /// <summary>In the order of the file; a later entry of the same name has replaced the earlier one.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public bool DisableRollback { get; init; }

    /// <summary>Time limit of a create, in minutes; null: none but the command's own.</summary>
    public int? TimeoutInMinutes { get; init; }

    /// <summary>Capabilities to acknowledge; empty: those that the old program always sent, <c>CAPABILITY_IAM</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>After an update, have the stack's instances install the new version through SSM Run Command.</summary>
    public bool UpdateHosts { get; init; }

    public required string SourceFile { get; init; }

    /// <summary>The name: what a list of these is shown as.</summary>
    public override string ToString() => Name;
}

/// <summary>What goes into one archive.</summary>
public sealed record BundleDefinition
{
    public required string Name { get; init; }

    /// <summary>Full paths of files and folders; each keeps beside it the name that it gets in the archive before rewrites.</summary>
    public IReadOnlyList<BundlePath> Paths { get; init; } = [];

    public IReadOnlyList<PathRewrite> PathRewrites { get; init; } = [];

    /// <summary>Patterns with gitignore's rules, relative to each path.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Links stand for what they point to. By default so in <c>.conf</c>, as in the old program, and not in YAML.</summary>
    public bool FollowSymlinks { get; init; }

    /// <summary>What is built; of a pre-built bundle the format of its file.</summary>
    public BundleFormat Format { get; init; }

    public string? PreBundleHook { get; init; }

    public string? PostBundleHook { get; init; }

    /// <summary>Of each of the two hooks.</summary>
    public TimeSpan HookTimeLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Full path of a ready archive that goes up as it is (also read as <c>pre-build-bundle</c>, D-02).</summary>
    public string? PreBuiltBundle { get; init; }

    public required string SourceFile { get; init; }

    /// <summary>The name: what a list of these is shown as.</summary>
    public override string ToString() => Name;
}

/// <param name="FullPath">Where it is on this machine.</param>
/// <param name="ArchivePath">
/// Its name in the archive, with <c>/</c> between components and no leading one: the path as it is written in the configuration
/// without drive letter, leading <c>/</c>, and <c>./</c> (section 4.2 of the old behaviour). Empty for <c>.</c>.
/// </param>
public sealed record BundlePath(string FullPath, string ArchivePath)
{
    /// <summary>A wildcard found it, so that patterns that exclude count for its own name too.</summary>
    public bool IsFromWildcard { get; init; }
}

/// <summary>Whole leading components <paramref name="Target"/> become <paramref name="Destination"/>; either may be empty, meaning the root (D-15).</summary>
public sealed record PathRewrite(string Target, string Destination)
{
    /// <summary>Reads <c>target -> destination</c> as the configuration has it; <c>/</c> is the root.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.PathInvalid"/></exception>
    public static PathRewrite Parse(string text)
    {
        string[] sides = text.Split("->", 2, StringSplitOptions.TrimEntries);
        if (sides is [{ Length: > 0 } target, { Length: > 0 } destination]) return new PathRewrite(PathStyle.ArchiveName(target), PathStyle.ArchiveName(destination));
        throw new CumulusException(ErrorIds.PathInvalid, FailureKind.InvalidInput, $"'{text}' is no path rewrite.")
        {
            Target = text,
            Advice = "Write 'target -> destination'; '/' is the root of the bundle.",
        };
    }
}
