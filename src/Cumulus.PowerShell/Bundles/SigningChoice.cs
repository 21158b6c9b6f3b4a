using System.Net;
using System.Security;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.PowerShell;

/// <summary>The key that the user gave for signing: a PEM file, a KMS key, or none.</summary>
/// <param name="path">Full path.</param>
internal sealed class SigningChoice(ICmdletHost host, string? path, SecureString? passphrase, string? kmsKeyId) : IDisposable
{
    private PemManifestSigner? _pem;

    /// <summary>Null when nothing is to be signed.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.KeyInvalid"/> when two keys were given, and what the signers name.</exception>
    public async Task<IManifestSigner?> SignerAsync(AwsGateways aws, CancellationToken stop)
    {
        if (path is not null && kmsKeyId is not null)
        {
            throw new CumulusException(ErrorIds.KeyInvalid, FailureKind.InvalidInput, "-SigningKey and -SigningKmsKeyId are two keys, and a manifest has one signature.") { Target = path, Advice = "Give one of the two." };
        }

        if (kmsKeyId is not null) return await KmsManifestSigner.CreateAsync(aws.SigningKeys, kmsKeyId, stop);
        return path is null ? null : _pem ??= Open(path);
    }

    public void Dispose() => _pem?.Dispose();

    private PemManifestSigner Open(string file)
    {
        char[] characters = new NetworkCredential("", passphrase).Password.ToCharArray();
        try
        {
            return PemManifestSigner.FromFile(file, characters, host.WriteWarning);
        }
        finally
        {
            Array.Clear(characters);
        }
    }
}
