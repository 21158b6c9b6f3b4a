using System.Security.Cryptography;

namespace Cumulus.Engine.Bundles;

/// <summary>Digests as text.</summary>
internal static class Hex
{
    /// <summary>Hexadecimal digits in lower case.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    /// <summary>SHA-256 of a file's bytes.</summary>
    public static async Task<string> Sha256OfFileAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream stream = File.OpenRead(path);
        return Of(await SHA256.HashDataAsync(stream, cancellationToken));
    }
}
