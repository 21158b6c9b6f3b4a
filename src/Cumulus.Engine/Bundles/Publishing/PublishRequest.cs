using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Bundles;

/// <summary>A bundle to put into the bucket.</summary>
public sealed record PublishRequest
{
    public required Bundle Bundle { get; init; }

    /// <summary>For a bundle that was built for no environment; what a bundle was built for cannot be changed.</summary>
    public string? Environment { get; init; }

    public string? Version { get; init; }

    public string? Bucket { get; init; }

    /// <summary>Only told on in the result.</summary>
    public string? Region { get; init; }

    /// <summary>Replace other content under a published key.</summary>
    public bool Force { get; init; }

    /// <summary>Null: the bundle is published unsigned.</summary>
    public IManifestSigner? Signer { get; init; }

    /// <summary>How S3 keeps the archive. Manifest and signature are encrypted and tagged alike; their storage class is STANDARD.</summary>
    public StorageOptions Storage { get; init; } = StorageOptions.Default;

    /// <summary>Gets what is worth to know and no error.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Bytes of the archive that are up.</summary>
    public IProgress<long>? Progress { get; init; }
}
