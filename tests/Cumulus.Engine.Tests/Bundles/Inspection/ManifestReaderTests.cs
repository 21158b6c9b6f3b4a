using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles.Inspection;

public sealed class ManifestReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeObjectStore _store = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_archive_its_manifest_and_an_archive_alone_tell_the_same()
    {
        Bundle bundle = await BuildAsync();
        BundleManifest byArchive = await ReadAsync(bundle.Path);
        BundleManifest byManifest = await ReadAsync(bundle.ManifestPath);
        File.Delete(bundle.ManifestPath);
        BundleManifest readThrough = await ReadAsync(bundle.Path);
        Assert.Equal(["run", "x"], byArchive.Entries.Select(e => e.Name));
        Assert.Equal(byArchive.Entries, byManifest.Entries);
        Assert.Equal((byArchive.Digest, byArchive.Sha256, byArchive.Size), (readThrough.Digest, readThrough.Sha256, readThrough.Size));
        Assert.False(File.Exists(bundle.ManifestPath));

        Task<BundleManifest> ReadAsync(string path) => new ManifestReader(null).ReadAsync(BundleReference.InFile(path), default);
    }

    [Fact]
    public async Task A_manifest_of_another_archive_is_not_believed()
    {
        Bundle bundle = await BuildAsync();
        byte[] manifest = File.ReadAllBytes(bundle.ManifestPath);
        _folder.Write("site/x", "2");
        await BuildAsync(asItIs: true);
        File.WriteAllBytes(bundle.ManifestPath, manifest);
        Assert.Equal(ErrorIds.BundleDigestMismatch, (await FailAsync(BundleReference.InFile(bundle.Path))).ErrorId);
    }

    [Theory]
    [InlineData("absent.zip")]
    [InlineData("absent.zip.manifest.json")]
    public async Task A_file_that_is_not_there_is_named(string name)
    {
        CumulusException e = await FailAsync(BundleReference.InFile(_folder[name]));
        Assert.Equal((ErrorIds.BundleNotFound, _folder[name]), (e.ErrorId, e.Target));
    }

    [Theory]
    [InlineData(".zip")]
    [InlineData(".tar.gz")]
    [InlineData(".tar.bz2")]
    public async Task Of_a_published_bundle_the_manifest_alone_is_fetched_whatever_its_format(string ending)
    {
        Bundle bundle = await BuildAsync();
        string key = "stage/1/bundle-stage-1-web" + ending;
        _store[key] = [];
        _store[key + BundleManifest.Suffix] = File.ReadAllBytes(bundle.ManifestPath);

        BundleManifest manifest = await ReadAsync(BundleReference.InBucket("b", "stage", "1", "web"));
        Assert.Equal(bundle.Digest, manifest.Digest);
        Assert.All(_store.Downloads, k => Assert.EndsWith(BundleManifest.Suffix, k));
        Assert.Equal(bundle.Digest, (await ReadAsync(BundleReference.InBucket("b", key))).Digest);
    }

    [Fact]
    public async Task A_key_that_is_free_and_an_archive_without_a_manifest_are_told_apart()
    {
        CumulusException e = await FailAsync(BundleReference.InBucket("b", "stage", "1", "web"));
        Assert.Equal(ErrorIds.BundleNotFound, e.ErrorId);
        Assert.Contains("There is no bundle s3://b/stage/1/bundle-stage-1-web.zip", e.Message);
        _store["stage/1/bundle-stage-1-web.tar.gz"] = [];
        e = await FailAsync(BundleReference.InBucket("b", "stage", "1", "web"));
        Assert.Contains("s3://b/stage/1/bundle-stage-1-web.tar.gz has no manifest", e.Message);
    }

    private Task<BundleManifest> ReadAsync(BundleReference bundle) => new ManifestReader(_store).ReadAsync(bundle, default);

    private Task<CumulusException> FailAsync(BundleReference bundle) => Assert.ThrowsAsync<CumulusException>(() => ReadAsync(bundle));

    private async Task<Bundle> BuildAsync(bool asItIs = false)
    {
        if (!asItIs) _folder.Write("site/x", "1");
        _folder.Write("site/run", "#!/bin/sh\n", EntryMode.DefaultFolder);
        return await new BundleBuilder().BuildAsync(BundleRequest.FromPath("web", _folder["site"], _folder["out"]), default);
    }
}
