using System.Text.Json;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// A note in the bucket where an archive of some content lies, so that the next version with that content is copied. It is a hint: who follows it
/// looks whether the archive is still there and what it says it is.
/// </summary>
internal sealed record ContentPointer
{
    public const string Prefix = ".cumulus/content/";

    public int Schema { get; init; } = 1;

    /// <summary>Content digest, <c>sha256:</c> and 64 hexadecimal digits.</summary>
    public required string Digest { get; init; }

    /// <summary>Key of the archive.</summary>
    public required string Key { get; init; }

    /// <summary>SHA-256 of the archive's bytes, 64 hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes of the archive.</summary>
    public required long Size { get; init; }

    /// <summary><c>.cumulus/content/sha256-HEX.zip.json</c>: an archive is copied only for a bundle of its own format.</summary>
    public static string KeyOf(string digest, BundleFormat format) => $"{Prefix}{digest.Replace(':', '-')}{format.Ending()}.json";

    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    /// <summary>Null when it is no pointer that this version can read.</summary>
    public static ContentPointer? Read(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize<ContentPointer>(json, BundleManifest.Json) is { Schema: 1 } pointer ? pointer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
