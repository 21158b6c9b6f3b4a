using System.Collections.Concurrent;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Aws;

/// <summary>What S3 is really asked, and what moto makes of it: parts, conditions, options, copies, lists and deletes.</summary>
[Collection(MotoTests.Name)]
public sealed class S3TransferTests(MotoServer moto) : IAsyncLifetime, IDisposable
{
    private const int Part = 5 << 20;

    private readonly TempFolder _folder = new();
    private readonly string _bucket = $"bucket-{Guid.NewGuid():N}";
    private readonly AmazonS3Client _client = new(
        new BasicAWSCredentials("AKIDEXAMPLE", "secret"),
        new AmazonS3Config { ServiceURL = moto.Url, AuthenticationRegion = "us-east-1", ForcePathStyle = true });

    private S3ObjectStore Store => new(_client, moto.Url, new TransferSizes(Part, CopyLimit: Part, CopyPartSize: Part));

    public Task InitializeAsync() => _client.PutBucketAsync(_bucket);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(8L << 20, 100L << 20, 8L << 20)]
    [InlineData(8L << 20, 10_000L * (8L << 20), 8L << 20)]
    [InlineData(8L << 20, (10_000L * (8L << 20)) + 1, 9L << 20)]
    [InlineData(8L << 20, 5L << 40, 525L << 20)]
    public void Parts_grow_only_where_there_would_be_more_than_ten_thousand(long least, long length, long expected)
    {
        Assert.Equal(expected, new TransferSizes(least).PartSizeOf(length));
        Assert.True((length + expected - 1) / expected <= 10_000);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData((2 * Part) + 17)]
    public async Task Storage_class_encryption_key_and_tags_go_with_the_object_D31(int size)
    {
        string path = await FileAsync(size);
        var write = new ObjectWrite
        {
            Storage = new StorageOptions { StorageClass = "STANDARD_IA", ServerSideEncryption = "aws:kms", KmsKeyId = "alias/web", Tags = new Dictionary<string, string> { ["team"] = "web shop" } },
        };

        Assert.True(await Store.UploadAsync(_bucket, "k", path, write, null, default));

        GetObjectMetadataResponse head = await _client.GetObjectMetadataAsync(_bucket, "k");
        Assert.Equal(("STANDARD_IA", "aws:kms", "alias/web"), (head.StorageClass?.Value, head.ServerSideEncryptionMethod?.Value, head.ServerSideEncryptionKeyManagementServiceKeyId));
        Tag tag = Assert.Single((await _client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = _bucket, Key = "k" })).Tagging);
        Assert.Equal(("team", "web shop"), (tag.Key, tag.Value));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData((2 * Part) + 17)]
    public async Task A_file_that_is_not_the_expected_one_does_not_show_up_and_leaves_no_parts(int size)
    {
        string path = await FileAsync(size);
        string sha256 = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(path))).ToLowerInvariant();
        await using (FileStream file = File.OpenWrite(path))
        {
            file.Position = size / 2;
            file.WriteByte(1);
            file.WriteByte(2);
        }

        var e = await Assert.ThrowsAsync<CumulusException>(() => Store.UploadAsync(_bucket, "k", path, new ObjectWrite { ExpectedSha256 = sha256 }, null, default));

        Assert.Equal((ErrorIds.FileChanged, path), (e.ErrorId, e.Target));
        Assert.Null(await Store.FindAsync(_bucket, "k", default));
        await AssertNoPartsAsync();
        sha256 = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(path))).ToLowerInvariant();
        Assert.True(await Store.UploadAsync(_bucket, "k", path, new ObjectWrite { ExpectedSha256 = sha256 }, null, default));
    }

    [Fact]
    public async Task Progress_is_told_in_bytes_and_never_goes_back()
    {
        var seen = new ConcurrentQueue<long>();
        await Store.UploadAsync(_bucket, "k", await FileAsync(4 * Part), ObjectWrite.Plain, new Each(seen.Enqueue), default);
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(4 * Part, seen.Last());
    }

    [Fact]
    public async Task A_taken_key_leaves_no_parts_of_the_loser()
    {
        Assert.True(await Store.UploadAsync(_bucket, "k", await FileAsync(2 * Part), ObjectWrite.IfAbsent, null, default));
        Assert.False(await Store.UploadAsync(_bucket, "k", await FileAsync(2 * Part), ObjectWrite.IfAbsent, null, default));
        await AssertNoPartsAsync();
    }

    [Fact]
    public async Task Small_objects_are_written_under_conditions_and_read_back()
    {
        Assert.Null(await Store.GetAsync(_bucket, "k", default));
        string? first = await Store.PutAsync(_bucket, "k", "1"u8.ToArray(), ObjectWrite.IfAbsent, default);
        Assert.NotNull(first);
        Assert.Null(await Store.PutAsync(_bucket, "k", "2"u8.ToArray(), ObjectWrite.IfAbsent, default));
        Assert.NotNull(await Store.PutAsync(_bucket, "k", "3"u8.ToArray(), new ObjectWrite { IfMatch = first, Metadata = new Dictionary<string, string> { ["a"] = "b" } }, default));
        Assert.Null(await Store.PutAsync(_bucket, "k", "4"u8.ToArray(), new ObjectWrite { IfMatch = first }, default));
        Assert.Null(await Store.PutAsync(_bucket, "none", "4"u8.ToArray(), new ObjectWrite { IfMatch = first }, default));
        ObjectContent? there = await Store.GetAsync(_bucket, "k", default);
        Assert.Equal("3"u8.ToArray(), there!.Bytes);
        Assert.Equal("b", there.Metadata["a"]);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData((2 * Part) + 17)]
    public async Task S3_copies_whole_or_in_parts_with_metadata_of_its_own(int size)
    {
        string path = await FileAsync(size);
        await Store.UploadAsync(_bucket, "a b/ü+1.zip", path, new ObjectWrite { Metadata = new Dictionary<string, string> { ["x"] = "old" } }, null, default);
        StoredObject source = (await Store.FindAsync(_bucket, "a b/ü+1.zip", default))!;
        ObjectWrite write = ObjectWrite.IfAbsent with { Metadata = new Dictionary<string, string> { ["x"] = "new" } };

        Assert.Equal(CopyResult.Copied, await Store.CopyAsync(source, "copy", write, default));
        Assert.Equal(CopyResult.SourceChanged, await Store.CopyAsync(source with { Key = "none" }, "other", write, default));

        Assert.Equal("new", (await Store.FindAsync(_bucket, "copy", default))!.Metadata["x"]);
        Assert.Equal(await File.ReadAllBytesAsync(path), (await Store.GetAsync(_bucket, "copy", default))!.Bytes);
        await AssertNoPartsAsync();
    }

    [Fact]
    public async Task Keys_are_listed_by_prefix_and_deleted()
    {
        string[] keys = ["a/1", "a/2", "b"];
        foreach (string key in keys) await Store.PutAsync(_bucket, key, default, ObjectWrite.Plain, default);
        Assert.Equal(["a/1", "a/2"], await KeysAsync("a/"));
        Assert.Empty(await Store.DeleteAsync(_bucket, ["a/1", "a/2", "never-there"], default));
        Assert.Equal(["b"], await KeysAsync(""));
    }

    [Fact]
    public async Task A_download_goes_on_after_what_is_there_and_only_of_the_same_object()
    {
        byte[] bytes = await File.ReadAllBytesAsync(await FileAsync(3000));
        string etag = (await Store.PutAsync(_bucket, "k", bytes, ObjectWrite.Plain, default))!;
        await File.WriteAllBytesAsync(_folder["part"], bytes[..1000]);

        Assert.True(await Store.ContinueDownloadAsync(_bucket, "k", _folder["part"], etag, null, default));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder["part"]));
        Assert.True(await Store.ContinueDownloadAsync(_bucket, "k", _folder["part"], etag, null, default));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder["part"]));

        await Store.PutAsync(_bucket, "k", "other"u8.ToArray(), ObjectWrite.Plain, default);
        Assert.False(await Store.ContinueDownloadAsync(_bucket, "k", _folder["new"], etag, null, default));
        Assert.False(await Store.ContinueDownloadAsync(_bucket, "none", _folder["new"], etag, null, default));
    }

    [Theory]
    [InlineData(3000)]
    [InlineData((2 * Part) + 17)]
    public async Task A_stretch_is_read_of_the_object_that_is_meant_and_of_no_other(int size)
    {
        string path = await FileAsync(size);
        await Store.UploadAsync(_bucket, "k", path, ObjectWrite.Plain, null, default);
        StoredObject there = (await Store.FindAsync(_bucket, "k", default))!;
        byte[] middle = new byte[size / 2];
        Assert.Equal(ReadOutcome.Read, await Store.ReadAsync(there, size / 3, middle, default));
        Assert.Equal((await File.ReadAllBytesAsync(path))[(size / 3)..((size / 3) + (size / 2))], middle);

        await Store.PutAsync(_bucket, "k", new byte[size], ObjectWrite.Plain, default);
        Assert.Equal(ReadOutcome.Gone, await Store.ReadAsync(there, size / 3, middle, default));
        await Store.DeleteAsync(_bucket, ["k"], default);
        Assert.Equal(ReadOutcome.Gone, await Store.ReadAsync(there, size / 3, middle, default));
    }

    private async Task<List<string>> KeysAsync(string prefix)
    {
        var keys = new List<string>();
        await foreach (ListedObject found in Store.ListAsync(_bucket, prefix, default)) keys.Add(found.Key);
        return keys;
    }

    private async Task<string> FileAsync(int size)
    {
        string path = _folder[Guid.NewGuid().ToString("N")];
        await File.WriteAllBytesAsync(path, RandomNumberGenerator.GetBytes(size));
        return path;
    }

    private async Task AssertNoPartsAsync() => Assert.Empty((await _client.ListMultipartUploadsAsync(_bucket)).MultipartUploads ?? []);

    private sealed class Each(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
