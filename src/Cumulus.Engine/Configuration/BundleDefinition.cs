using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Configuration;

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
