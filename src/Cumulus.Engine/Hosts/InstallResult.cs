namespace Cumulus.Engine.Hosts;

/// <summary>What became of one bundle in an install.</summary>
public sealed record InstalledBundle
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    /// <summary>The version that was there before; null at the first install.</summary>
    public string? From { get; init; }

    public required InstallState State { get; init; }

    public required int Files { get; init; }

    /// <summary>Files that were added, replaced or removed.</summary>
    public required int Changed { get; init; }

    public required TimeSpan Took { get; init; }

    /// <summary>Bytes of the archive that came over the network; 0 for an archive on this machine, and where nothing was needed.</summary>
    public long BytesFetched { get; init; }

    /// <summary>Bytes of the archive.</summary>
    public long ArchiveSize { get; init; }

    /// <summary>Full path under which its files lie.</summary>
    public required string Path { get; init; }

    /// <summary>The folder that stands for the host's root; <c>/</c>, <c>C:\</c> for the host itself.</summary>
    public required string RootPath { get; init; }

    /// <summary>Digest of the content, as in the manifest.</summary>
    public required string Digest { get; init; }
}

public enum InstallState
{
    Committed,

    /// <summary>The host had exactly this content already.</summary>
    Unchanged,
}
