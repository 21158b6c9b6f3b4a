using System.Security.Cryptography;
using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Bundles;

/// <summary>Signs with a private key that never leaves KMS.</summary>
public sealed class KmsManifestSigner : IManifestSigner
{
    private readonly ISigningKeys _keys;
    private readonly string _keyId;

    private KmsManifestSigner(ISigningKeys keys, string keyId, PublicKey publicKey)
    {
        _keys = keys;
        _keyId = keyId;
        PublicKey = publicKey;
    }

    /// <summary>The half that verifies what this signs.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Asks KMS for the public key, so that a key that cannot do it is found before anything is published.</summary>
    /// <param name="keyId">Id, ARN, alias name (<c>alias/…</c>) or alias ARN of a key of spec <c>ECC_NIST_P256</c> and usage <c>SIGN_VERIFY</c>.</param>
    /// <exception cref="CumulusException">As <see cref="ISigningKeys"/>; <see cref="ErrorIds.KeyInvalid"/> for another kind of key.</exception>
    public static async Task<KmsManifestSigner> CreateAsync(ISigningKeys keys, string keyId, CancellationToken cancellationToken)
    {
        PublicKey publicKey = PublicKey.FromInfo(await keys.PublicKeyAsync(keyId, cancellationToken))
            ?? throw Invalid(keyId, "is of another kind than ECDSA P-256");
        return new KmsManifestSigner(keys, keyId, publicKey);
    }

    public async Task<byte[]> SignAsync(ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken)
    {
        byte[] signature = await _keys.SignAsync(_keyId, SHA256.HashData(manifest.Span), cancellationToken);
        // An alias may lead to another key by now, and not every local AWS signs a digest as a digest.
        return PublicKey.Verifies(manifest.Span, signature)
            ? SignatureDocument.Of(PublicKey, signature).ToBytes()
            : throw Invalid(_keyId, "gave a signature that its own public key does not verify");
    }

    private static CumulusException Invalid(string keyId, string what) =>
        new(ErrorIds.KeyInvalid, FailureKind.InvalidInput, $"The KMS key '{keyId}' {what}.")
        {
            Target = keyId,
            Advice = "It takes a key of spec ECC_NIST_P256 and usage SIGN_VERIFY: aws kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY",
        };
}
