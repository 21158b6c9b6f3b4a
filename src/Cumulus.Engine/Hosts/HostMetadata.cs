using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Hosts;

/// <summary>What <c>metadata.conf</c> tells a host to install (section 11.2 of the old behaviour).</summary>
public sealed record HostMetadata
{
    /// <summary>AWS region code; null: the SDK's own, which on EC2 is the instance's.</summary>
    public string? Region { get; init; }

    public required string BundleBucket { get; init; }

    /// <summary>Names of the bundles, in the order of installing.</summary>
    public required IReadOnlyList<string> BundleTypes { get; init; }

    public required string Environment { get; init; }

    public required string Version { get; init; }

    /// <summary>Static keys of an old file; null: the SDK's own chain, which on EC2 is the instance's role.</summary>
    public StaticKeys? Keys { get; init; }

    /// <summary>Root folder per bundle; a bundle that is not in it goes to the host's root (D-11).</summary>
    public IReadOnlyDictionary<string, string> ExtractionPaths { get; init; } = new Dictionary<string, string>();

    public LogLevel? LogLevel { get; init; }

    /// <summary>Full path of the file.</summary>
    public required string SourceFile { get; init; }

    public IReadOnlyList<ConfigurationProblem> Warnings { get; init; } = [];
}
