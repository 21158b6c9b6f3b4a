using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>Digests as text.</summary>
internal static class Hex
{
    /// <summary>Hexadecimal digits in lower case.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    /// <summary>SHA-256 of a file's bytes.</summary>
    public static Task<string> Sha256OfFileAsync(string path, CancellationToken cancellationToken) =>
        Task.Run(() => Sha256OfFile(path, cancellationToken), cancellationToken);

    // The runtime's own reads four kibibytes at a time, each one an errand for another thread.
    private static string Sha256OfFile(string path, CancellationToken cancellationToken)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 18);
        try
        {
            int read;
            for (long at = 0; (read = RandomAccess.Read(file, buffer, at)) > 0; at += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }

            return Of(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
