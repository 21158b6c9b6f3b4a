using System.Text;
using System.Text.Json.Nodes;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles.Signing;

public sealed class SignatureTests : IDisposable
{
    private static readonly byte[] Manifest = "{ \"name\": \"web\" }\n"u8.ToArray();

    private readonly TempFolder _folder = new();
    private readonly PemManifestSigner _signer;

    public SignatureTests() => _signer = NewSigner("release.pem");

    public void Dispose()
    {
        _signer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_signature_fits_its_manifest_and_any_one_trusted_key()
    {
        using PemManifestSigner other = NewSigner("other.pem");
        byte[] document = await _signer.SignAsync(Manifest, default);
        Assert.Equal(_signer.PublicKey.Id, new SignatureVerifier([other.PublicKey, _signer.PublicKey]).Verify(Manifest, document, "m").Id);
    }

    [Fact]
    public async Task The_document_says_schema_algorithm_and_key()
    {
        JsonNode document = JsonNode.Parse(await _signer.SignAsync(Manifest, default))!;
        Assert.Equal(["schema", "algorithm", "keyId", "signature"], document.AsObject().Select(m => m.Key));
        Assert.Equal((1, "ecdsa-p256-sha256", _signer.PublicKey.Id), ((int)document["schema"]!, (string)document["algorithm"]!, (string)document["keyId"]!));
        // DER: a sequence of two integers.
        Assert.Equal(0x30, Convert.FromBase64String((string)document["signature"]!)[0]);
    }

    [Fact]
    public async Task A_manifest_that_changed_by_one_byte_is_refused()
    {
        byte[] document = await _signer.SignAsync(Manifest, default);
        for (int i = 0; i < Manifest.Length; i++)
        {
            byte[] changed = [.. Manifest];
            changed[i] ^= 1;
            Assert.Contains("does not have the bytes that the key", Refusal(changed, document));
        }
    }

    [Fact]
    public async Task The_signature_of_another_manifest_is_refused()
    {
        byte[] document = await _signer.SignAsync("another"u8.ToArray(), default);
        Assert.Contains("does not have the bytes that the key", Refusal(Manifest, document));
    }

    [Fact]
    public async Task A_key_that_is_not_trusted_is_named()
    {
        using PemManifestSigner other = NewSigner("other.pem");
        string refusal = Refusal(Manifest, await other.SignAsync(Manifest, default));
        Assert.Contains($"signed with the key {other.PublicKey.Id}, which is not trusted", refusal);
    }

    [Fact]
    public async Task A_document_cannot_pass_a_foreign_key_off_as_a_trusted_one()
    {
        using PemManifestSigner other = NewSigner("other.pem");
        byte[] document = Change(await other.SignAsync(Manifest, default), d => d["keyId"] = _signer.PublicKey.Id);
        Assert.Contains("does not have the bytes that the key", Refusal(Manifest, document));
    }

    [Fact]
    public void An_unsigned_manifest_is_refused()
    {
        var e = Assert.Throws<CumulusException>(() => new SignatureVerifier([_signer.PublicKey]).Verify(Manifest, null, "m"));
        Assert.Equal((ErrorIds.SignatureMissing, FailureKind.SecurityViolation), (e.ErrorId, e.Kind));
    }

    [Fact]
    public async Task A_document_of_a_newer_schema_is_refused_by_its_number_whatever_else_it_holds()
    {
        byte[] document = Change(await _signer.SignAsync(Manifest, default), d => { d["schema"] = 2; d["signature"] = new JsonObject(); d.Remove("keyId"); });
        Assert.Contains("has schema 2; this version of Cumulus reads up to 1", Refusal(Manifest, document));
    }

    [Fact]
    public async Task A_document_that_is_cut_off_anywhere_is_refused()
    {
        byte[] document = await _signer.SignAsync(Manifest, default);
        // Without its line feed it is whole.
        for (int length = 0; length < document.Length - 1; length++)
        {
            Assert.Contains("no signature document", Refusal(Manifest, document[..length]));
        }
    }

    [Theory]
    [InlineData("algorithm", "none", "another algorithm")]
    [InlineData("keyId", "sha256:\u001b[31m", "keyId is not")]
    [InlineData("keyId", null, "a member is null")]
    [InlineData("signature", "not base64!", "no signature document")]
    [InlineData("signature", "", "does not have the bytes")]
    [InlineData("signature", "MAYCAQACAQA=", "does not have the bytes")]
    public async Task A_document_with_a_wrong_member_is_refused(string member, string? value, string reason)
    {
        byte[] document = Change(await _signer.SignAsync(Manifest, default), d => d[member] = value);
        string refusal = Refusal(Manifest, document);
        Assert.Contains(reason, refusal);
        Assert.DoesNotContain('\u001b', refusal);
    }

    [Fact]
    public void A_document_that_is_far_too_long_is_not_even_parsed()
    {
        Assert.Contains("more than 16384 bytes", Refusal(Manifest, Encoding.UTF8.GetBytes(new string(' ', 20_000))));
    }

    private PemManifestSigner NewSigner(string name) => PemManifestSigner.FromFile(BundleKey.Create(_folder[name], default, overwrite: false).Path);

    private string Refusal(byte[] manifest, byte[] document)
    {
        var e = Assert.Throws<CumulusException>(() => new SignatureVerifier([_signer.PublicKey]).Verify(manifest, document, "m"));
        Assert.Equal((ErrorIds.SignatureInvalid, FailureKind.SecurityViolation), (e.ErrorId, e.Kind));
        return e.Message;
    }

    private static byte[] Change(byte[] document, Action<JsonObject> change)
    {
        JsonObject node = JsonNode.Parse(document)!.AsObject();
        change(node);
        return Encoding.UTF8.GetBytes(node.ToJsonString());
    }
}
