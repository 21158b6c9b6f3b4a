namespace Cumulus.Engine.Bundles;

/// <summary>One entry of a bundle, as people look at it.</summary>
public sealed record BundleContent
{
    /// <summary>Name of the bundle.</summary>
    public required string Bundle { get; init; }

    public string? Environment { get; init; }

    public string? Version { get; init; }

    /// <summary>Name of the entry, with <c>/</c> between components.</summary>
    public required string Name { get; init; }

    public required BundleEntryType Type { get; init; }

    /// <summary>Four octal digits.</summary>
    public required string Mode { get; init; }

    /// <summary>Bytes of a file; 0 for folders and links.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes of a file in the archive; null where the manifest does not tell.</summary>
    public long? CompressedSize { get; init; }

    /// <summary>SHA-256 of a file's content, 64 hexadecimal digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Where a link points, relative to its own folder.</summary>
    public string? LinkTarget { get; init; }

    public static BundleContent Of(BundleManifest manifest, BundleEntry entry) => new()
    {
        Bundle = manifest.Name,
        Environment = manifest.Environment,
        Version = manifest.Version,
        Name = entry.Name,
        Type = entry.Type,
        Mode = EntryMode.Octal(entry.Mode),
        Size = entry.Size,
        CompressedSize = entry.DataLength,
        Sha256 = entry.Sha256,
        LinkTarget = entry.LinkTarget,
    };
}
