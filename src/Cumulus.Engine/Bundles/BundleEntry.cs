namespace Cumulus.Engine.Bundles;

public enum BundleEntryType
{
    File,
    Folder,
    Link,
}

/// <summary>One thing in a bundle, as the manifest lists it.</summary>
public sealed record BundleEntry
{
    /// <summary>Components with <c>/</c> between; none leading, none trailing.</summary>
    public required string Name { get; init; }

    public required BundleEntryType Type { get; init; }

    /// <summary>Permission bits without setuid, setgid and sticky (D-23). 0777 for a link, which has none of its own.</summary>
    public required UnixFileMode Mode { get; init; }

    /// <summary>Bytes of a file's content; 0 for folders and links.</summary>
    public long Size { get; init; }

    /// <summary>SHA-256 of a file's content, 64 hexadecimal digits; null for folders and links.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Where a link points, relative to its own folder; null for files and folders.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>In a zip: where a file's stored or deflated bytes start in the archive, so that a host can fetch them alone. Null in other formats.</summary>
    public long? DataOffset { get; init; }

    /// <summary>In a zip: how many bytes they are.</summary>
    public long? DataLength { get; init; }
}
