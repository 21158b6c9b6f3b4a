using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>Finding, saving and removing what is published.</summary>
public sealed class StoredBundleTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeObjectStore _store = new();

    public void Dispose() => _folder.Dispose();

    private async Task<Bundle> PublishAsync(string environment, string version, string name = "web", string? content = null, IManifestSigner? signer = null)
    {
        string source = _folder.Folder(Guid.NewGuid().ToString("N"));
        File.WriteAllText(Path.Combine(source, "x"), content ?? $"{environment} {version} {name}");
        Bundle bundle = await new BundleBuilder().BuildAsync(BundleRequest.FromPath(name, source, source + ".out") with { Environment = environment, Version = version }, default);
        _store.Now += TimeSpan.FromDays(1);
        await new BundlePublisher(_store).PublishAsync(new PublishRequest { Bundle = bundle, Bucket = "b", Signer = signer }, default);
        return bundle;
    }

    private async Task<string[]> FindAsync(bool latest, params BundleQuery[] queries) =>
        [.. (await new BundleCatalog(_store, "b", "eu-west-1").FindAsync(queries, latest, default)).Select(b => $"{b.Environment} {b.Version} {b.Name}")];

    [Fact]
    public async Task Bundles_are_found_by_wildcards_the_oldest_first()
    {
        await PublishAsync("stage", "2");
        await PublishAsync("stage", "10");
        await PublishAsync("stage", "9", "api");
        await PublishAsync("prod", "2");
        _store["stage/3/bundle-stage-3-web.zip.manifest.json"] = [1];
        _store["stage/readme.zip"] = [1];
        _store["stage/4/bundle-stage-5-web.zip"] = [1];

        Assert.Equal(["prod 2 web", "stage 9 api", "stage 2 web", "stage 10 web"], await FindAsync(false, new BundleQuery()));
        Assert.Equal(["stage 2 web", "stage 10 web"], await FindAsync(false, new BundleQuery("ST*", Name: "w?b")));
        Assert.Equal(["prod 2 web", "stage 9 api", "stage 10 web"], await FindAsync(true, new BundleQuery()));
        Assert.Equal(["stage 10 web"], await FindAsync(false, new BundleQuery("stage", "10")));
        _store.Calls.Clear();
        Assert.Equal(["prod 2 web", "stage 10 web"], await FindAsync(false, new BundleQuery("stage", "10"), new BundleQuery("prod"), new BundleQuery("prod", "2")));
        Assert.Equal(["List prod/", "List stage/10/"], _store.Calls.Where(c => c.StartsWith("List", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_bundle_tells_what_is_known_of_it_and_one_of_the_old_program_what_is_not()
    {
        Bundle bundle = await PublishAsync("stage", "1", signer: new Signer());
        _store["stage/0/bundle-stage-0-web.zip"] = [1, 2, 3];
        IReadOnlyList<StoredBundle> found = await new BundleCatalog(_store, "b", "eu-west-1").FindAsync([new BundleQuery()], false, default);
        StoredBundle mine = found.Single(b => b.Version == "1");
        Assert.Equal((bundle.Digest, bundle.Sha256, bundle.Size, 1, true, true), (mine.Digest, mine.Sha256, mine.Size, mine.Files, mine.IsSigned, mine.HasManifest));
        Assert.Equal(_store.Now, mine.Published);
        StoredBundle old = found.Single(b => b.Version == "0");
        Assert.Equal((null, null, 3, null, false, false), (old.Digest, old.Sha256, old.Size, old.Files, old.IsSigned, old.HasManifest));
    }

    [Fact]
    public async Task Saved_are_archive_manifest_and_signature_and_a_second_time_nothing_is_fetched()
    {
        Bundle bundle = await PublishAsync("stage", "1", signer: new Signer());
        Bundle saved = await SaveAsync("1");
        Assert.Equal(bundle with { Path = saved.Path, ManifestPath = saved.ManifestPath }, saved);
        Assert.Equal(File.ReadAllBytes(bundle.Path), File.ReadAllBytes(saved.Path));
        Assert.Equal(File.ReadAllBytes(bundle.ManifestPath), File.ReadAllBytes(saved.ManifestPath));
        Assert.Equal(_store["stage/1/bundle-stage-1-web.zip.manifest.sig"], File.ReadAllBytes(saved.Path + ".manifest.sig"));
        _store.Calls.Clear();
        Assert.Equal(saved, await SaveAsync("1"));
        Assert.DoesNotContain(_store.Calls, c => c.StartsWith("Continue", StringComparison.Ordinal));
        Assert.Equal(3, Directory.GetFiles(_folder["saved"]).Length);
    }

    [Fact]
    public async Task Other_content_of_that_name_is_replaced_only_with_force()
    {
        Bundle bundle = await PublishAsync("stage", "1");
        string path = Path.Combine(_folder.Folder("saved"), "bundle-stage-1-web.zip");
        File.WriteAllText(path, "mine");
        var e = await Assert.ThrowsAsync<CumulusException>(() => SaveAsync("1"));
        Assert.Equal((ErrorIds.FileExists, path), (e.ErrorId, e.Target));
        Assert.Equal("mine", File.ReadAllText(path));
        await SaveAsync("1", force: true);
        Assert.Equal(File.ReadAllBytes(bundle.Path), File.ReadAllBytes(path));
    }

    [Fact]
    public async Task What_broke_off_is_gone_on_with()
    {
        Bundle bundle = await PublishAsync("stage", "1");
        const string key = "stage/1/bundle-stage-1-web.zip";
        string etag = (await _store.FindAsync("b", key, default))!.ETag.Trim('"');
        string part = Path.Combine(_folder.Folder("saved"), $"bundle-stage-1-web.zip.{etag}.part");
        File.WriteAllBytes(part, File.ReadAllBytes(bundle.Path)[..50]);
        Assert.Equal(File.ReadAllBytes(bundle.Path), File.ReadAllBytes((await SaveAsync("1")).Path));
        Assert.False(File.Exists(part));

        File.Delete(Path.Combine(_folder["saved"], "bundle-stage-1-web.zip"));
        File.WriteAllBytes(part, new byte[50]);
        Assert.Equal(ErrorIds.BundleDigestMismatch, (await Assert.ThrowsAsync<CumulusException>(() => SaveAsync("1"))).ErrorId);
        await SaveAsync("1");
    }

    [Fact]
    public async Task An_archive_that_is_not_what_its_manifest_says_is_not_saved()
    {
        Bundle bundle = await PublishAsync("stage", "1");
        byte[] bytes = File.ReadAllBytes(bundle.Path);
        bytes[40] ^= 1;
        _store["stage/1/bundle-stage-1-web.zip"] = bytes;
        Assert.Equal(ErrorIds.BundleDigestMismatch, (await Assert.ThrowsAsync<CumulusException>(() => SaveAsync("1"))).ErrorId);
        Assert.Empty(Directory.GetFiles(_folder["saved"]));
        Assert.Equal(ErrorIds.BundleNotFound, (await Assert.ThrowsAsync<CumulusException>(() => SaveAsync("2"))).ErrorId);
    }

    [Fact]
    public async Task The_archive_is_deleted_first_and_the_note_of_its_content_last_D31()
    {
        Bundle bundle = await PublishAsync("stage", "1", content: "same");
        await PublishAsync("stage", "2", content: "same");
        IReadOnlyList<BundleRemoval> plan = await PlanAsync(new BundleQuery("stage", "2"));
        _store.Calls.Clear();
        IReadOnlyList<BundleRemoval> gone = await new BundleRemover(_store, "b", null).RemoveAsync(plan, e => throw e, default);
        Assert.Equal(RemovalAction.Removed, Assert.Single(gone).Action);
        const string key = "stage/2/bundle-stage-2-web.zip";
        string note = ContentPointer.KeyOf(bundle.Digest, BundleFormat.Zip);
        Assert.Equal([$"Delete {key}", $"Delete {key}.manifest.sig", $"Delete {key}.manifest.json", $"Get {note}", $"Delete {note}"], _store.Calls);
        Assert.Equal(["stage/1/bundle-stage-1-web.zip", "stage/1/bundle-stage-1-web.zip.manifest.json"], _store.Keys);
    }

    [Fact]
    public async Task A_removal_that_is_killed_after_the_archive_leaves_nothing_that_looks_published()
    {
        await PublishAsync("stage", "1");
        IReadOnlyList<BundleRemoval> plan = await PlanAsync(new BundleQuery());
        _store.BeforeCall = (operation, key) =>
        {
            if (operation == "Delete" && !key.EndsWith(".zip", StringComparison.Ordinal)) throw new InvalidOperationException("killed");
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => new BundleRemover(_store, "b", null).RemoveAsync(plan, e => throw e, default));
        _store.BeforeCall = null;
        Assert.Empty(await FindAsync(false, new BundleQuery()));
    }

    private async Task<IReadOnlyList<BundleRemoval>> PlanAsync(BundleQuery query) =>
        Retention.Plan(await new BundleCatalog(_store, "b", null).FindAsync([query], false, default), [], new RetentionRule());

    private Task<Bundle> SaveAsync(string version, bool force = false) =>
        new BundleSaver(_store).SaveAsync(new SaveRequest { Bucket = "b", Key = $"stage/{version}/bundle-stage-{version}-web.zip", Folder = _folder["saved"], Force = force }, default);

    private sealed class Signer : IManifestSigner
    {
        public Task<byte[]> SignAsync(ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken) => Task.FromResult<byte[]>([1, 2, 3]);
    }
}
