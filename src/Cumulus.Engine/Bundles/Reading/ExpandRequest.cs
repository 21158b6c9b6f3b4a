namespace Cumulus.Engine.Bundles;

/// <summary>Which archive to unpack, and where.</summary>
public sealed record ExpandRequest
{
    /// <summary>Full path of a zip, tar.gz or tar.bz2. A manifest beside it is believed when it fits its bytes, and must fit if it is there.</summary>
    public required string Archive { get; init; }

    /// <summary>Full path of the folder that gets the content; made when absent, with its parents.</summary>
    public required string Destination { get; init; }

    /// <summary>What a destination holds already is replaced as a whole; else it must be empty.</summary>
    public bool Replace { get; init; }

    public ArchiveLimits Limits { get; init; } = ArchiveLimits.Default;

    /// <summary>Gets what is worth a verbose line, on some other thread.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>A bundle that was unpacked.</summary>
public sealed record ExpandedBundle
{
    /// <summary>Full path of the folder that holds the content.</summary>
    public required string Path { get; init; }

    /// <summary>Number of files and links.</summary>
    public required int Files { get; init; }

    /// <summary>Bytes of all files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Content digest of what was written, as <see cref="Bundle.Digest"/>.</summary>
    public required string Digest { get; init; }

    /// <summary>Whether a manifest told the digest of every file. Else only the archive's own checksums were compared.</summary>
    public required bool Verified { get; init; }
}
