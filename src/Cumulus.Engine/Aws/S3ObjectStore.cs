using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace Cumulus.Engine.Aws;

/// <summary>S3 by the SDK; large files go up in parts.</summary>
/// <param name="endpoint">Where the client goes, for errors.</param>
/// <param name="partThreshold">Bytes from which a file goes up in parts.</param>
internal sealed class S3ObjectStore(IAmazonS3 s3, string endpoint, long partThreshold = 16L << 20) : IObjectStore
{
    private const string MetadataPrefix = "x-amz-meta-";

    private const int Tries = 4;

    public async Task<StoredObject?> FindAsync(string bucket, string key, CancellationToken cancellationToken)
    {
        AwsCall call = Call("HeadObject", bucket);
        try
        {
            return await AwsErrors.GuardAsync(
                call,
                async () =>
                {
                    GetObjectMetadataResponse head = await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = key }, cancellationToken);
                    return new StoredObject(bucket, key, head.ContentLength, Time(head.LastModified), Metadata(head.Metadata));
                },
                cancellationToken);
        }
        catch (CumulusException e) when (IsMissingKey(e))
        {
            await RequireBucketAsync(call, e, cancellationToken);
            return null;
        }
    }

    public async Task<bool> UploadAsync(
        string bucket,
        string key,
        string path,
        IReadOnlyDictionary<string, string> metadata,
        bool onlyIfAbsent,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        AwsCall call = Call("PutObject", bucket);
        for (int i = 1; ; i++)
        {
            try
            {
                await AwsErrors.GuardAsync(call, () => SendAsync(bucket, key, path, metadata, onlyIfAbsent, progress, cancellationToken), cancellationToken);
                return true;
            }
            catch (CumulusException e) when (onlyIfAbsent && StatusOf(e) == HttpStatusCode.PreconditionFailed)
            {
                return false;
            }
            catch (CumulusException e) when (onlyIfAbsent && StatusOf(e) == HttpStatusCode.Conflict && i < Tries)
            {
                // Somebody else writes the same key at this moment: S3 asks to try again, and then one of the two is there.
                if (await FindAsync(bucket, key, cancellationToken) is not null)
                {
                    return false;
                }
            }
        }
    }

    public async Task<bool> DownloadAsync(
        string bucket,
        string key,
        string path,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            if (!await FetchAsync(bucket, key, part, progress, cancellationToken))
            {
                return false;
            }

            File.Move(part, path, overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(part);
        }
    }

    private async Task<bool> SendAsync(
        string bucket,
        string key,
        string path,
        IReadOnlyDictionary<string, string> metadata,
        bool onlyIfAbsent,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        var request = new TransferUtilityUploadRequest
        {
            BucketName = bucket,
            Key = key,
            FilePath = path,
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
            IfNoneMatch = onlyIfAbsent ? "*" : null,
        };
        foreach ((string name, string value) in metadata)
        {
            request.Metadata[name] = value;
        }

        if (progress is not null)
        {
            request.UploadProgressEvent += (_, e) => progress.Report(e.TransferredBytes);
        }

        using var transfer = new TransferUtility(s3, new TransferUtilityConfig { MinSizeBeforePartUpload = partThreshold });
        await transfer.UploadAsync(request, cancellationToken);
        return true;
    }

    // A connection that breaks in the middle is taken up where it broke, as long as the object is still the same.
    private async Task<bool> FetchAsync(
        string bucket,
        string key,
        string part,
        IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        AwsCall call = Call("GetObject", bucket);
        string? etag = null;
        FileStream? file = null;
        try
        {
            for (int i = 1; ; i++)
            {
                long have = file?.Length ?? 0;
                var request = new GetObjectRequest { BucketName = bucket, Key = key, EtagToMatch = etag, ByteRange = have > 0 ? new ByteRange($"bytes={have}-") : null };
                try
                {
                    return await AwsErrors.GuardAsync(
                        call,
                        async () =>
                        {
                            using GetObjectResponse answer = await s3.GetObjectAsync(request, cancellationToken);
                            etag ??= answer.ETag;
                            file ??= new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None);
                            await CopyAsync(answer.ResponseStream, file, progress, cancellationToken);
                            return true;
                        },
                        cancellationToken);
                }
                catch (CumulusException e) when (file is null && IsMissingKey(e))
                {
                    return false;
                }
                catch (CumulusException e) when (e.ErrorId == ErrorIds.EndpointUnreachable && file is not null && i < Tries)
                {
                    await file.FlushAsync(cancellationToken);
                }
            }
        }
        finally
        {
            if (file is not null)
            {
                await file.DisposeAsync();
            }
        }
    }

    private static async Task CopyAsync(Stream source, FileStream target, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[128 << 10];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            progress?.Report(target.Position);
        }
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

    private AwsCall Call(string operation, string bucket) => new("S3", operation, endpoint, bucket);
}
