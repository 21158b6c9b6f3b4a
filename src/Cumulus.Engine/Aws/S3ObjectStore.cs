using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Aws;

/// <summary>S3 by the SDK; large files go up in parts.</summary>
/// <param name="endpoint">Where the client goes, for errors.</param>
internal sealed class S3ObjectStore(IAmazonS3 s3, string endpoint, TransferSizes? sizes = null, DownloadPatience? patience = null, TimeProvider? clock = null) : IObjectStore
{
    private const string MetadataPrefix = "x-amz-meta-";

    private const int Tries = 4;

    /// <summary>https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html</summary>
    private const int MaximumDeletes = 1000;

    private readonly TransferSizes _sizes = sizes ?? new TransferSizes();
    private readonly DownloadPatience _patience = patience ?? DownloadPatience.Default;
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    // Over TLS nobody can change the payload, and S3 holds the checksum against it. Over plain HTTP each chunk is signed.
    private readonly bool _unsigned = !(s3.Config.ServiceURL ?? "").StartsWith("http:", StringComparison.OrdinalIgnoreCase) && !s3.Config.UseHttp;

    public async Task<StoredObject?> FindAsync(string bucket, string key, CancellationToken cancellationToken)
    {
        AwsCall call = Call("HeadObject", bucket, key);
        try
        {
            return await AwsErrors.GuardAsync(
                call,
                async () =>
                {
                    GetObjectMetadataResponse head = await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = key }, cancellationToken);
                    return new StoredObject(bucket, key, head.ContentLength, Time(head.LastModified), Metadata(head.Metadata), head.ETag) { VersionId = head.VersionId is { Length: > 0 } id ? id : null };
                },
                cancellationToken);
        }
        catch (CumulusException e) when (IsMissingKey(e))
        {
            await RequireBucketAsync(call, e, cancellationToken);
            return null;
        }
    }

    public async Task<bool> UploadAsync(string bucket, string key, string path, ObjectWrite write, IProgress<long>? progress, CancellationToken cancellationToken) =>
        await WriteAsync(
            bucket,
            key,
            write,
            async () =>
            {
                await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
                if (file.Length > _sizes.PartSize)
                {
                    await new S3MultipartUpload(s3, bucket, key, _unsigned, _sizes, operation => Call(operation, bucket, key)).SendAsync(file, write, progress, cancellationToken);
                    return "";
                }

                byte[] bytes = new byte[file.Length];
                await file.ReadExactlyAsync(bytes, cancellationToken);
                if (write.ExpectedSha256 is { } expected) RequireSha256(path, expected, SHA256.HashData(bytes));
                string etag = await PutBytesAsync(bucket, key, bytes, write, cancellationToken);
                progress?.Report(bytes.Length);
                return etag;
            },
            cancellationToken) is not null;

    public Task<string?> PutAsync(string bucket, string key, ReadOnlyMemory<byte> content, ObjectWrite write, CancellationToken cancellationToken) =>
        WriteAsync(bucket, key, write, () => PutBytesAsync(bucket, key, content, write, cancellationToken), cancellationToken);

    public Task<bool> DownloadAsync(string bucket, string key, string path, IProgress<long>? progress, CancellationToken cancellationToken) =>
        DownloadAsync(bucket, key, null, path, progress, cancellationToken);

    public Task<bool> DownloadVersionAsync(string bucket, string key, string versionId, string path, CancellationToken cancellationToken) =>
        DownloadAsync(bucket, key, versionId, path, null, cancellationToken);

    private async Task<bool> DownloadAsync(string bucket, string key, string? versionId, string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            // The file is made before it is known that there is a key: whoever cannot write learns it before a byte is fetched.
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1))
            {
                ReadOutcome outcome = await Download(bucket, key, versionId).ReadAsync(null, 0, null, bytes => AppendAsync(file, bytes, progress, cancellationToken), cancellationToken);
                if (outcome == ReadOutcome.Gone) return false;
                if (outcome == ReadOutcome.Whole) throw CannotGoOn(bucket, key, "Try again.");
            }

            File.Move(part, path, overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(part);
        }
    }

    public async Task<bool> ContinueDownloadAsync(string bucket, string key, string path, string etag, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 1);
        ReadOutcome outcome = await Download(bucket, key).ReadAsync(etag, file.Position, null, bytes => AppendAsync(file, bytes, progress, cancellationToken), cancellationToken);
        return outcome == ReadOutcome.Whole ? throw CannotGoOn(bucket, key, $"Delete {path}, and it is fetched from its start.") : outcome == ReadOutcome.Read;
    }

    public Task<ReadOutcome> ReadAsync(StoredObject source, long offset, Memory<byte> target, CancellationToken cancellationToken)
    {
        int have = 0;
        return Download(source.Bucket, source.Key).ReadAsync(
            source.ETag,
            offset,
            target.Length,
            bytes =>
            {
                bytes.CopyTo(target[have..]);
                have += bytes.Length;
                return ValueTask.CompletedTask;
            },
            cancellationToken);
    }

    public Task<ObjectContent?> GetAsync(string bucket, string key, CancellationToken cancellationToken) =>
        GetAsync(new GetObjectRequest { BucketName = bucket, Key = key }, cancellationToken);

    public async Task<ObjectLook> LookAsync(string bucket, string key, string etag, CancellationToken cancellationToken)
    {
        try
        {
            return new ObjectLook(true, await GetAsync(new GetObjectRequest { BucketName = bucket, Key = key, EtagToNotMatch = etag }, cancellationToken));
        }
        catch (CumulusException e) when (StatusOf(e) == HttpStatusCode.NotModified)
        {
            return new ObjectLook(false, null);
        }
    }

    private async Task<ObjectContent?> GetAsync(GetObjectRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await AwsErrors.GuardAsync(
                Call("GetObject", request.BucketName, request.Key),
                async () =>
                {
                    using GetObjectResponse answer = await s3.GetObjectAsync(request, cancellationToken);
                    using var content = new MemoryStream((int)Math.Max(0, answer.ContentLength));
                    await answer.ResponseStream.CopyToAsync(content, cancellationToken);
                    return new ObjectContent(content.ToArray(), answer.ETag, Metadata(answer.Metadata));
                },
                cancellationToken);
        }
        catch (CumulusException e) when (IsMissingKey(e))
        {
            return null;
        }
    }

    public async IAsyncEnumerable<ListedObject> ListAsync(string bucket, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        do
        {
            ListObjectsV2Response page = await AwsErrors.GuardAsync(Call("ListObjectsV2", bucket), () => s3.ListObjectsV2Async(request, cancellationToken), cancellationToken);
            foreach (S3Object found in page.S3Objects ?? []) yield return new ListedObject(found.Key, found.Size ?? 0, Time(found.LastModified), found.ETag);
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    public async Task<CopyResult> CopyAsync(StoredObject source, string key, ObjectWrite write, CancellationToken cancellationToken)
    {
        for (int i = 1; ; i++)
        {
            try
            {
                await SendCopyAsync(source, key, write, cancellationToken);
                return CopyResult.Copied;
            }
            catch (CumulusException e) when (IsMissingKey(e))
            {
                return CopyResult.SourceChanged;
            }
            catch (CumulusException e) when (StatusOf(e) == HttpStatusCode.PreconditionFailed || (StatusOf(e) == HttpStatusCode.Conflict && i < Tries))
            {
                // A copy has two conditions, and S3 does not say which one was not met.
                if (write.OnlyIfAbsent && await FindAsync(source.Bucket, key, cancellationToken) is not null) return CopyResult.Taken;
                if (StatusOf(e) == HttpStatusCode.PreconditionFailed) return CopyResult.SourceChanged;
            }
        }
    }

    public async Task<IReadOnlyList<DeleteFailure>> DeleteAsync(string bucket, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        var failures = new List<DeleteFailure>();
        foreach (string[] some in keys.Chunk(MaximumDeletes))
        {
            var request = new DeleteObjectsRequest { BucketName = bucket, Quiet = true, Objects = [.. some.Select(k => new KeyVersion { Key = k })] };
            try
            {
                await AwsErrors.GuardAsync(Call("DeleteObjects", bucket), () => s3.DeleteObjectsAsync(request, cancellationToken), cancellationToken);
            }
            catch (CumulusException e) when (e.InnerException is DeleteObjectsException { Response.DeleteErrors: { Count: > 0 } errors })
            {
                failures.AddRange(errors.Select(d => new DeleteFailure(d.Key, d.Code, d.Message)));
            }
        }

        return failures;
    }

    /// <summary>Holds the digest of the bytes that were read against what they have to be.</summary>
    internal static void RequireSha256(string path, string expected, byte[] actual)
    {
        string hex = Hex.Of(actual);
        if (hex != expected) throw FileChanged(path, $"its SHA-256 is {hex}, not {expected}");
    }

    internal static CumulusException FileChanged(string path, string how) =>
        new(ErrorIds.FileChanged, FailureKind.Conflict, $"{path} has changed since its digest was taken: {how}.") { Target = path, Advice = "Build the bundle again." };

    private Task<string> PutBytesAsync(string bucket, string key, ReadOnlyMemory<byte> content, ObjectWrite write, CancellationToken cancellationToken) =>
        AwsErrors.GuardAsync(
            Call("PutObject", bucket, key),
            async () =>
            {
                using var stream = new MemoryStream(content.ToArray(), writable: false);
                return (await s3.PutObjectAsync(S3Requests.Put(bucket, key, stream, write, _unsigned), cancellationToken)).ETag;
            },
            cancellationToken);

    private async Task SendCopyAsync(StoredObject source, string key, ObjectWrite write, CancellationToken cancellationToken)
    {
        if (source.Size > _sizes.CopyLimit)
        {
            await new S3MultipartUpload(s3, source.Bucket, key, _unsigned, _sizes, operation => Call(operation, source.Bucket, key)).CopyAsync(source, write, cancellationToken);
            return;
        }

        await AwsErrors.GuardAsync(Call("CopyObject", source.Bucket, key), () => s3.CopyObjectAsync(S3Requests.Copy(source, key, write), cancellationToken), cancellationToken);
    }

    // Null when the condition is not met.
    private async Task<string?> WriteAsync(string bucket, string key, ObjectWrite write, Func<Task<string>> send, CancellationToken cancellationToken)
    {
        bool conditional = write.OnlyIfAbsent || write.IfMatch is not null;
        for (int i = 1; ; i++)
        {
            try
            {
                return await send();
            }
            catch (CumulusException e) when (conditional && StatusOf(e) == HttpStatusCode.PreconditionFailed)
            {
                return null;
            }
            catch (CumulusException e) when (write.IfMatch is not null && IsMissingKey(e))
            {
                return null;
            }
            catch (CumulusException e) when (conditional && StatusOf(e) == HttpStatusCode.Conflict && i < Tries)
            {
                // Somebody else writes the same key at this moment: S3 asks to try again, and then one of the two is there.
                if (write.OnlyIfAbsent && await FindAsync(bucket, key, cancellationToken) is not null) return null;
            }
        }
    }

    private S3Download Download(string bucket, string key, string? versionId = null) => new(s3, Call("GetObject", bucket, key), _patience, _clock, versionId);

    private CumulusException CannotGoOn(string bucket, string key, string advice) =>
        new(ErrorIds.AwsRequestFailed, FailureKind.OperationFailed, $"{Call("GetObject", bucket, key).Subject} was asked for the rest of an object and answers with all of it.") { Target = bucket, Advice = advice };

    private static async ValueTask AppendAsync(FileStream file, ReadOnlyMemory<byte> bytes, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await file.WriteAsync(bytes, cancellationToken);
        progress?.Report(file.Position);
    }

    // A HEAD has no body, so a missing key and a missing bucket look alike.
    private async Task RequireBucketAsync(AwsCall call, CumulusException notFound, CancellationToken cancellationToken)
    {
        try
        {
            await AwsErrors.GuardAsync(
                Call("HeadBucket", call.Bucket!),
                () => s3.HeadBucketAsync(new HeadBucketRequest { BucketName = call.Bucket }, cancellationToken),
                cancellationToken);
        }
        catch (CumulusException e) when (StatusOf(e) == HttpStatusCode.NotFound)
        {
            throw AwsErrors.BucketNotFound(call, notFound);
        }
        catch (CumulusException e) when (StatusOf(e) == HttpStatusCode.Forbidden)
        {
            // Who may not list the bucket may still read it; and S3 answers 404 for a key only where there is a bucket.
            return;
        }
    }

    private static bool IsMissingKey(CumulusException e) => e.ErrorId == ErrorIds.AwsRequestFailed && StatusOf(e) == HttpStatusCode.NotFound;

    private static HttpStatusCode? StatusOf(CumulusException e) => (e.InnerException as AmazonS3Exception)?.StatusCode;

    private static DateTimeOffset Time(DateTime? time) => time is { } t ? new DateTimeOffset(t.ToUniversalTime(), TimeSpan.Zero) : default;

    private static Dictionary<string, string> Metadata(MetadataCollection metadata) =>
        metadata.Keys.ToDictionary(k => k.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase) ? k[MetadataPrefix.Length..].ToLowerInvariant() : k.ToLowerInvariant(), k => metadata[k], StringComparer.Ordinal);

    private AwsCall Call(string operation, string bucket, string? key = null) => new("S3", operation, endpoint, bucket, key);
}
