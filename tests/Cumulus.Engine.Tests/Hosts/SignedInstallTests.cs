using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>A host that has a public key installs nothing unsigned.</summary>
public sealed class SignedInstallTests : IDisposable
{
    private static readonly (string, string)[] Files = [("srv/x", "1")];

    private readonly HostFixture _fixture = new();
    private readonly TempFolder _keys = new();
    private readonly PemManifestSigner _signer;

    public SignedInstallTests() => _signer = NewSigner("release.pem");

    public void Dispose()
    {
        _signer.Dispose();
        _keys.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public async Task A_signed_bundle_is_installed()
    {
        await PublishSignedAsync("web", "1");
        await InstallAsync("1", [_signer.PublicKey]);
        Assert.Equal("1", _fixture.Host.Read("srv/x"));
    }

    [Fact]
    public async Task An_unsigned_bundle_is_refused_before_its_archive_is_fetched()
    {
        await _fixture.PublishAsync("web", "1", Files);
        CumulusException e = await RefusedAsync("1");
        Assert.Equal(ErrorIds.SignatureMissing, e.ErrorId);
        Assert.Equal([HostFixture.KeyOf("web", "1") + ".manifest.json", HostFixture.KeyOf("web", "1") + ".manifest.sig"], _fixture.Store.Downloads);
    }

    [Fact]
    public async Task A_bundle_without_a_manifest_counts_as_unsigned_and_an_absent_one_as_absent()
    {
        await _fixture.PublishAsync("web", "1", Files);
        _fixture.Store.Remove(HostFixture.KeyOf("web", "1") + ".manifest.json");
        Assert.Equal(ErrorIds.SignatureMissing, (await RefusedAsync("1")).ErrorId);
        Assert.Equal(ErrorIds.BundleNotFound, (await RefusedAsync("2")).ErrorId);
    }

    [Fact]
    public async Task A_manifest_that_was_changed_after_it_was_signed_is_refused()
    {
        await PublishSignedAsync("web", "1");
        string key = HostFixture.KeyOf("web", "1") + SignatureDocument.Suffix;
        byte[] signature = _fixture.Store[key];
        await _fixture.PublishAsync("web", "1", ("srv/x", "2"));
        _fixture.Store[key] = signature;
        CumulusException e = await RefusedAsync("1");
        Assert.Equal((ErrorIds.SignatureInvalid, FailureKind.SecurityViolation), (e.ErrorId, e.Kind));
        Assert.DoesNotContain(HostFixture.KeyOf("web", "1"), _fixture.Store.Downloads);
    }

    [Fact]
    public async Task A_bundle_of_a_key_that_the_host_does_not_trust_is_refused()
    {
        using PemManifestSigner other = NewSigner("other.pem");
        await PublishSignedAsync("web", "1");
        var e = await Assert.ThrowsAsync<CumulusException>(() => InstallAsync("1", [other.PublicKey]));
        Assert.Equal(ErrorIds.SignatureInvalid, e.ErrorId);
        Assert.Contains(_signer.PublicKey.Id, e.Message);
    }

    /// <summary>Who may write to the bucket and has no key must not pass an old version off as a new one.</summary>
    [Theory]
    [InlineData("web", "2")]
    [InlineData("api", "1")]
    public async Task A_signed_bundle_that_was_copied_to_another_key_is_refused(string name, string version)
    {
        await PublishSignedAsync("web", "1");
        foreach (string suffix in (string[])["", ".manifest.json", ".manifest.sig"])
            _fixture.Store[HostFixture.KeyOf(name, version) + suffix] = _fixture.Store[HostFixture.KeyOf("web", "1") + suffix];

        InstallRequest request = _fixture.Request(version, name) with { TrustedKeys = [_signer.PublicKey] };
        var e = await Assert.ThrowsAsync<CumulusException>(() => new BundleInstaller(_fixture.Store).InstallAsync(request, default));
        Assert.Equal(ErrorIds.SignatureInvalid, e.ErrorId);
        Assert.Contains("is signed as bundle 'web', version '1', of environment 'stage'", e.Message);
        Assert.Empty(_fixture.Snapshot());
    }

    [Fact]
    public async Task An_archive_on_this_machine_needs_its_signature_beside_it()
    {
        Bundle bundle = await _fixture.PublishAsync("web", "1", Files);
        InstallRequest request = new() { Bundles = [InstallSource.InFile(bundle.Path)], RootPath = _fixture.Host.Path, TrustedKeys = [_signer.PublicKey] };
        var e = await Assert.ThrowsAsync<CumulusException>(() => new BundleInstaller(null).InstallAsync(request, default));
        Assert.Equal(ErrorIds.SignatureMissing, e.ErrorId);

        File.WriteAllBytes(bundle.Path + SignatureDocument.Suffix, await _signer.SignAsync(File.ReadAllBytes(bundle.ManifestPath), default));
        await new BundleInstaller(null).InstallAsync(request, default);
        Assert.Equal("1", _fixture.Host.Read("srv/x"));
    }

    [Fact]
    public async Task Keys_in_the_hosts_own_folder_count_when_the_request_names_none()
    {
        _fixture.Host.Write("etc/cumulus/keys/release.pem", File.ReadAllText(_keys["release.pub.pem"]));
        await _fixture.PublishAsync("web", "1", Files);
        Assert.Equal(ErrorIds.SignatureMissing, (await _fixture.FailAsync("1", "web")).ErrorId);

        await PublishSignedAsync("web", "1");
        await _fixture.InstallAsync("1", "web");
        Assert.Equal("1", _fixture.Host.Read("srv/x"));
        HostInventory inventory = await HostInventory.ReadAsync(_fixture.Host.Path, default);
        Assert.Equal(_signer.PublicKey.Id, (await inventory.DescribeAsync(inventory.Find(["web"]), Assert.Fail, default))[0].SignedBy);
    }

    [Theory]
    [InlineData("release.txt", "no key at all", ErrorIds.KeyInvalid)]
    [InlineData(null, null, ErrorIds.KeyNotFound)]
    public async Task A_folder_of_keys_that_holds_no_key_lets_nothing_in(string? file, string? content, string errorId)
    {
        _fixture.Host.Folder("etc/cumulus/keys");
        if (file is not null) _fixture.Host.Write($"etc/cumulus/keys/{file}", content!);
        await PublishSignedAsync("web", "1");
        Assert.Equal(errorId, (await _fixture.FailAsync("1", "web")).ErrorId);
        Assert.False(File.Exists(_fixture.Host["srv/x"]));
    }

    private async Task PublishSignedAsync(string name, string version)
    {
        Bundle bundle = await _fixture.PublishAsync(name, version, Files);
        _fixture.Store[HostFixture.KeyOf(name, version) + SignatureDocument.Suffix] = await _signer.SignAsync(File.ReadAllBytes(bundle.ManifestPath), default);
    }

    private Task InstallAsync(string version, IReadOnlyList<PublicKey> trusted) =>
        new BundleInstaller(_fixture.Store).InstallAsync(_fixture.Request(version, "web") with { TrustedKeys = trusted }, default);

    private async Task<CumulusException> RefusedAsync(string version)
    {
        _fixture.Store.Downloads.Clear();
        var e = await Assert.ThrowsAsync<CumulusException>(() => InstallAsync(version, [_signer.PublicKey]));
        Assert.Empty(_fixture.Snapshot());
        return e;
    }

    private PemManifestSigner NewSigner(string name) => PemManifestSigner.FromFile(BundleKey.Create(_keys[name], default, overwrite: false).Path);
}
