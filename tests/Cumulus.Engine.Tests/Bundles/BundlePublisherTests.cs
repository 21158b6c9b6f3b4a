using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class BundlePublisherTests : IDisposable
{
    private const string Key = "stage/1/bundle-stage-1-web.zip";
    private readonly TempFolder _folder = new();
    private readonly FakeObjectStore _store = new();

    public void Dispose() => _folder.Dispose();

    private async Task<Bundle> BuildAsync(string content, string? environment = "stage", string? version = "1")
    {
        string source = _folder.Folder(Guid.NewGuid().ToString("N"));
        File.WriteAllText(Path.Combine(source, "x"), content);
        return await new BundleBuilder().BuildAsync(BundleRequest.FromPath("web", source, source + ".out") with { Environment = environment, Version = version }, default);
    }

    private async Task<PublishedBundle> PublishAsync(Bundle bundle, bool force = false) =>
        await new BundlePublisher(_store).PublishAsync(new PublishRequest { Bundle = bundle, Bucket = "b", Region = "eu-west-1", Force = force }, default);

    private Task<CumulusException> FailAsync(PublishRequest request) =>
        Assert.ThrowsAsync<CumulusException>(() => new BundlePublisher(_store).PublishAsync(request, default));

    [Fact]
    public async Task Archive_and_manifest_go_up_the_manifest_first_with_digests_as_metadata()
    {
        Bundle bundle = await BuildAsync("1");
        PublishedBundle published = await PublishAsync(bundle);
        Assert.Equal((PublishState.Published, Key, "b", "eu-west-1"), (published.State, published.Key, published.Bucket, published.Region));
        Assert.Equal([Key + ".manifest.json", Key], _store.Uploads);
        StoredObject? there = await _store.FindAsync("b", Key, default);
        Assert.Equal((bundle.Digest, bundle.Sha256, "1"), (there!.Metadata["cumulus-digest"], there.Metadata["cumulus-sha256"], there.Metadata["cumulus-files"]));
    }

    [Fact]
    public async Task The_same_content_again_sends_nothing_D29()
    {
        await PublishAsync(await BuildAsync("1"));
        _store.Calls.Clear();
        Assert.Equal(PublishState.Unchanged, (await PublishAsync(await BuildAsync("1"))).State);
        Assert.Equal(["Find " + Key], _store.Calls);
    }

    [Fact]
    public async Task Other_content_under_a_published_version_is_refused_D30()
    {
        await PublishAsync(await BuildAsync("1"));
        byte[] before = _store[Key];
        Bundle other = await BuildAsync("2");
        CumulusException e = await FailAsync(new PublishRequest { Bundle = other, Bucket = "b" });
        Assert.Equal((ErrorIds.BundleAlreadyPublished, FailureKind.Conflict), (e.ErrorId, e.Kind));
        Assert.Contains($"s3://b/{Key}", e.Message);
        Assert.Contains(other.Digest, e.Message);
        Assert.Equal(before, _store[Key]);
        Assert.Equal(PublishState.Replaced, (await PublishAsync(other, force: true)).State);
        Assert.Equal(File.ReadAllBytes(other.Path), _store[Key]);
        Assert.Equal(File.ReadAllBytes(other.ManifestPath), _store[Key + ".manifest.json"]);
    }

    [Theory]
    [InlineData(Key + ".manifest.json")]
    [InlineData(Key)]
    public async Task Of_two_racing_publishers_one_wins_and_the_other_is_told(string between)
    {
        Bundle mine = await BuildAsync("1");
        Bundle theirs = await BuildAsync("2");
        bool raced = false;
        _store.BeforeUpload = key =>
        {
            if (raced || key != between) return;
            raced = true;
            if (between == Key) _store.Remove(Key + ".manifest.json");
            PublishAsync(theirs).GetAwaiter().GetResult();
        };
        CumulusException e = await FailAsync(new PublishRequest { Bundle = mine, Bucket = "b" });
        Assert.Equal(ErrorIds.BundleAlreadyPublished, e.ErrorId);
        Assert.Equal(File.ReadAllBytes(theirs.Path), _store[Key]);
        Assert.Equal(File.ReadAllBytes(theirs.ManifestPath), _store[Key + ".manifest.json"]);
    }

    [Fact]
    public async Task Of_two_that_publish_the_same_both_are_right()
    {
        Bundle mine = await BuildAsync("1");
        bool raced = false;
        _store.BeforeUpload = _ =>
        {
            if (raced) return;
            raced = true;
            PublishAsync(mine).GetAwaiter().GetResult();
        };
        Assert.Equal(PublishState.Unchanged, (await PublishAsync(mine)).State);
    }

    [Fact]
    public async Task A_publisher_that_died_between_the_two_is_carried_on_by_the_same_content_alone()
    {
        Bundle bundle = await BuildAsync("1");
        await PublishAsync(bundle);
        _store.Remove(Key);
        CumulusException e = await FailAsync(new PublishRequest { Bundle = await BuildAsync("2"), Bucket = "b" });
        Assert.Contains("began to publish other content", e.Message);
        Assert.Equal(PublishState.Published, (await PublishAsync(bundle)).State);
        Assert.Equal(File.ReadAllBytes(bundle.Path), _store[Key]);
    }

    [Fact]
    public async Task What_the_old_program_published_is_content_of_unknown_digest()
    {
        _store[Key] = [1, 2, 3];
        CumulusException e = await FailAsync(new PublishRequest { Bundle = await BuildAsync("1"), Bucket = "b" });
        Assert.Equal(ErrorIds.BundleAlreadyPublished, e.ErrorId);
        Assert.Contains("unknown digest", e.Message);
    }

    [Fact]
    public async Task Version_and_bucket_are_needed_before_anything_is_sent_D12()
    {
        Bundle plain = await BuildAsync("1", null, null);
        Assert.Equal(ErrorIds.VersionMissing, (await FailAsync(new PublishRequest { Bundle = plain, Bucket = "b" })).ErrorId);
        Assert.Equal(ErrorIds.VersionMissing, (await FailAsync(new PublishRequest { Bundle = plain, Bucket = "b", Environment = "stage" })).ErrorId);
        Assert.Equal(ErrorIds.BucketMissing, (await FailAsync(new PublishRequest { Bundle = plain, Environment = "stage", Version = "1" })).ErrorId);
        Assert.Empty(_store.Uploads);
    }

    [Fact]
    public async Task A_plain_bundle_may_be_published_for_an_environment_but_not_one_for_another()
    {
        PublishRequest request = new() { Bundle = await BuildAsync("1", null, null), Bucket = "b", Environment = "stage", Version = "1" };
        Assert.Equal(Key, (await new BundlePublisher(_store).PublishAsync(request, default)).Key);
        CumulusException e = await FailAsync(request with { Bundle = await BuildAsync("1"), Environment = "prod" });
        Assert.Equal(ErrorIds.BundleEnvironmentMismatch, e.ErrorId);
    }

    [Fact]
    public async Task The_plan_tells_the_state_and_sends_nothing()
    {
        Bundle bundle = await BuildAsync("1");
        var publisher = new BundlePublisher(_store);
        Assert.Equal(PublishState.Published, (await publisher.PlanAsync(new PublishRequest { Bundle = bundle, Bucket = "b" }, default)).State);
        Assert.Empty(_store.Uploads);
    }

    [Fact]
    public async Task A_bundle_whose_files_are_gone_is_named()
    {
        Bundle bundle = await BuildAsync("1");
        File.Delete(bundle.Path);
        CumulusException e = await FailAsync(new PublishRequest { Bundle = bundle, Bucket = "b" });
        Assert.Equal((ErrorIds.BundleNotFound, bundle.Path), (e.ErrorId, e.Target));
    }

    [Fact]
    public async Task An_archive_is_known_again_by_its_manifest_and_a_foreign_one_gets_one()
    {
        Bundle bundle = await BuildAsync("1");
        Assert.Equal(bundle, await BundleFile.ReadAsync(bundle.Path, default));
        string foreign = _folder["foreign.zip"];
        File.Copy(bundle.Path, foreign);
        Bundle read = await BundleFile.ReadAsync(foreign, default);
        Assert.Equal((bundle.Digest, "foreign", null), (read.Digest, read.Name, read.Environment));
        File.Copy((await BuildAsync("2")).Path, foreign, overwrite: true);
        var e = await Assert.ThrowsAsync<CumulusException>(() => BundleFile.ReadAsync(foreign, default));
        Assert.Equal(ErrorIds.BundleDigestMismatch, e.ErrorId);
    }
}
