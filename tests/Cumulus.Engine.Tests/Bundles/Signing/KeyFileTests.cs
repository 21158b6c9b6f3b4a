using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles.Signing;

public sealed class KeyFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_private_key_is_its_owners_alone_and_has_its_public_key_beside_it()
    {
        BundleKey key = BundleKey.Create(_folder["keys/release.pem"], default, overwrite: false);
        Assert.Equal((_folder["keys/release.pem"], _folder["keys/release.pub.pem"]), (key.Path, key.PublicKeyPath));
        if (!OperatingSystem.IsWindows()) Assert.Equal(OwnerOnly, _folder.Mode("keys/release.pem"));
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----\n", _folder.Read("keys/release.pem"));
        Assert.EndsWith("-----END PUBLIC KEY-----\n", _folder.Read("keys/release.pub.pem"));
        Assert.Equal(2, Directory.GetFiles(_folder["keys"]).Length);

        List<string> warnings = [];
        using var signer = PemManifestSigner.FromFile(key.Path, default, warnings.Add);
        Assert.Equal((key.KeyId, key.KeyId), (signer.PublicKey.Id, PublicKey.FromFile(key.PublicKeyPath).Id));
        Assert.Empty(warnings);
    }

    [Theory]
    [InlineData("a/release.pem", "a/release.pub.pem")]
    [InlineData("a/release.KEY", "a/release.pub.pem")]
    [InlineData("a/release.v2", "a/release.v2.pub.pem")]
    [InlineData("a/release", "a/release.pub.pem")]
    public void The_public_key_is_named_after_the_private_one(string path, string expected) => Assert.Equal(expected, BundleKey.PublicPathOf(path));

    [Theory]
    [InlineData("release.pem")]
    [InlineData("release.pub.pem")]
    public void A_key_that_is_there_is_not_overwritten_without_force(string there)
    {
        _folder.Write(there, "mine");
        var e = Assert.Throws<CumulusException>(() => BundleKey.Create(_folder["release.pem"], default, overwrite: false));
        Assert.Equal((ErrorIds.KeyAlreadyExists, FailureKind.Conflict), (e.ErrorId, e.Kind));
        Assert.Contains(_folder[there], e.Message);
        Assert.Equal("mine", _folder.Read(there));
        Assert.Single(Directory.GetFiles(_folder.Path));

        Assert.NotEmpty(BundleKey.Create(_folder["release.pem"], default, overwrite: true).KeyId);
        if (!OperatingSystem.IsWindows()) Assert.Equal(OwnerOnly, _folder.Mode("release.pem"));
        using var signer = PemManifestSigner.FromFile(_folder["release.pem"]);
        Assert.Equal(signer.PublicKey.Id, PublicKey.FromFile(_folder["release.pub.pem"]).Id);
    }

    [NeedsFact(Need.Unix)]
    public void A_private_key_that_others_can_read_is_warned_of_by_name()
    {
        BundleKey key = BundleKey.Create(_folder["release.pem"], default, overwrite: false);
        _folder.SetMode("release.pem", OwnerOnly | UnixFileMode.OtherRead);
        List<string> warnings = [];
        PemManifestSigner.FromFile(key.Path, default, warnings.Add).Dispose();
        Assert.Contains($"chmod 600 {key.Path}", Assert.Single(warnings));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hunter2")]
    public void A_missing_or_wrong_passphrase_is_told_and_never_shown(string passphrase)
    {
        BundleKey key = BundleKey.Create(_folder["release.pem"], "right", overwrite: false);
        Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----", _folder.Read("release.pem"));
        var e = Assert.Throws<CumulusException>(() => PemManifestSigner.FromFile(key.Path, passphrase));
        Assert.Equal((ErrorIds.KeyPassphraseRejected, FailureKind.AccessDenied), (e.ErrorId, e.Kind));
        Assert.Contains(passphrase.Length == 0 ? "no passphrase was given" : "does not open with the passphrase", e.Message);
        Assert.DoesNotContain("hunter2", e.ToString());

        using var signer = PemManifestSigner.FromFile(key.Path, "right");
        Assert.Equal(key.KeyId, signer.PublicKey.Id);
    }

    [Fact]
    public void Files_that_hold_no_usable_key_are_told_apart()
    {
        BundleKey key = BundleKey.Create(_folder["release.pem"], default, overwrite: false);
        string text = _folder.Read("release.pem");
        Assert.Equal(ErrorIds.KeyNotFound, SignerFailure(_folder["absent.pem"]).ErrorId);
        Assert.Contains("public key, which cannot sign", SignerFailure(key.PublicKeyPath).Message);
        Assert.Contains("no PEM file", SignerFailure(_folder.Write("empty", "")).Message);
        Assert.Contains("no PEM file", SignerFailure(_folder.Write("garbage", "\0\u0001ÿ garbage")).Message);
        Assert.Contains("no PEM file", SignerFailure(_folder.Write("cut", text[..^20])).Message);
        Assert.Contains("more than one key", SignerFailure(_folder.Write("two", text + text)).Message);
        Assert.Contains("more than 65536 bytes", SignerFailure(_folder.Write("large", new string('x', 70_000))).Message);
        string damaged = text.Replace("\nMIGH", "\nMIGA", StringComparison.Ordinal);
        Assert.NotEqual(text, damaged);
        CumulusException e = SignerFailure(_folder.Write("damaged", damaged));
        Assert.Contains("or is damaged", e.Message);
        Assert.DoesNotContain(text.Split('\n')[1][10..30], e.ToString());

        Assert.Contains("private key", PublicFailure(key.Path).Message);
        Assert.Contains("no public key", PublicFailure(_folder.Write("cert", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")).Message);
        Assert.Contains("another kind", PublicFailure(_folder.Write("short", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")).Message);

        static CumulusException SignerFailure(string path) => Assert.Throws<CumulusException>(() => PemManifestSigner.FromFile(path));
        static CumulusException PublicFailure(string path)
        {
            var failure = Assert.Throws<CumulusException>(() => PublicKey.FromFile(path));
            Assert.Equal((ErrorIds.KeyInvalid, path), (failure.ErrorId, failure.Target));
            return failure;
        }
    }
}
