using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>How an installed bundle stands.</summary>
public enum HostBundleState
{
    /// <summary>The last install ended well.</summary>
    Committed,

    /// <summary>The last install waits to be confirmed, and is taken back if nobody does.</summary>
    Unconfirmed,

    /// <summary>An install or removal is at work on this host now.</summary>
    InProgress,

    /// <summary>One was killed: files may be of either version until the next install, which undoes it first.</summary>
    Interrupted,
}

/// <summary>A bundle that a host has.</summary>
public sealed record HostBundle
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>Null when its archive did not tell.</summary>
    public string? Environment { get; init; }

    public required HostBundleState State { get; init; }

    /// <summary>When this version was committed.</summary>
    public required DateTimeOffset Installed { get; init; }

    /// <summary>Number of files and links.</summary>
    public required int Files { get; init; }

    /// <summary>Bytes of all files.</summary>
    public required long Size { get; init; }

    /// <summary>Full path under which they lie.</summary>
    public required string Path { get; init; }

    /// <summary>Digest of the content, as in the manifest.</summary>
    public required string Digest { get; init; }

    /// <summary>The key whose signature was verified at the install; null when the host asked for none.</summary>
    public string? SignedBy { get; init; }

    /// <summary>Versions that the host keeps to go back to without a network, the latest first.</summary>
    public IReadOnlyList<string> PreviousVersions { get; init; } = [];

    /// <summary>The folder that stands for the host's root; <c>/</c>, <c>C:\</c> for the host itself.</summary>
    public required string RootPath { get; init; }
}

/// <summary>A file, link or folder of an installed bundle, as its manifest lists it.</summary>
public sealed record InstalledFile
{
    /// <summary>Name of the bundle.</summary>
    public required string Bundle { get; init; }

    public required string Version { get; init; }

    /// <summary>Full path.</summary>
    public required string Path { get; init; }

    public required BundleEntryType Type { get; init; }

    /// <summary>Four octal digits.</summary>
    public required string Mode { get; init; }

    /// <summary>Bytes of a file; 0 for folders and links.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of a file's content, 64 hexadecimal digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Where a link points, relative to its own folder.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>Another bundle has a file of that name too, and came later: this one does not lie there.</summary>
    public required bool IsHidden { get; init; }
}
