using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Tests.Aws;

/// <summary>Signing with KMS: over HTTP with a stub that signs as KMS does, and moto for what moto does as KMS does.</summary>
[Collection(MotoTests.Name)]
public sealed class KmsSignerTests(MotoServer moto)
{
    // More than KMS takes in one message.
    private static readonly byte[] Manifest = RandomNumberGenerator.GetBytes(10_000);

    [Fact]
    public async Task Kms_signs_the_digest_and_the_signature_fits_its_public_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var kms = new StubServer(r => Answer(key, r));
        using AwsGateways aws = await kms.ConnectAsync();

        KmsManifestSigner signer = await KmsManifestSigner.CreateAsync(aws.SigningKeys, "alias/release", default);
        byte[] document = await signer.SignAsync(Manifest, default);

        PublicKey trusted = PublicKey.FromInfo(key.ExportSubjectPublicKeyInfo())!;
        Assert.Equal(signer.PublicKey.Id, new SignatureVerifier([trusted]).Verify(Manifest, document, "m").Id);
        Assert.Equal(["GetPublicKey", "Sign"], kms.Requests.Select(r => r.Action));
        JsonElement sign = JsonSerializer.Deserialize<JsonElement>(kms.Requests.Last().Body);
        Assert.Equal(
            ("alias/release", "DIGEST", "ECDSA_SHA_256", Convert.ToBase64String(SHA256.HashData(Manifest))),
            (Text("KeyId"), Text("MessageType"), Text("SigningAlgorithm"), Text("Message")));

        string? Text(string name) => sign.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_signature_that_does_not_fit_is_never_handed_on()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var kms = new StubServer(r => Answer(r.Action == "Sign" ? other : key, r));
        using AwsGateways aws = await kms.ConnectAsync();
        KmsManifestSigner signer = await KmsManifestSigner.CreateAsync(aws.SigningKeys, "k", default);
        var e = await Assert.ThrowsAsync<CumulusException>(() => signer.SignAsync(Manifest, default));
        Assert.Equal((ErrorIds.KeyInvalid, "k"), (e.ErrorId, e.Target));
        Assert.Contains("its own public key does not verify", e.Message);
    }

    [Theory]
    [InlineData("NotFoundException", 400, ErrorIds.KeyNotFound)]
    [InlineData("DisabledException", 400, ErrorIds.KeyInvalid)]
    [InlineData("KMSInvalidStateException", 400, ErrorIds.KeyInvalid)]
    [InlineData("InvalidKeyUsageException", 400, ErrorIds.KeyInvalid)]
    [InlineData("AccessDeniedException", 400, ErrorIds.AccessDenied)]
    [InlineData("KeyUnavailableException", 500, ErrorIds.AwsRequestFailed)]
    [InlineData("InvalidArnException", 400, ErrorIds.AwsRequestFailed)]
    public async Task What_kms_refuses_has_an_id_and_kms_own_words(string code, int status, string errorId)
    {
        using var kms = new StubServer(_ => StubAnswer.Json($$"""{ "__type": "{{code}}", "message": "said by KMS" }""", status));
        using AwsGateways aws = await kms.ConnectAsync();
        var e = await Assert.ThrowsAsync<CumulusException>(() => aws.SigningKeys.SignAsync("k", new byte[32], default));
        Assert.Equal(errorId, e.ErrorId);
        Assert.Contains(errorId == ErrorIds.KeyNotFound ? "KMS has no key 'k'" : "said by KMS", e.Message);
    }

    [Theory]
    [InlineData("ECC_NIST_P384", "SIGN_VERIFY")]
    [InlineData("RSA_2048", "SIGN_VERIFY")]
    public async Task A_key_of_another_spec_is_refused_before_anything_is_signed(string spec, string usage)
    {
        string id = await CreateKeyAsync(spec, usage);
        using AwsGateways aws = await moto.ConnectAsync();
        var e = await Assert.ThrowsAsync<CumulusException>(() => KmsManifestSigner.CreateAsync(aws.SigningKeys, id, default));
        Assert.Equal((ErrorIds.KeyInvalid, id), (e.ErrorId, e.Target));
        Assert.Contains("ECC_NIST_P256", e.Advice);
    }

    [Fact]
    public async Task A_key_is_found_by_its_id_and_an_absent_one_is_told()
    {
        string id = await CreateKeyAsync("ECC_NIST_P256", "SIGN_VERIFY");
        using AwsGateways aws = await moto.ConnectAsync();
        Assert.True(PublicKey.IsId((await KmsManifestSigner.CreateAsync(aws.SigningKeys, id, default)).PublicKey.Id));
        var e = await Assert.ThrowsAsync<CumulusException>(() => KmsManifestSigner.CreateAsync(aws.SigningKeys, "alias/absent", default));
        Assert.Equal((ErrorIds.KeyNotFound, "alias/absent"), (e.ErrorId, e.Target));
    }

    private async Task<string> CreateKeyAsync(string spec, string usage)
    {
        using var kms = new AmazonKeyManagementServiceClient("AKIDEXAMPLE", "secret", new AmazonKeyManagementServiceConfig { ServiceURL = moto.Url, AuthenticationRegion = "eu-west-1" });
        return (await kms.CreateKeyAsync(new CreateKeyRequest { KeySpec = spec, KeyUsage = usage })).KeyMetadata.KeyId;
    }

    private static StubAnswer Answer(ECDsa key, StubRequest request)
    {
        JsonNode body = JsonNode.Parse(request.Body)!;
        return request.Action switch
        {
            "GetPublicKey" => StubAnswer.Json(new JsonObject { ["PublicKey"] = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()) }.ToJsonString()),
            "Sign" => StubAnswer.Json(new JsonObject
            {
                ["Signature"] = Convert.ToBase64String(key.SignHash(Convert.FromBase64String((string)body["Message"]!), DSASignatureFormat.Rfc3279DerSequence)),
            }.ToJsonString()),
            _ => StubAnswer.Json("{}", 500),
        };
    }
}
