using System.Security.Cryptography;

namespace Cumulus.Engine.Bundles;

/// <summary>Signs with a private key that lies in a PEM file.</summary>
public sealed class PemManifestSigner : IManifestSigner, IDisposable
{
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly ECDsa _key;

    private PemManifestSigner(ECDsa key, PublicKey publicKey)
    {
        _key = key;
        PublicKey = publicKey;
    }

    /// <summary>The half that verifies what this signs.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Reads an ECDSA P-256 key: PKCS#8, encrypted or not, or SEC1.</summary>
    /// <param name="passphrase">Of an encrypted key; the caller wipes it. Not looked at when the key is not encrypted.</param>
    /// <param name="warn">Told when others than the owner can read the file.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.KeyNotFound"/>; <see cref="ErrorIds.KeyInvalid"/>: no such key in the file;
    /// <see cref="ErrorIds.KeyPassphraseRejected"/>: the passphrase is missing or wrong.</exception>
    public static PemManifestSigner FromFile(string path, ReadOnlySpan<char> passphrase = default, Action<string>? warn = null)
    {
        using PemFile pem = PemFile.Read(path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OfOthers) is not UnixFileMode.None and var mode)
        {
            warn?.Invoke($"Others than its owner can get at the private key {path} (mode bits {EntryMode.Octal(mode)}): chmod 600 {path}");
        }

        var key = ECDsa.Create();
        try
        {
            Import(key, pem, path, passphrase);
            return new PemManifestSigner(key, PublicKey.Of(key) ?? throw pem.Invalid("holds a key on another curve than P-256"));
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public Task<byte[]> SignAsync(ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken)
    {
        byte[] signature = _key.SignData(manifest.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Task.FromResult(SignatureDocument.Of(PublicKey, signature).ToBytes());
    }

    public void Dispose() => _key.Dispose();

    private static void Import(ECDsa key, PemFile pem, string path, ReadOnlySpan<char> passphrase)
    {
        try
        {
            switch (pem.Label)
            {
                case PemFile.Pkcs8Label:
                    key.ImportPkcs8PrivateKey(pem.Data, out _);
                    break;
                case PemFile.Sec1Label:
                    key.ImportECPrivateKey(pem.Data, out _);
                    break;
                case PemFile.EncryptedPkcs8Label when passphrase.IsEmpty:
                    throw Rejected(path, "is encrypted, and no passphrase was given");
                case PemFile.EncryptedPkcs8Label:
                    ImportEncrypted(key, pem, path, passphrase);
                    break;
                case PemFile.PublicKeyLabel:
                    throw pem.Invalid("holds a public key, which cannot sign");
                default:
                    throw pem.Invalid($"holds a '{pem.Label}', which is no ECDSA P-256 key");
            }
        }
        catch (CryptographicException e)
        {
            // The runtime's message names encodings and no content.
            throw pem.Invalid("holds no private key for ECDSA P-256, or is damaged", e);
        }
    }

    // A wrong passphrase and damaged bytes look alike: what comes out is no key. Only a key of another kind is told apart.
    private static void ImportEncrypted(ECDsa key, PemFile pem, string path, ReadOnlySpan<char> passphrase)
    {
        try
        {
            key.ImportEncryptedPkcs8PrivateKey(passphrase, pem.Data, out _);
        }
        catch (CryptographicException e)
        {
            throw Rejected(path, "does not open with the passphrase (or holds no ECDSA key)", e);
        }
    }

    private static CumulusException Rejected(string path, string what, Exception? cause = null) =>
        new(ErrorIds.KeyPassphraseRejected, FailureKind.AccessDenied, $"The key file {path} {what}.", cause) { Target = path, Advice = "Give the passphrase that the key was made with." };
}
