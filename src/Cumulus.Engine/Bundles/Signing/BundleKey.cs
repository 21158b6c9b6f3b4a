using System.Security.Cryptography;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>A pair of key files that was made.</summary>
public sealed record BundleKey
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // What OWASP asks of PBKDF2 with SHA-256 (Password Storage Cheat Sheet).
    private const int Iterations = 600_000;

    /// <summary>Full path of the private key.</summary>
    public required string Path { get; init; }

    /// <summary>Full path of the public key.</summary>
    public required string PublicKeyPath { get; init; }

    /// <summary>See <see cref="PublicKey.Id"/>.</summary>
    public required string KeyId { get; init; }

    public required string Algorithm { get; init; }

    /// <summary>Where the public key of a private one lies: <c>.pub.pem</c> in the place of <c>.pem</c> or <c>.key</c>, else after the whole name.</summary>
    public static string PublicPathOf(string path)
    {
        string? ending = Array.Find([".pem", ".key"], e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return path[..^(ending?.Length ?? 0)] + ".pub.pem";
    }

    /// <summary>Makes an ECDSA P-256 pair: a PKCS#8 file that only its owner may read, and its public key beside it.</summary>
    /// <param name="path">Full path of the private key.</param>
    /// <param name="passphrase">Encrypts the private key (AES-256-CBC, PBKDF2 with SHA-256); the caller wipes it. Empty: it is not encrypted.</param>
    /// <param name="overwrite">Replace key files that are there. What they signed can then no longer be signed again.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.KeyAlreadyExists"/></exception>
    public static BundleKey Create(string path, ReadOnlySpan<char> passphrase, bool overwrite)
    {
        string publicPath = PublicPathOf(path);
        foreach (string file in (string[])[path, publicPath])
        {
            if (!overwrite && File.Exists(file)) throw AlreadyExists(file);
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PublicKey publicKey = PublicKey.Of(key)!;
        WritePrivate(key, path, passphrase, overwrite);
        Write(publicPath, publicKey.ToPem(), mode: null, overwrite);
        return new BundleKey { Path = path, PublicKeyPath = publicPath, KeyId = publicKey.Id, Algorithm = SignatureDocument.EcdsaP256Sha256 };
    }

    private static void WritePrivate(ECDsa key, string path, ReadOnlySpan<char> passphrase, bool overwrite)
    {
        byte[] data = passphrase.IsEmpty
            ? key.ExportPkcs8PrivateKey()
            : key.ExportEncryptedPkcs8PrivateKey(passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations));
        char[] text = PemEncoding.Write(passphrase.IsEmpty ? PemFile.Pkcs8Label : PemFile.EncryptedPkcs8Label, data);
        try
        {
            Write(path, text, OwnerOnly, overwrite);
        }
        finally
        {
            Array.Clear(text);
            CryptographicOperations.ZeroMemory(data);
        }
    }

    // The name appears when the file is whole, and another's file of that name is never written into.
    private static void Write(string path, ReadOnlySpan<char> pem, UnixFileMode? mode, bool overwrite)
    {
        string part = $"{path}.{Guid.NewGuid():N}.part";
        byte[] bytes = new byte[pem.Length];
        try
        {
            Encoding.ASCII.GetBytes(pem, bytes);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (mode is { } bits && !OperatingSystem.IsWindows()) options.UnixCreateMode = bits;
            using (var file = new FileStream(part, options))
            {
                file.Write(bytes);
                file.WriteByte((byte)'\n');
                file.Flush(flushToDisk: true);
            }

            File.Move(part, path, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            throw AlreadyExists(path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            File.Delete(part);
        }
    }

    private static CumulusException AlreadyExists(string path) =>
        new(ErrorIds.KeyAlreadyExists, FailureKind.Conflict, $"{path} is there already.")
        {
            Target = path,
            Advice = "Name another file; -Force replaces both key files, and nothing can be signed with the old key any more.",
        };
}
