namespace Cumulus.Engine.Bundles;

/// <summary>How a bundle's signature stands.</summary>
public enum SignatureState
{
    /// <summary>A key that was given fits.</summary>
    Valid,

    /// <summary>It is damaged, of another manifest, or of a key that was not given.</summary>
    Invalid,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>There is one, and no key was given.</summary>
    NotChecked,
}

/// <summary>What a look through a bundle found.</summary>
public sealed record BundleTest
{
    /// <summary>Full path of the archive.</summary>
    public required string Path { get; init; }

    public required string Name { get; init; }

    public string? Environment { get; init; }

    public string? Version { get; init; }

    /// <summary>There are no problems.</summary>
    public bool IsValid => Problems.Count == 0;

    /// <summary>Content digest of what the archive really holds; null when it cannot be read through.</summary>
    public string? Digest { get; init; }

    public required SignatureState Signature { get; init; }

    /// <summary>The key that the signature names, whether it fits or not; null when there is no readable signature.</summary>
    public string? KeyId { get; init; }

    /// <summary>Everything that was found, each as a sentence.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
