using System.Text.Json;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// The signature of a manifest, in a file of its own beside it; <c>docs/guides/bundle-format.md</c> describes the schema.
/// It is over the manifest's exact bytes, and nothing in the document itself is believed before they are verified.
/// </summary>
public sealed record SignatureDocument
{
    /// <summary>What is put after an archive's name or key.</summary>
    public const string Suffix = ".manifest.sig";

    public const int CurrentSchema = 1;

    /// <summary>ECDSA over the curve P-256 with SHA-256.</summary>
    public const string EcdsaP256Sha256 = "ecdsa-p256-sha256";

    /// <summary>A document has some 300 bytes; more than this is none.</summary>
    internal const int LongestBytes = 1 << 14;

    public required int Schema { get; init; }

    public required string Algorithm { get; init; }

    /// <summary><see cref="PublicKey.Id"/> of the key that fits. It only tells which of several keys to try.</summary>
    public required string KeyId { get; init; }

    /// <summary>DER (RFC 3279, section 2.2.3); base64 in the file.</summary>
    public required byte[] Signature { get; init; }

    internal static SignatureDocument Of(PublicKey key, byte[] signature) => new()
    {
        Schema = CurrentSchema,
        Algorithm = EcdsaP256Sha256,
        KeyId = key.Id,
        Signature = signature,
    };

    /// <exception cref="CumulusException"><see cref="ErrorIds.SignatureInvalid"/>: no document, one that is cut off, or one of a newer schema.</exception>
    /// <param name="source">Where it came from, for messages.</param>
    public static SignatureDocument Read(ReadOnlySpan<byte> utf8, string source)
    {
        if (utf8.Length > LongestBytes) throw Invalid(source, $"is no signature document: it has more than {LongestBytes} bytes");
        SignatureDocument? document;
        try
        {
            // Of a newer schema only its number is known to be there.
            int schema = JsonSerializer.Deserialize<Head>(utf8, BundleManifest.Json)?.Schema ?? throw Invalid(source, "is no signature document: it is empty");
            if (schema > CurrentSchema) throw Invalid(source, $"has schema {schema}; this version of Cumulus reads up to {CurrentSchema}");
            document = JsonSerializer.Deserialize<SignatureDocument>(utf8, BundleManifest.Json);
        }
        catch (JsonException e)
        {
            throw Invalid(source, $"is no signature document: {e.Message}", e);
        }

        if (document is not { Algorithm: not null, KeyId: not null, Signature: not null }) throw Invalid(source, "is no signature document: a member is null");
        if (document.Algorithm != EcdsaP256Sha256) throw Invalid(source, $"is of another algorithm than {EcdsaP256Sha256}, which is what this version of Cumulus verifies");
        // It will stand in messages, and whoever wrote the document may be nobody's friend.
        return PublicKey.IsId(document.KeyId) ? document : throw Invalid(source, "is no signature document: its keyId is not sha256: and 64 hexadecimal digits");
    }

    /// <summary>The file's bytes: UTF-8 JSON that ends in a line feed.</summary>
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    private static CumulusException Invalid(string source, string what, Exception? cause = null) =>
        new(ErrorIds.SignatureInvalid, FailureKind.SecurityViolation, $"{source} {what}.", cause) { Target = source };

    private sealed record Head(int Schema);
}
