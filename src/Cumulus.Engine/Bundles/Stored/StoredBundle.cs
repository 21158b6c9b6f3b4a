namespace Cumulus.Engine.Bundles;

/// <summary>A bundle that lies in a bucket.</summary>
public sealed record StoredBundle
{
    public required string Environment { get; init; }

    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Bucket { get; init; }

    /// <summary>Of the archive.</summary>
    public required string Key { get; init; }

    public string? Region { get; init; }

    public required BundleFormat Format { get; init; }

    /// <summary>Number of files and links; null when a program published it that does not say so.</summary>
    public int? Files { get; init; }

    /// <summary>Bytes of the archive.</summary>
    public required long Size { get; init; }

    /// <summary>When the archive was uploaded or copied.</summary>
    public required DateTimeOffset Published { get; init; }

    /// <summary>A signature lies beside the manifest; nobody has looked here whether it holds.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>False for what the old program published.</summary>
    public required bool HasManifest { get; init; }

    /// <summary>Content digest; null when a program published it that writes none.</summary>
    public string? Digest { get; init; }

    /// <summary>SHA-256 of the archive's bytes, 64 hexadecimal digits; null as <see cref="Digest"/>.</summary>
    public string? Sha256 { get; init; }
}
