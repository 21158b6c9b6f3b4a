using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

public sealed class ObjectStorageTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    [Fact]
    public async Task A_range_is_answered_with_that_range()
    {
        var bucket = await NewBucketAsync();
        await PutAsync(bucket, "key", "0123456789");

        using var answer = await cloud.S3.GetObjectAsync(
            new GetObjectRequest { BucketName = bucket, Key = "key", ByteRange = new ByteRange(2, 5) }, CloudFixture.Within());
        using var reader = new StreamReader(answer.ResponseStream);

        Assert.Equal(HttpStatusCode.PartialContent, answer.HttpStatusCode);
        Assert.Equal("2345", await reader.ReadToEndAsync());
        Assert.Equal("bytes 2-5/10", answer.ContentRange);
    }

    [Fact]
    public async Task An_object_is_put_only_if_there_is_none_when_that_is_asked()
    {
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
        var bucket = await NewBucketAsync();
        await PutAsync(bucket, "lock", "first", ifNoneMatch: "*");

        var error = await Assert.ThrowsAsync<AmazonS3Exception>(() => PutAsync(bucket, "lock", new string('x', 300_000), ifNoneMatch: "*"));

        Assert.Equal((HttpStatusCode.PreconditionFailed, "PreconditionFailed"), (error.StatusCode, error.ErrorCode));
        using var answer = await cloud.S3.GetObjectAsync(bucket, "lock", CloudFixture.Within());
        Assert.Equal(5, answer.ContentLength);
    }

    [Fact]
    public async Task The_head_of_an_object_tells_its_length()
    {
        var bucket = await NewBucketAsync();
        await PutAsync(bucket, "key", "0123456789");

        var head = await cloud.S3.GetObjectMetadataAsync(bucket, "key", CloudFixture.Within());
        var missing = await Assert.ThrowsAsync<AmazonS3Exception>(() => cloud.S3.GetObjectMetadataAsync(bucket, "none", CloudFixture.Within()));

        Assert.Equal(10, head.ContentLength);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Theory]
    [InlineData("stage/1.0+build/bundle a.zip")]
    [InlineData("a%2Fb/ü/~(1)'s & more?.txt")]
    [InlineData("one//two/./three/../four")]
    public async Task A_key_keeps_every_character(string key)
    {
        var bucket = await NewBucketAsync();
        await PutAsync(bucket, key, "content");

        var list = await cloud.S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, CloudFixture.Within());
        using var answer = await cloud.S3.GetObjectAsync(bucket, key, CloudFixture.Within());

        Assert.Equal(key, Assert.Single(list.S3Objects).Key);
        Assert.Equal(7, answer.ContentLength);
    }

    [Fact]
    public async Task Other_credentials_are_refused()
    {
        using var stranger = new AmazonS3Client(new BasicAWSCredentials("AKIAIOSFODNN7EXAMPLE", "x"), cloud.With(new AmazonS3Config { ForcePathStyle = true }));

        var error = await Assert.ThrowsAsync<AmazonS3Exception>(() => stranger.ListBucketsAsync(CloudFixture.Within()));
        var write = await Assert.ThrowsAsync<AmazonS3Exception>(() => stranger.PutObjectAsync(
            new PutObjectRequest { BucketName = "bucket", Key = "k", InputStream = new MemoryStream(new byte[1_000_000]) }, CloudFixture.Within()));

        Assert.Equal((HttpStatusCode.Forbidden, "InvalidAccessKeyId"), (error.StatusCode, error.ErrorCode));
        Assert.Equal("InvalidAccessKeyId", write.ErrorCode);
    }

    [Fact]
    public async Task An_unsigned_request_is_refused()
    {
        using var http = new HttpClient();

        using var answer = await http.GetAsync(cloud.Info.Endpoint, CloudFixture.Within());

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private async Task<string> NewBucketAsync()
    {
        var name = $"bucket-{Guid.NewGuid():N}";
        await cloud.S3.PutBucketAsync(name, CloudFixture.Within());
        return name;
    }

    private Task PutAsync(string bucket, string key, string content, string? ifNoneMatch = null) => cloud.S3.PutObjectAsync(
        new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = content, IfNoneMatch = ifNoneMatch }, CloudFixture.Within());
}
