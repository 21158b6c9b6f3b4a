using System.Text;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles.Signing;

/// <summary>OpenSSL verifies what we sign, and we verify what it signs, by the commands that the guide gives.</summary>
public sealed class OpenSslTests : IDisposable
{
    private static readonly byte[] Manifest = Encoding.UTF8.GetBytes("""{ "schema": 1, "name": "wéb" }""" + "\n");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NeedsFact("openssl")]
    public async Task OpenSsl_verifies_our_signature_and_refuses_another_manifest()
    {
        BundleKey key = BundleKey.Create(_folder["release.pem"], default, overwrite: false);
        using var signer = PemManifestSigner.FromFile(key.Path);
        File.WriteAllBytes(_folder["m"], Manifest);
        File.WriteAllBytes(_folder["sig"], SignatureDocument.Read(await signer.SignAsync(Manifest, default), "sig").Signature);

        Assert.Contains("Verified OK", Verify().Output);

        File.AppendAllText(_folder["m"], " ");
        Assert.NotEqual(0, Verify().ExitCode);

        (int ExitCode, string Output) Verify() => Programs.Try("openssl", "dgst", "-sha256", "-verify", key.PublicKeyPath, "-signature", _folder["sig"], _folder["m"]);
    }

    [NeedsFact("openssl")]
    public void OpenSsl_gives_our_public_key_the_same_id()
    {
        BundleKey key = BundleKey.Create(_folder["release.pem"], default, overwrite: false);
        Programs.Run("openssl", "pkey", "-pubin", "-in", key.PublicKeyPath, "-outform", "DER", "-out", _folder["der"]);
        Assert.Contains(key.KeyId["sha256:".Length..], Programs.Run("openssl", "dgst", "-sha256", _folder["der"]));
        Assert.Equal(key.KeyId, PublicKey.FromFile(key.PublicKeyPath).Id);
    }

    [NeedsTheory("openssl")]
    [InlineData("PKCS#8")]
    [InlineData("SEC1")]
    [InlineData("SEC1 behind its parameters")]
    [InlineData("encrypted PKCS#8")]
    [InlineData("compressed point")]
    public async Task A_key_that_OpenSsl_made_signs(string kind)
    {
        const string Passphrase = "pässword ✓";
        string[] make = kind switch
        {
            "SEC1" => ["ecparam", "-name", "prime256v1", "-genkey", "-noout"],
            "SEC1 behind its parameters" => ["ecparam", "-name", "prime256v1", "-genkey"],
            "encrypted PKCS#8" => ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes-256-cbc", "-pass", $"pass:{Passphrase}"],
            "compressed point" => ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "point-format:compressed"],
            _ => ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        };
        string path = _folder["key.pem"];
        Programs.Run("openssl", [.. make, "-out", path]);
        Programs.Run("openssl", "pkey", "-in", path, "-passin", $"pass:{Passphrase}", "-pubout", "-out", _folder["pub.pem"]);

        using var signer = PemManifestSigner.FromFile(path, Passphrase);
        byte[] document = await signer.SignAsync(Manifest, default);

        PublicKey trusted = PublicKey.FromFile(_folder["pub.pem"]);
        Assert.Equal(signer.PublicKey.Id, new SignatureVerifier([trusted]).Verify(Manifest, document, "m").Id);
    }

    [NeedsFact("openssl")]
    public void We_verify_what_OpenSsl_signed()
    {
        Programs.Run("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", _folder["key.pem"]);
        Programs.Run("openssl", "pkey", "-in", _folder["key.pem"], "-pubout", "-out", _folder["pub.pem"]);
        File.WriteAllBytes(_folder["m"], Manifest);
        Programs.Run("openssl", "dgst", "-sha256", "-sign", _folder["key.pem"], "-out", _folder["sig"], _folder["m"]);

        var key = PublicKey.FromFile(_folder["pub.pem"]);
        byte[] signature = File.ReadAllBytes(_folder["sig"]);
        Assert.True(key.Verifies(Manifest, signature));
        Assert.False(key.Verifies([.. Manifest, 0], signature));
    }

    [NeedsFact("openssl")]
    public void OpenSsl_opens_our_encrypted_key_with_its_passphrase_alone()
    {
        BundleKey key = BundleKey.Create(_folder["release.pem"], "s3cret ü", overwrite: false);
        Programs.Run("openssl", "pkey", "-in", key.Path, "-passin", "pass:s3cret ü", "-noout");
        Assert.NotEqual(0, Programs.Try("openssl", "pkey", "-in", key.Path, "-passin", "pass:other", "-noout").ExitCode);
    }

    [NeedsTheory("openssl")]
    [InlineData("secp384r1", "another curve than P-256")]
    [InlineData("secp256k1", "P-256")]
    [InlineData("RSA", "no private key for ECDSA P-256")]
    [InlineData("encrypted in the old way", "encrypted in the old way of OpenSSL")]
    [InlineData("EC parameters alone", "no PEM file with a key")]
    public void Other_kinds_of_key_are_refused_by_name(string kind, string reason)
    {
        string path = _folder["key.pem"];
        Programs.Run("openssl", kind switch
        {
            "RSA" => ["genpkey", "-algorithm", "RSA", "-out", path],
            "EC parameters alone" => ["ecparam", "-name", "prime256v1", "-out", path],
            "encrypted in the old way" => ["genrsa", "-traditional", "-aes128", "-passout", "pass:x", "-out", path],
            _ => ["genpkey", "-algorithm", "EC", "-pkeyopt", $"ec_paramgen_curve:{kind}", "-out", path],
        });
        var e = Assert.Throws<CumulusException>(() => PemManifestSigner.FromFile(path, "x"));
        Assert.Equal(ErrorIds.KeyInvalid, e.ErrorId);
        Assert.Contains(reason, e.Message);
        Assert.Contains(path, e.Message);
    }

    [NeedsTheory("openssl")]
    [InlineData("secp384r1")]
    [InlineData("RSA")]
    public void Other_kinds_of_public_key_are_refused(string kind)
    {
        string[] make = kind == "RSA" ? ["genpkey", "-algorithm", "RSA"] : ["genpkey", "-algorithm", "EC", "-pkeyopt", $"ec_paramgen_curve:{kind}"];
        Programs.Run("openssl", [.. make, "-out", _folder["key.pem"]]);
        Programs.Run("openssl", "pkey", "-in", _folder["key.pem"], "-pubout", "-out", _folder["pub.pem"]);
        var e = Assert.Throws<CumulusException>(() => PublicKey.FromFile(_folder["pub.pem"]));
        Assert.Contains("another kind than ECDSA P-256", e.Message);
    }
}
