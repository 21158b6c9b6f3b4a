using System.Security.Cryptography;

namespace Cumulus.Engine.Bundles;

/// <summary>The half of a signing key that may be known: it verifies, without a network.</summary>
public sealed class PublicKey
{
    /// <summary>How the SubjectPublicKeyInfo of each P-256 key begins (RFC 5480: id-ecPublicKey, secp256r1, an uncompressed point); 64 bytes follow.</summary>
    private static readonly byte[] P256Prefix = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    private const string IdPrefix = "sha256:";

    private readonly byte[] _info;

    private PublicKey(byte[] info)
    {
        _info = info;
        Id = IdPrefix + Hex.Of(SHA256.HashData(info));
    }

    /// <summary><c>sha256:</c> and the SHA-256 of the DER SubjectPublicKeyInfo, 64 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>Whether a text has the form of an <see cref="Id"/>.</summary>
    public static bool IsId(string text) =>
        text.Length == IdPrefix.Length + 64 && text.StartsWith(IdPrefix, StringComparison.Ordinal) && text.Skip(IdPrefix.Length).All(char.IsAsciiHexDigitLower);

    /// <summary>Reads a PEM file with one public key (<c>BEGIN PUBLIC KEY</c>).</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.KeyNotFound"/>; <see cref="ErrorIds.KeyInvalid"/>: not PEM, more than one
    /// key, a private key, or another kind than ECDSA P-256.</exception>
    public static PublicKey FromFile(string path)
    {
        using PemFile pem = PemFile.Read(path);
        if (PemFile.IsPrivate(pem.Label)) throw pem.Invalid("holds a private key, which has no business where only the public key is needed");
        if (pem.Label != PemFile.PublicKeyLabel) throw pem.Invalid($"holds a '{pem.Label}' and no public key");
        return FromInfo(pem.Data) ?? throw pem.Invalid("holds a public key of another kind than ECDSA P-256");
    }

    /// <param name="info">DER SubjectPublicKeyInfo.</param>
    /// <returns>Null when it is none, or of another kind than ECDSA P-256.</returns>
    public static PublicKey? FromInfo(ReadOnlySpan<byte> info)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(info, out int read);
            return read == info.Length ? Of(key) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Null for a key on another curve.</summary>
    internal static PublicKey? Of(ECDsa key)
    {
        // The runtime's own encoding: one key has one id, however its file spells it.
        byte[] info = key.ExportSubjectPublicKeyInfo();
        return info.Length == P256Prefix.Length + 64 && info.AsSpan().StartsWith(P256Prefix) ? new PublicKey(info) : null;
    }

    /// <summary>The key as PEM text, without a line feed at its end.</summary>
    public string ToPem() => PemEncoding.WriteString(PemFile.PublicKeyLabel, _info);

    /// <param name="signature">DER (RFC 3279, section 2.2.3).</param>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_info, out _);
        try
        {
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // Bytes that are no DER at all.
            return false;
        }
    }

    public override string ToString() => Id;
}
