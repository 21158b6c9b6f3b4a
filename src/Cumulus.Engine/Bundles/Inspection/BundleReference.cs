namespace Cumulus.Engine.Bundles;

/// <summary>A bundle that a user named: a file on this machine, or what is published in a bucket.</summary>
public sealed record BundleReference
{
    private BundleReference()
    {
    }

    /// <summary>Full path of an archive, or of a manifest alone; null for a published bundle.</summary>
    public string? Path { get; private init; }

    public string? Bucket { get; private init; }

    /// <summary>Keys that the archive may have, the likeliest first: a name does not tell the format.</summary>
    public IReadOnlyList<string> Keys { get; private init; } = [];

    public static BundleReference InFile(string path) => new() { Path = path };

    public static BundleReference InBucket(string bucket, string key) => new() { Bucket = bucket, Keys = [key] };

    /// <exception cref="CumulusException"><see cref="ErrorIds.VersionMissing"/>, <see cref="ErrorIds.NameInvalid"/></exception>
    public static BundleReference InBucket(string bucket, string environment, string version, string name) =>
        new() { Bucket = bucket, Keys = [.. Enum.GetValues<BundleFormat>().Select(format => BundleNames.Key(name, environment, version, format))] };

    /// <summary>Where it lies, for messages.</summary>
    public override string ToString() => Path ?? $"s3://{Bucket}/{Keys[0]}";
}
