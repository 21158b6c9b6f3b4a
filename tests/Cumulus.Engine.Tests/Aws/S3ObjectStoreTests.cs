using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Aws;

[Collection(MotoTests.Name)]
public sealed class S3ObjectStoreTests(MotoServer moto) : IAsyncLifetime, IDisposable
{
    private const int Part = 5 << 20;

    private static readonly ObjectWrite Any = new() { Metadata = new Dictionary<string, string> { ["cumulus-digest"] = "sha256:1" } };

    private static readonly ObjectWrite Absent = Any with { OnlyIfAbsent = true };

    private readonly TempFolder _folder = new();
    private readonly string _bucket = $"bucket-{Guid.NewGuid():N}";
    private readonly AmazonS3Client _client = new(
        new BasicAWSCredentials("AKIDEXAMPLE", "secret"),
        new AmazonS3Config { ServiceURL = moto.Url, AuthenticationRegion = "us-east-1", ForcePathStyle = true });

    private S3ObjectStore Store => new(_client, moto.Url, new TransferSizes(Part));

    public Task InitializeAsync() => _client.PutBucketAsync(_bucket);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData((2 * Part) + 17)]
    public async Task A_file_goes_up_and_comes_back_the_same_whole_or_in_parts_D29(int size)
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(size);
        await File.WriteAllBytesAsync(_folder["up"], bytes);
        var sent = new Reports();
        var received = new Reports();

        Assert.True(await Store.UploadAsync(_bucket, "a/b c.zip", _folder["up"], Absent, sent, default));
        StoredObject? there = await Store.FindAsync(_bucket, "a/b c.zip", default);
        Assert.True(await Store.DownloadAsync(_bucket, "a/b c.zip", _folder["down"], received, default));

        Assert.Equal((size, "sha256:1"), (there!.Size, there.Metadata["cumulus-digest"]));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_folder["down"]));
        if (size > 0)
        {
            Assert.Equal(size, received.Last);
            Assert.Equal(size, sent.Last);
        }
    }

    [Fact]
    public async Task A_look_at_an_object_that_has_not_changed_brings_nothing()
    {
        Assert.Equal(new ObjectLook(true, null), await Store.LookAsync(_bucket, "k", "\"0\"", default));
        string? first = await Store.PutAsync(_bucket, "k", "1"u8.ToArray(), ObjectWrite.Plain, default);
        Assert.Equal(new ObjectLook(false, null), await Store.LookAsync(_bucket, "k", first!, default));
        await Store.PutAsync(_bucket, "k", "2"u8.ToArray(), ObjectWrite.Plain, default);
        ObjectLook look = await Store.LookAsync(_bucket, "k", first!, default);
        Assert.True(look.Changed);
        Assert.Equal("2"u8.ToArray(), look.Content!.Bytes);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Part + 1)]
    public async Task A_key_that_is_taken_is_not_overwritten_D30(int size)
    {
        await File.WriteAllBytesAsync(_folder["first"], RandomNumberGenerator.GetBytes(size));
        await File.WriteAllBytesAsync(_folder["second"], RandomNumberGenerator.GetBytes(size));

        Assert.True(await Store.UploadAsync(_bucket, "k", _folder["first"], Absent, null, default));
        Assert.False(await Store.UploadAsync(_bucket, "k", _folder["second"], Absent, null, default));

        await Store.DownloadAsync(_bucket, "k", _folder["down"], null, default);
        Assert.Equal(await File.ReadAllBytesAsync(_folder["first"]), await File.ReadAllBytesAsync(_folder["down"]));
    }

    [Fact]
    public async Task A_key_is_replaced_when_that_is_asked_for()
    {
        _folder.Write("first", "1");
        _folder.Write("second", "2");
        await Store.UploadAsync(_bucket, "k", _folder["first"], Absent, null, default);

        Assert.True(await Store.UploadAsync(_bucket, "k", _folder["second"], Any, null, default));

        await Store.DownloadAsync(_bucket, "k", _folder["down"], null, default);
        Assert.Equal("2", _folder.Read("down"));
    }

    [Fact]
    public async Task S3_is_given_a_checksum_to_hold_against_what_it_got()
    {
        _folder.Write("up", "content");
        await Store.UploadAsync(_bucket, "k", _folder["up"], Absent, null, default);

        var head = await _client.GetObjectMetadataAsync(new Amazon.S3.Model.GetObjectMetadataRequest { BucketName = _bucket, Key = "k", ChecksumMode = ChecksumMode.ENABLED });

        Assert.Equal(Convert.ToBase64String(SHA256.HashData("content"u8)), head.ChecksumSHA256);
    }

    [Fact]
    public async Task A_free_key_is_null_and_makes_no_file()
    {
        Assert.Null(await Store.FindAsync(_bucket, "none", default));
        Assert.False(await Store.DownloadAsync(_bucket, "none", _folder["down"], null, default));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_missing_bucket_is_an_error_that_names_it_for_every_call()
    {
        _folder.Write("up", "x");
        Func<Task>[] calls =
        [
            () => Store.FindAsync("no-such-bucket", "k", default),
            () => Store.UploadAsync("no-such-bucket", "k", _folder["up"], Absent, null, default),
            () => Store.DownloadAsync("no-such-bucket", "k", _folder["down"], null, default),
        ];
        foreach (Func<Task> call in calls)
        {
            var e = await Assert.ThrowsAsync<CumulusException>(call);
            Assert.Equal(ErrorIds.BucketNotFound, e.ErrorId);
            Assert.Contains("'no-such-bucket'", e.Message);
            Assert.Matches("HeadObject|PutObject|GetObject", e.Message);
        }

        Assert.False(File.Exists(_folder["down"]));
    }

    [Fact]
    public async Task A_cancelled_download_leaves_neither_file_nor_part()
    {
        await File.WriteAllBytesAsync(_folder["up"], RandomNumberGenerator.GetBytes(Part));
        await Store.UploadAsync(_bucket, "k", _folder["up"], Absent, null, default);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.DownloadAsync(_bucket, "k", _folder["down"], new Reports(stop.Cancel), stop.Token));

        Assert.Equal([_folder["up"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_cancelled_upload_leaves_no_parts_in_the_bucket()
    {
        await File.WriteAllBytesAsync(_folder["up"], RandomNumberGenerator.GetBytes(4 * Part));
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.UploadAsync(_bucket, "k", _folder["up"], Absent, new Reports(stop.Cancel), stop.Token));

        Assert.Null(await Store.FindAsync(_bucket, "k", default));
        Assert.Empty((await _client.ListMultipartUploadsAsync(_bucket)).MultipartUploads ?? []);
    }

    private sealed class Reports(Action? first = null) : IProgress<long>
    {
        private int _count;
        private long _last;

        public long Last => Interlocked.Read(ref _last);

        public void Report(long value)
        {
            // Parts report side by side.
            lock (this) _last = Math.Max(_last, value);
            if (Interlocked.Increment(ref _count) == 1) first?.Invoke();
        }
    }
}
