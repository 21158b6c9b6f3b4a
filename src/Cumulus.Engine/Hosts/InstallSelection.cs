using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Hosts;

/// <summary>What a host is to install: what <c>metadata.conf</c> says, and over it what a command gave by hand.</summary>
public sealed record InstallSelection
{
    public string? Environment { get; init; }

    public string? Version { get; init; }

    public string? Bucket { get; init; }

    /// <summary>Names of the bundles, in the order of installing; empty: all that the metadata lists.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Whether everything is said without a <c>metadata.conf</c>.</summary>
    public bool IsComplete => Environment is not null && Version is not null && Bucket is not null && Names.Count > 0;

    /// <summary>The install that this asks for. One of all listed bundles takes away those that are no longer listed.</summary>
    /// <param name="metadata">Null: there is none, or it is not needed.</param>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.MetadataInvalid"/>: neither says what is needed; <see cref="ErrorIds.VersionMissing"/>;
    /// <see cref="ErrorIds.NameInvalid"/>.
    /// </exception>
    public InstallRequest Request(HostMetadata? metadata)
    {
        string environment = NameRules.Require("environment", Environment ?? metadata?.Environment ?? throw Missing("environment", "-Environment"));
        string version = NameRules.Require("version", Version ?? metadata?.Version ?? throw Missing("version", "-Version"));
        string bucket = BucketOf(metadata);
        IReadOnlyList<string> names = Names.Count > 0 ? Names : metadata?.BundleTypes ?? throw Missing("bundle", "-Name");
        return new InstallRequest
        {
            Environment = environment,
            Version = version,
            RemoveUnlisted = Names.Count == 0,
            Bundles = [.. names.Select(name => InstallSource.InBucket(bucket, environment, version, name, metadata?.ExtractionPaths.GetValueOrDefault(name)))],
        };
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.MetadataInvalid"/></exception>
    internal string BucketOf(HostMetadata? metadata) => Bucket ?? metadata?.BundleBucket ?? throw Missing("bucket", "-Bucket");

    private static CumulusException Missing(string what, string parameter) =>
        new(ErrorIds.MetadataInvalid, FailureKind.InvalidInput, $"Nothing says which {what} this host installs.") { Advice = $"Give {parameter}, or write it into metadata.conf." };
}
