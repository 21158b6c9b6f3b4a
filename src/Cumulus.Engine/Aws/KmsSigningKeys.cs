using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;

namespace Cumulus.Engine.Aws;

/// <summary>Signing keys in KMS: https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html.</summary>
/// <param name="endpoint">Where the client goes, for errors.</param>
internal sealed class KmsSigningKeys(IAmazonKeyManagementService kms, string endpoint) : ISigningKeys
{
    public Task<byte[]> PublicKeyAsync(string keyId, CancellationToken cancellationToken) =>
        CallAsync(
            "GetPublicKey",
            keyId,
            async () => (await kms.GetPublicKeyAsync(new GetPublicKeyRequest { KeyId = keyId }, cancellationToken)).PublicKey.ToArray(),
            cancellationToken);

    public Task<byte[]> SignAsync(string keyId, ReadOnlyMemory<byte> sha256, CancellationToken cancellationToken) =>
        CallAsync(
            "Sign",
            keyId,
            async () =>
            {
                var request = new SignRequest
                {
                    KeyId = keyId,
                    Message = new MemoryStream(sha256.ToArray()),
                    MessageType = MessageType.DIGEST,
                    SigningAlgorithm = SigningAlgorithmSpec.ECDSA_SHA_256,
                };
                return (await kms.SignAsync(request, cancellationToken)).Signature.ToArray();
            },
            cancellationToken);

    private async Task<byte[]> CallAsync(string operation, string keyId, Func<Task<byte[]>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await AwsErrors.GuardAsync(new AwsCall("KMS", operation, endpoint), call, cancellationToken);
        }
        catch (CumulusException e) when (e.InnerException is NotFoundException)
        {
            throw new CumulusException(ErrorIds.KeyNotFound, FailureKind.NotFound, $"KMS has no key '{keyId}' ({endpoint}).", e)
            {
                Target = keyId,
                Advice = "Check the id or the alias (it begins with alias/), the account and the region.",
            };
        }
        catch (CumulusException e) when (e.InnerException is DisabledException or KMSInvalidStateException or InvalidKeyUsageException or UnsupportedOperationException)
        {
            throw new CumulusException(ErrorIds.KeyInvalid, FailureKind.InvalidInput, $"The KMS key '{keyId}' cannot sign: {e.InnerException.Message}", e)
            {
                Target = keyId,
                Advice = "It takes an enabled key of spec ECC_NIST_P256 and usage SIGN_VERIFY.",
            };
        }
    }
}
