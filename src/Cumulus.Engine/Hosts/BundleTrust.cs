using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>What a host asks of a bundle that it is to install: a signature of a key it trusts, for the very place the bundle was found in.</summary>
internal sealed class BundleTrust
{
    private readonly SignatureVerifier _verifier;

    private BundleTrust(IReadOnlyList<PublicKey> trusted) => _verifier = new SignatureVerifier(trusted);

    /// <summary>The keys of the request, else those in the host's own folder; null when the host has none and so asks for no signature.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.KeyInvalid"/>: a file of the folder is no public key; <see cref="ErrorIds.KeyNotFound"/>: the
    /// folder is empty. Whoever made the folder meant to have signatures verified.</exception>
    public static BundleTrust? Of(InstallRequest request, HostPaths paths)
    {
        if (request.TrustedKeys is { } given)
        {
            return given.Count > 0
                ? new BundleTrust(given)
                : throw new CumulusException(ErrorIds.KeyNotFound, FailureKind.InvalidInput, "A signature is asked for, and no public key was named.") { Advice = "Name a public key (PEM)." };
        }

        if (!Directory.Exists(paths.TrustedKeys)) return null;
        PublicKey[] keys = [.. Directory.GetFiles(paths.TrustedKeys).Order(StringComparer.Ordinal).Select(PublicKey.FromFile)];
        return keys.Length > 0
            ? new BundleTrust(keys)
            : throw new CumulusException(ErrorIds.KeyNotFound, FailureKind.NotFound, $"The folder of trusted keys, {paths.TrustedKeys}, is empty.")
            {
                Target = paths.TrustedKeys,
                Advice = "Put a public key (PEM) into it; or remove the folder, and bundles need no signature.",
            };
    }

    /// <returns>Id of the key that fits.</returns>
    /// <exception cref="CumulusException">As <see cref="SignatureVerifier.Verify"/>.</exception>
    public string Verify(byte[] manifest, byte[]? document, string place) => _verifier.Verify(manifest, document, place).Id;

    /// <summary>
    /// A signed bundle is what its manifest says. Under another key of the bucket, an old version would pass for a new one, or a test
    /// system's for production's. A bundle that was built for no environment says nothing of that.
    /// </summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.SignatureInvalid"/></exception>
    public static void VerifyPlace(BundleManifest manifest, InstallSource source, string place)
    {
        bool fits = source.Key is not { } key
            || (manifest.Environment is { } environment && manifest.Version is { } version
                ? key == BundleNames.Key(manifest.Name, environment, version, BundleFormats.Of(key) ?? BundleFormat.Zip)
                : manifest.Name == source.Name);
        if (fits) return;
        throw new CumulusException(
            ErrorIds.SignatureInvalid,
            FailureKind.SecurityViolation,
            $"{place} is signed as bundle '{manifest.Name}', version '{manifest.Version}', of environment '{manifest.Environment}', and does not lie where that belongs.")
        {
            Target = place,
            Advice = "Find out who put it there; publish the right bundle under this version.",
        };
    }
}
