namespace Cumulus.Engine.Bundles;

/// <summary>A built archive on this machine.</summary>
public sealed record Bundle
{
    public required string Name { get; init; }

    /// <summary>Null for a bundle that was built from plain paths for no environment.</summary>
    public string? Environment { get; init; }

    public string? Version { get; init; }

    /// <summary>Full path of the archive.</summary>
    public required string Path { get; init; }

    /// <summary>Full path of the manifest beside it.</summary>
    public required string ManifestPath { get; init; }

    /// <summary>Number of files and links in the archive.</summary>
    public required int Files { get; init; }

    /// <summary>Bytes of the archive.</summary>
    public required long Size { get; init; }

    /// <summary>Digest of the content, <c>sha256:</c> and 64 hexadecimal digits: equal for equal names, modes, link targets and bytes, whatever compressed them.</summary>
    public required string Digest { get; init; }

    /// <summary>SHA-256 of the archive's bytes, 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>A bundle under its key in the bucket.</summary>
public sealed record PublishedBundle
{
    public required string Environment { get; init; }

    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Bucket { get; init; }

    /// <summary><c>ENV/VERSION/bundle-ENV-VERSION-NAME.zip</c>, the old program's scheme, so that old handlers find it; the ending is the archive's.</summary>
    public required string Key { get; init; }

    public string? Region { get; init; }

    public required int Files { get; init; }

    public required long Size { get; init; }

    public required PublishState State { get; init; }

    public required string Digest { get; init; }

    /// <summary>What was under the key before, when that was other content.</summary>
    public ReplacedContent? Replaces { get; init; }

    /// <summary>Key of the archive that S3 copied; null when it was uploaded.</summary>
    public string? CopiedFrom { get; init; }
}

/// <summary>Content that <c>-Force</c> replaces.</summary>
/// <param name="Digest">Null when a program published it that writes none.</param>
/// <param name="Size">Bytes of the archive.</param>
public sealed record ReplacedContent(DateTimeOffset Published, string? Digest, long Size)
{
    public override string ToString() => $"published {Published.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Digest ?? "content of unknown digest"}, {Size} bytes";
}

/// <summary>What publishing did.</summary>
public enum PublishState
{
    /// <summary>Uploaded under a key that was free.</summary>
    Published,

    /// <summary>The bucket held the content under another key; S3 copied it to a key that was free.</summary>
    Copied,

    /// <summary>The key held the same content without a signature; that was added.</summary>
    SignatureAdded,

    /// <summary>The key held the same content already; nothing was sent.</summary>
    Unchanged,

    /// <summary>Other content was under the key and was replaced, as <c>-Force</c> asked.</summary>
    Replaced,
}
