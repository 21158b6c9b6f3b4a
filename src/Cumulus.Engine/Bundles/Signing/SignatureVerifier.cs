namespace Cumulus.Engine.Bundles;

/// <summary>Compares a manifest's signature with the keys that are trusted. It needs no network.</summary>
/// <param name="trusted">Any one of them has to fit.</param>
public sealed class SignatureVerifier(IReadOnlyList<PublicKey> trusted)
{
    /// <param name="manifest">The manifest's bytes as they were found.</param>
    /// <param name="document">The bytes of the signature document; null when there is none.</param>
    /// <param name="source">Where the manifest came from, for messages.</param>
    /// <returns>The key that fits.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.SignatureMissing"/>; <see cref="ErrorIds.SignatureInvalid"/>: not of a key
    /// that is trusted, or not of these bytes.</exception>
    public PublicKey Verify(ReadOnlySpan<byte> manifest, byte[]? document, string source)
    {
        if (document is null) throw Unsigned(source);
        SignatureDocument signature = SignatureDocument.Read(document, $"The signature of {source}");
        PublicKey key = trusted.FirstOrDefault(k => k.Id == signature.KeyId)
            ?? throw Invalid(source, $"is signed with the key {signature.KeyId}, which is not trusted here ({string.Join(", ", trusted.Select(k => k.Id))} would be)");
        return key.Verifies(manifest, signature.Signature) ? key : throw Invalid(source, $"does not have the bytes that the key {key.Id} signed");
    }

    /// <summary>For what has no signature, or no manifest that could have one.</summary>
    internal static CumulusException Unsigned(string source) =>
        new(ErrorIds.SignatureMissing, FailureKind.SecurityViolation, $"{source} is not signed.")
        {
            Target = source,
            Advice = "Publish the bundle with -SigningKey or -SigningKmsKeyId.",
        };

    private static CumulusException Invalid(string source, string what) =>
        new(ErrorIds.SignatureInvalid, FailureKind.SecurityViolation, $"{source} {what}.")
        {
            Target = source,
            Advice = "Find out who made or changed it; do not install it. Where it is right, publish it again with the key that hosts trust.",
        };
}
