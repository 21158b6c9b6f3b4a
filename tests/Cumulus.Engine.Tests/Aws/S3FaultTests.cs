using Cumulus.Engine.Aws;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Aws;

/// <summary>S3 that fails, on an endpoint of the test's own.</summary>
public sealed class S3FaultTests : IDisposable
{
    private const int Size = 20 << 20;

    private readonly TempFolder _folder = new();

    public S3FaultTests() => File.WriteAllBytes(_folder["f"], new byte[Size]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_part_that_fails_is_sent_again()
    {
        int failures = 2;
        using var server = new StubServer(r => IsPart(r) && Interlocked.Decrement(ref failures) >= 0 ? StubAnswer.S3Error(503, "SlowDown", "Slow down") : Multipart(r));
        using AwsGateways aws = await server.ConnectAsync();

        Assert.True(await aws.Objects.UploadAsync("bkt", "k", _folder["f"], ObjectWrite.IfAbsent, null, default));

        Assert.Equal(5, server.Requests.Count(IsPart));
        Assert.All(server.Requests.Where(IsPart), p => Assert.NotEmpty(p.Headers["x-amz-checksum-sha256"]));
        Assert.All(server.Requests.Where(IsPart), p => Assert.Equal(Convert.FromBase64String(p.Headers["x-amz-checksum-sha256"]), Convert.FromHexString(p.Headers["x-amz-content-sha256"])));
        StubRequest complete = Assert.Single(server.Requests, r => r.Body.Contains("CompleteMultipartUpload", StringComparison.Ordinal));
        Assert.Equal("*", complete.Headers["If-None-Match"]);
        // S3 takes no upload with checksums whose parts are listed without.
        Assert.Equal(3, complete.Body.Split("ChecksumSHA256>").Length / 2);
    }

    [Fact]
    public async Task A_part_that_fails_for_good_names_bucket_key_and_cause_and_the_upload_is_aborted()
    {
        using var server = new StubServer(r => IsPart(r) ? StubAnswer.S3Error(403, "AccessDenied", "Access Denied") : Multipart(r));
        using AwsGateways aws = await server.ConnectAsync();

        var e = await Assert.ThrowsAsync<CumulusException>(() => aws.Objects.UploadAsync("bkt", "a/k.zip", _folder["f"], ObjectWrite.IfAbsent, null, default));

        Assert.Equal(ErrorIds.AccessDenied, e.ErrorId);
        Assert.Contains("S3 UploadPart on bucket 'bkt', key 'a/k.zip'", e.Message);
        Assert.Contains(server.Requests, r => r.Action == "DELETE /bkt/a/k.zip");
        Assert.DoesNotContain(server.Requests, r => r.Body.Contains("CompleteMultipartUpload", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_S3_got_wrong_is_an_error_and_nothing_shows_up()
    {
        using var server = new StubServer(r => IsPart(r) ? StubAnswer.S3Error(400, "BadDigest", "The SHA256 you specified did not match what we received.") : Multipart(r));
        using AwsGateways aws = await server.ConnectAsync();
        var e = await Assert.ThrowsAsync<CumulusException>(() => aws.Objects.UploadAsync("bkt", "k", _folder["f"], ObjectWrite.IfAbsent, null, default));
        Assert.Contains("BadDigest", e.Message);
        Assert.Contains(server.Requests, r => r.Action == "DELETE /bkt/k");
    }

    [Fact]
    public async Task A_wrong_KMS_key_says_what_to_check()
    {
        using var server = new StubServer(_ => StubAnswer.S3Error(400, "KMS.NotFoundException", "Invalid keyId 'alias/none'"));
        using AwsGateways aws = await server.ConnectAsync();
        var e = await Assert.ThrowsAsync<CumulusException>(() => aws.Objects.PutAsync("bkt", "k", "x"u8.ToArray(), new ObjectWrite { Storage = new StorageOptions { KmsKeyId = "alias/none" } }, default));
        Assert.Contains("alias/none", e.Message);
        Assert.Contains("kms:GenerateDataKey", e.Advice);
    }

    [Fact]
    public async Task Somebody_else_who_writes_the_key_at_this_moment_is_waited_for_by_trying_again()
    {
        int conflicts = 1;
        using var server = new StubServer(r => r.Action switch
        {
            "PUT /bkt/k" when Interlocked.Decrement(ref conflicts) >= 0 => StubAnswer.S3Error(409, "ConditionalRequestConflict", "conflict"),
            "PUT /bkt/k" => Tagged(new StubAnswer(200, "")),
            "HEAD /bkt/k" => new StubAnswer(404, ""),
            _ => new StubAnswer(200, ""),
        });
        using AwsGateways aws = await server.ConnectAsync();
        Assert.NotNull(await aws.Objects.PutAsync("bkt", "k", "x"u8.ToArray(), ObjectWrite.IfAbsent, default));
        Assert.Equal(2, server.Requests.Count(r => r.Action == "PUT /bkt/k"));
    }

    [Theory]
    [InlineData(200, CopyResult.Taken)]
    [InlineData(404, CopyResult.SourceChanged)]
    public async Task A_copy_that_was_refused_is_told_apart_by_whether_the_key_is_taken(int head, CopyResult expected)
    {
        using var server = new StubServer(r => r.Action switch
        {
            "PUT /bkt/copy" => StubAnswer.S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"),
            "HEAD /bkt/copy" => new StubAnswer(head, ""),
            _ => new StubAnswer(200, ""),
        });
        using AwsGateways aws = await server.ConnectAsync();
        var source = new StoredObject("bkt", "k", 5, default, new Dictionary<string, string>(), "\"e\"");
        Assert.Equal(expected, await aws.Objects.CopyAsync(source, "copy", ObjectWrite.IfAbsent, default));
        StubRequest put = server.Requests.First();
        Assert.Equal(("*", "\"e\""), (put.Headers["If-None-Match"], put.Headers["x-amz-copy-source-if-match"]));
    }

    [Fact]
    public async Task A_listing_goes_on_page_after_page()
    {
        string[] pages =
        [
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>n1</NextContinuationToken><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>",
            "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>b</Key><Size>2</Size></Contents></ListBucketResult>",
        ];
        int page = -1;
        using var server = new StubServer(_ => new StubAnswer(200, pages[Interlocked.Increment(ref page)], "application/xml"));
        using AwsGateways aws = await server.ConnectAsync();
        var keys = new List<string>();
        await foreach (ListedObject found in aws.Objects.ListAsync("bkt", "", default)) keys.Add($"{found.Key} {found.Size}");
        Assert.Equal(["a 1", "b 2"], keys);
    }

    [Fact]
    public async Task Keys_that_are_not_deleted_are_told_one_by_one()
    {
        using var server = new StubServer(_ => new StubAnswer(200, "<DeleteResult><Error><Key>b</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>", "application/xml"));
        using AwsGateways aws = await server.ConnectAsync();
        Assert.Equal([new DeleteFailure("b", "AccessDenied", "Access Denied")], await aws.Objects.DeleteAsync("bkt", ["a", "b"], default));
    }

    private static bool IsPart(StubRequest request) => request.Action == "PUT /bkt/k" || request.Action == "PUT /bkt/a/k.zip";

    private static StubAnswer Multipart(StubRequest request) => request switch
    {
        { Action: var a } when a.StartsWith("PUT", StringComparison.Ordinal) => Tagged(new StubAnswer(200, "")),
        { Action: var a } when a.StartsWith("DELETE", StringComparison.Ordinal) => new StubAnswer(204, ""),
        { Body: var body } when body.Contains("CompleteMultipartUpload", StringComparison.Ordinal) => new StubAnswer(200, "<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>", "application/xml"),
        _ => new StubAnswer(200, "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>", "application/xml"),
    };

    private static StubAnswer Tagged(StubAnswer answer) => answer with { Headers = new Dictionary<string, string> { ["ETag"] = "\"e\"", ["x-amz-checksum-sha256"] = "MV6HRCETADH3EPqM3HxpJGMFnVTbwGBqXhIBIGZlbhs=" } };
}
