namespace Cumulus.Engine.Aws;

/// <summary>
/// The few KMS calls that the engine makes. Besides what is named there, failures are those of <see cref="IObjectStore"/> but for
/// the bucket's.
/// </summary>
public interface ISigningKeys
{
    /// <param name="keyId">Id, ARN, alias name (<c>alias/…</c>) or alias ARN.</param>
    /// <returns>The public half as DER SubjectPublicKeyInfo.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.KeyNotFound"/>; <see cref="ErrorIds.KeyInvalid"/>: a key that has no public
    /// half, is disabled or is about to be deleted.</exception>
    Task<byte[]> PublicKeyAsync(string keyId, CancellationToken cancellationToken);

    /// <param name="sha256">The digest to sign, 32 bytes: KMS itself takes messages of 4096 bytes at most.</param>
    /// <returns>An ECDSA signature in DER (RFC 3279, section 2.2.3).</returns>
    /// <exception cref="CumulusException">As <see cref="PublicKeyAsync"/>.</exception>
    Task<byte[]> SignAsync(string keyId, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken);
}
