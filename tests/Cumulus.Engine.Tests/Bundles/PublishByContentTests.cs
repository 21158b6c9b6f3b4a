using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>Copies in the bucket, signatures, other formats, options, and publishers that died or raced.</summary>
public sealed class PublishByContentTests : IDisposable
{
    private const string Key1 = "stage/1/bundle-stage-1-web.zip";
    private const string Key2 = "stage/2/bundle-stage-2-web.zip";
    private readonly TempFolder _folder = new();
    private readonly FakeObjectStore _store = new();
    private readonly List<string> _log = [];

    public void Dispose() => _folder.Dispose();

    private async Task<Bundle> BuildAsync(string content, string? version = "1", string? environment = "stage")
    {
        string source = _folder.Folder(Guid.NewGuid().ToString("N"));
        File.WriteAllText(Path.Combine(source, "x"), content);
        return await new BundleBuilder().BuildAsync(BundleRequest.FromPath("web", source, source + ".out") with { Environment = environment, Version = version }, default);
    }

    // The same content in other bytes, as another runtime's compressor would make it: the archive has a comment.
    private async Task<Bundle> BuildOtherBytesAsync(string content, string version)
    {
        Bundle bundle = await BuildAsync(content, version);
        byte[] bytes = await File.ReadAllBytesAsync(bundle.Path);
        bytes[^2] = 1;
        await File.WriteAllBytesAsync(bundle.Path, [.. bytes, (byte)'!']);
        BundleManifest manifest = await BundleManifest.ReadAsync(bundle.ManifestPath, false, default);
        string sha256 = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(bundle.Path))).ToLowerInvariant();
        manifest = manifest with { Size = bytes.Length + 1, Sha256 = sha256 };
        await File.WriteAllBytesAsync(bundle.ManifestPath, manifest.ToBytes());
        return bundle with { Size = manifest.Size, Sha256 = sha256 };
    }

    private PublishRequest Request(Bundle bundle) => new() { Bundle = bundle, Bucket = "b", Log = _log.Add };

    private Task<PublishedBundle> PublishAsync(PublishRequest request) => new BundlePublisher(_store).PublishAsync(request, default);

    private Task<PublishedBundle> PublishAsync(Bundle bundle) => PublishAsync(Request(bundle));

    private BundleManifest ManifestAt(string key) => BundleManifest.Read(_store[key + BundleManifest.Suffix], key, false);

    [Fact]
    public async Task Content_that_the_bucket_holds_under_another_version_is_copied_and_not_uploaded()
    {
        await PublishAsync(await BuildAsync("1", "1"));
        Bundle second = await BuildAsync("1", "2");
        _store.Uploads.Clear();

        PublishedBundle published = await PublishAsync(second);

        Assert.Equal((PublishState.Copied, Key1), (published.State, published.CopiedFrom));
        Assert.Equal([Key2 + BundleManifest.Suffix], _store.Uploads);
        Assert.Equal(_store[Key1], _store[Key2]);
        Assert.Equal(File.ReadAllBytes(second.ManifestPath), _store[Key2 + BundleManifest.Suffix]);
        Assert.Equal(second.Digest, (await _store.FindAsync("b", Key2, default))!.Metadata["cumulus-digest"]);
    }

    [Fact]
    public async Task It_is_copied_from_another_environment_too_and_its_manifest_has_the_new_name()
    {
        await PublishAsync(await BuildAsync("1", "1", "prod"));
        Assert.Equal("prod/1/bundle-prod-1-web.zip", (await PublishAsync(await BuildAsync("1", "1"))).CopiedFrom);
        BundleManifest manifest = ManifestAt(Key1);
        Assert.Equal(("stage", "1", "bundle-stage-1-web.zip"), (manifest.Environment, manifest.Version, manifest.Archive));
    }

    [Fact]
    public async Task The_manifest_of_a_copy_tells_of_the_bytes_that_were_copied()
    {
        Bundle first = await BuildOtherBytesAsync("1", "1");
        await PublishAsync(first);
        Bundle second = await BuildAsync("1", "2");
        Assert.NotEqual(first.Sha256, second.Sha256);

        PublishedBundle published = await PublishAsync(second);

        Assert.Equal((PublishState.Copied, first.Size), (published.State, published.Size));
        BundleManifest manifest = ManifestAt(Key2);
        Assert.Equal((first.Sha256, first.Size, "2", "bundle-stage-2-web.zip"), (manifest.Sha256, manifest.Size, manifest.Version, manifest.Archive));
        Assert.Equal(first.Sha256, _store.WriteOf(Key2).Metadata["cumulus-sha256"]);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("other content")]
    [InlineData("damaged note")]
    [InlineData("denied")]
    [InlineData("gone while copying")]
    [InlineData("copy fails")]
    public async Task A_stale_note_of_where_content_lies_falls_back_to_upload(string how)
    {
        Bundle first = how == "gone while copying" ? await BuildOtherBytesAsync("1", "1") : await BuildAsync("1", "1");
        await PublishAsync(first);
        string note = ContentPointer.KeyOf(first.Digest, BundleFormat.Zip);
        switch (how)
        {
            case "gone":
                _store.Remove(Key1);
                break;
            case "other content":
                await PublishAsync(Request(await BuildAsync("2", "1")) with { Force = true });
                break;
            case "damaged note":
                _store[note] = "{"u8.ToArray();
                break;
            case "denied":
                _store.BeforeCall = (_, key) =>
                {
                    if (key.StartsWith(".cumulus/", StringComparison.Ordinal)) throw new CumulusException(ErrorIds.AccessDenied, FailureKind.AccessDenied, "denied");
                };
                break;
            case "gone while copying":
                _store.BeforeCall = (operation, _) =>
                {
                    if (operation == "Copy") _store.Remove(Key1);
                };
                break;
            default:
                _store.BeforeCall = (operation, _) =>
                {
                    if (operation == "Copy") throw new CumulusException(ErrorIds.AccessDenied, FailureKind.AccessDenied, "InvalidObjectState");
                };
                break;
        }

        Bundle second = await BuildAsync("1", "2");
        PublishedBundle published = await PublishAsync(second);

        Assert.Equal((PublishState.Published, null), (published.State, published.CopiedFrom));
        Assert.Equal(File.ReadAllBytes(second.Path), _store[Key2]);
        Assert.Equal(File.ReadAllBytes(second.ManifestPath), _store[Key2 + BundleManifest.Suffix]);
        if (how is "denied" or "copy fails") Assert.NotEmpty(_log);
    }

    [Fact]
    public async Task A_bundle_that_was_built_for_no_environment_gets_its_identity_when_it_is_published()
    {
        Bundle plain = await BuildAsync("1", null, null);
        await PublishAsync(Request(plain) with { Environment = "stage", Version = "1" });
        BundleManifest manifest = ManifestAt(Key1);
        Assert.Equal(("stage", "1", "web", "bundle-stage-1-web.zip", plain.Sha256), (manifest.Environment, manifest.Version, manifest.Name, manifest.Archive, manifest.Sha256));
    }

    [Fact]
    public async Task The_signature_is_of_the_published_manifest_and_goes_up_before_the_archive()
    {
        Bundle bundle = await BuildAsync("1");
        await PublishAsync(Request(bundle) with { Signer = new Signer() });
        Assert.Equal([Key1 + ".manifest.json", Key1 + ".manifest.sig", Key1], _store.Uploads);
        Assert.Equal(Signer.Of(_store[Key1 + ".manifest.json"]), _store[Key1 + ".manifest.sig"]);
    }

    [Fact]
    public async Task The_same_content_gets_a_signature_that_is_missing_and_keeps_one_that_is_there()
    {
        Bundle bundle = await BuildAsync("1");
        await PublishAsync(bundle);
        _store.Uploads.Clear();

        Assert.Equal(PublishState.SignatureAdded, (await PublishAsync(Request(bundle) with { Signer = new Signer() })).State);
        Assert.Equal([Key1 + ".manifest.sig"], _store.Uploads);
        byte[] signature = _store[Key1 + ".manifest.sig"];
        Assert.Equal(PublishState.Unchanged, (await PublishAsync(bundle)).State);
        Assert.Equal(PublishState.Unchanged, (await PublishAsync(Request(bundle) with { Signer = new Signer() })).State);
        Assert.Equal(signature, _store[Key1 + ".manifest.sig"]);
    }

    [Fact]
    public async Task A_published_manifest_that_tells_of_other_content_is_not_signed()
    {
        Bundle bundle = await BuildAsync("1");
        await PublishAsync(bundle);
        _store[Key1 + ".manifest.json"] = (ManifestAt(Key1) with { Name = "other" }).ToBytes();
        var e = await Assert.ThrowsAsync<CumulusException>(() => PublishAsync(Request(bundle) with { Signer = new Signer() }));
        Assert.Equal(ErrorIds.BundleDigestMismatch, e.ErrorId);
        Assert.False(_store.Holds(Key1 + ".manifest.sig"));
    }

    [Fact]
    public async Task Replacing_a_signed_bundle_without_a_key_takes_its_signature_away()
    {
        await PublishAsync(Request(await BuildAsync("1")) with { Signer = new Signer() });
        PublishedBundle replaced = await PublishAsync(Request(await BuildAsync("2")) with { Force = true });
        Assert.Equal(PublishState.Replaced, replaced.State);
        Assert.StartsWith("sha256:", replaced.Replaces!.Digest);
        Assert.False(_store.Holds(Key1 + ".manifest.sig"));
    }

    [Fact]
    public async Task The_version_in_another_format_is_other_content_under_the_same_name_with_force_too()
    {
        await PublishAsync(await BuildAsync("1"));
        Bundle tar = await BuildAsync("1");
        string path = tar.Path.Replace(".zip", ".tar.gz", StringComparison.Ordinal);
        File.Move(tar.Path, path);
        tar = tar with { Path = path };
        foreach (bool force in (bool[])[false, true])
        {
            var e = await Assert.ThrowsAsync<CumulusException>(() => PublishAsync(Request(tar) with { Force = force }));
            Assert.Equal(ErrorIds.BundleAlreadyPublished, e.ErrorId);
            Assert.Contains(Key1, e.Message);
        }

        // A name that only begins alike is another bundle.
        Assert.Equal(PublishState.Published, (await PublishAsync(Request(tar) with { Bundle = tar with { Version = "3" } })).State);
    }

    [Fact]
    public async Task Options_go_with_the_archive_and_all_but_the_class_with_what_lies_beside_it()
    {
        var storage = new StorageOptions { StorageClass = "GLACIER_IR", ServerSideEncryption = "aws:kms", KmsKeyId = "k", Tags = new Dictionary<string, string> { ["a"] = "b" } };
        await PublishAsync(Request(await BuildAsync("1")) with { Storage = storage, Signer = new Signer() });
        Assert.Equal(storage, _store.WriteOf(Key1).Storage);
        Assert.Equal(storage with { StorageClass = null }, _store.WriteOf(Key1 + ".manifest.json").Storage);
        Assert.Equal(storage with { StorageClass = null }, _store.WriteOf(Key1 + ".manifest.sig").Storage);
    }

    [Fact]
    public async Task An_archive_that_changed_since_it_was_built_is_not_published()
    {
        Bundle bundle = await BuildAsync("1");
        byte[] bytes = await File.ReadAllBytesAsync(bundle.Path);
        await File.WriteAllBytesAsync(bundle.Path, [.. bytes, 0]);
        Assert.Equal(ErrorIds.FileChanged, (await Assert.ThrowsAsync<CumulusException>(() => PublishAsync(bundle))).ErrorId);
        Assert.Empty(_store.Calls);

        bytes[40] ^= 1;
        await File.WriteAllBytesAsync(bundle.Path, bytes);
        Assert.Equal(ErrorIds.FileChanged, (await Assert.ThrowsAsync<CumulusException>(() => PublishAsync(bundle))).ErrorId);
        Assert.False(_store.Holds(Key1));

        await File.WriteAllBytesAsync(bundle.ManifestPath, (BundleManifest.Read(await File.ReadAllBytesAsync(bundle.ManifestPath), "m", false) with { Sha256 = new string('0', 64) }).ToBytes());
        Assert.Equal(bundle.ManifestPath, (await Assert.ThrowsAsync<CumulusException>(() => PublishAsync(bundle))).Target);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_publisher_that_is_killed_before_any_of_its_writes_is_carried_on_by_the_next(int writes)
    {
        Bundle bundle = await BuildAsync("1");
        int done = 0;
        _store.BeforeUpload = _ =>
        {
            if (++done == writes) throw new InvalidOperationException("killed");
        };
        await Assert.ThrowsAsync<InvalidOperationException>(() => PublishAsync(Request(bundle) with { Signer = new Signer() }));
        _store.BeforeUpload = null;

        Assert.Equal(writes < 4 ? PublishState.Published : PublishState.Unchanged, (await PublishAsync(Request(bundle) with { Signer = new Signer() })).State);

        Assert.Equal(File.ReadAllBytes(bundle.Path), _store[Key1]);
        Assert.Equal(Signer.Of(_store[Key1 + ".manifest.json"]), _store[Key1 + ".manifest.sig"]);
    }

    [Fact]
    public async Task Of_many_publishers_at_once_one_wins_and_what_is_there_fits_together()
    {
        for (int round = 0; round < 20; round++)
        {
            var store = new FakeObjectStore();
            Bundle[] bundles = [await BuildAsync("1"), await BuildAsync("2"), await BuildAsync("3")];
            using var start = new Barrier(bundles.Length);
            string?[] outcomes = await Task.WhenAll(bundles.Select(bundle => Task.Run(async () =>
            {
                start.SignalAndWait();
                try
                {
                    await new BundlePublisher(store).PublishAsync(Request(bundle), default);
                    return null;
                }
                catch (CumulusException e)
                {
                    return e.ErrorId;
                }
            })));
            int winner = Array.IndexOf(outcomes, null);
            Assert.Equal(2, outcomes.Count(o => o == ErrorIds.BundleAlreadyPublished));
            Assert.Equal(File.ReadAllBytes(bundles[winner].Path), store[Key1]);
            Assert.Equal(File.ReadAllBytes(bundles[winner].ManifestPath), store[Key1 + ".manifest.json"]);
        }
    }

    private sealed class Signer : IManifestSigner
    {
        public static byte[] Of(byte[] manifest) => [1, .. System.Security.Cryptography.SHA256.HashData(manifest)];

        public Task<byte[]> SignAsync(ReadOnlyMemory<byte> manifest, CancellationToken cancellationToken) => Task.FromResult(Of(manifest.ToArray()));
    }
}
