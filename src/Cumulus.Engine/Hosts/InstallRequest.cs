namespace Cumulus.Engine.Hosts;

/// <summary>Bundles to install as one transaction, in their order: where two hold one file, the later one's stays.</summary>
public sealed record InstallRequest : HostRequest
{
    public required IReadOnlyList<InstallSource> Bundles { get; init; }

    /// <summary>Told to init scripts; null when nobody said.</summary>
    public string? Environment { get; init; }

    public string? Version { get; init; }

    /// <summary>Leave the files that the old version has and the new one has not. The next install without this removes them.</summary>
    public bool KeepOldFiles { get; init; }

    /// <summary>Bundles that are installed and not named here go away, as with a <c>metadata.conf</c> that no longer lists them.</summary>
    public bool RemoveUnlisted { get; init; }

    /// <summary>Install although nothing would change: all scripts run, and every file is replaced. Also what was taken back since nobody confirmed it.</summary>
    public bool Force { get; init; }

    /// <summary>A bundle needs a signature of one of these keys, of which there is at least one. Null: of one in the host's own folder (<see cref="HostPaths.TrustedKeys"/>),
    /// and none where there is no such folder.</summary>
    public IReadOnlyList<Bundles.PublicKey>? TrustedKeys { get; init; }
}

/// <summary>One bundle and where it comes from.</summary>
public sealed record InstallSource
{
    /// <summary>Null for a local archive: its manifest's name, else its file name.</summary>
    public string? Name { get; init; }

    /// <summary>Null for a local archive: its manifest's, else the content digest stands for it.</summary>
    public string? Version { get; init; }

    /// <summary>Absolute path on the host under which the bundle's names lie; null: <c>/</c>, <c>C:\</c> (D-11).</summary>
    public string? ExtractionPath { get; init; }

    /// <summary>Full path of an archive on this machine; or null, and then bucket and key are set.</summary>
    public string? ArchivePath { get; init; }

    public string? Bucket { get; init; }

    public string? Key { get; init; }

    /// <summary>The bundle under its key of section 5 of the old behaviour.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.VersionMissing"/>, <see cref="ErrorIds.NameInvalid"/></exception>
    public static InstallSource InBucket(string bucket, string environment, string version, string name, string? extractionPath = null) => new()
    {
        Name = name,
        Version = version,
        ExtractionPath = extractionPath,
        Bucket = bucket,
        Key = Bundles.BundleNames.Key(name, environment, version),
    };

    public static InstallSource InFile(string archivePath, string? extractionPath = null) => new() { ArchivePath = archivePath, ExtractionPath = extractionPath };
}
