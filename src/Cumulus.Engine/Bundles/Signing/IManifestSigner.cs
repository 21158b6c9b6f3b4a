namespace Cumulus.Engine.Bundles;

/// <summary>Signs manifests, by a key file or by KMS.</summary>
public interface IManifestSigner
{
    /// <param name="manifest">The manifest's bytes as they are published.</param>
    /// <returns>The bytes of the signature document that lies beside the manifest.</returns>
    /// <exception cref="CumulusException">The key cannot sign.</exception>
    Task<byte[]> SignAsync(ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken);
}
