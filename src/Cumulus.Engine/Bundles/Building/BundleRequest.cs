using System.IO.Compression;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Bundles;

/// <summary>What to build, and where to put it.</summary>
public sealed record BundleRequest
{
    public required string Name { get; init; }

    /// <summary>Null: a plain archive, <c>NAME.zip</c>, without anything that is marked for an environment.</summary>
    public string? Environment { get; init; }

    /// <summary>Needed when there is an environment.</summary>
    public string? Version { get; init; }

    public IReadOnlyList<BundlePath> Paths { get; init; } = [];

    public IReadOnlyList<PathRewrite> PathRewrites { get; init; } = [];

    /// <summary>Patterns with gitignore's rules, relative to each path: what matches stays out. They stand above all <c>.cumulusignore</c> files.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Links below the paths stand for what they point to; else they are kept as links.</summary>
    public bool FollowSymlinks { get; init; }

    /// <summary>Full path of a ready archive that is taken as it is, instead of <see cref="Paths"/>.</summary>
    public string? PreBuiltBundle { get; init; }

    public string? PreBundleHook { get; init; }

    public string? PostBundleHook { get; init; }

    /// <summary>Working directory of the hooks: the configuration file's folder.</summary>
    public string? HookFolder { get; init; }

    public TimeSpan HookTimeLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Of a built archive; a pre-built one keeps its own.</summary>
    public BundleFormat Format { get; init; }

    /// <summary>Effort of compression; bzip2 knows but one.</summary>
    public CompressionLevel CompressionLevel { get; init; } = CompressionLevel.Optimal;

    /// <summary>Null: everything is read and compressed anew.</summary>
    public BuildCacheFolder? Cache { get; init; }

    /// <summary>Full path of the folder for archive and manifest; made when absent.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Time of every entry; null: <c>SOURCE_DATE_EPOCH</c> if set, else the first moment that zip knows, 1980-01-01.</summary>
    public DateTimeOffset? EntryTime { get; init; }

    /// <summary>Gets what is worth a verbose line, hooks' output among it, on some other thread.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Gets what deserves a person's eye, though the bundle can be built.</summary>
    public Action<string>? Warn { get; init; }

    public static BundleRequest From(BundleDefinition definition, string? environment, string? version, string outputFolder) => new()
    {
        Name = definition.Name,
        Environment = environment,
        Version = version,
        Paths = definition.Paths,
        PathRewrites = definition.PathRewrites,
        Exclude = definition.Exclude,
        FollowSymlinks = definition.FollowSymlinks,
        Format = definition.Format,
        PreBuiltBundle = definition.PreBuiltBundle,
        PreBundleHook = definition.PreBundleHook,
        PostBundleHook = definition.PostBundleHook,
        HookFolder = Path.GetDirectoryName(definition.SourceFile),
        HookTimeLimit = definition.HookTimeLimit,
        OutputFolder = outputFolder,
    };

    /// <summary>Everything under one folder, with names relative to it; or one file under its own name.</summary>
    public static BundleRequest FromPath(string name, string fullPath, string outputFolder) => FromPaths(name, [new BundlePath(fullPath, "")], outputFolder);

    /// <summary>Of one folder its content at the root; of several paths, and of what a wildcard found, each under its own name.</summary>
    /// <param name="paths">Their names in the archive are set here.</param>
    public static BundleRequest FromPaths(string name, IReadOnlyList<BundlePath> paths, string outputFolder)
    {
        bool atRoot = paths is [{ IsFromWildcard: false } only] && Directory.Exists(only.FullPath);
        return new BundleRequest
        {
            Name = name,
            Paths = [.. paths.Select(p => p with { ArchivePath = atRoot ? "" : Path.GetFileName(Path.TrimEndingDirectorySeparator(p.FullPath)) })],
            OutputFolder = outputFolder,
        };
    }
}
