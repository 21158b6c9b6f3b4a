using System.Collections.Concurrent;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Cumulus.Engine.Aws;

/// <summary>Sizes that a test makes small.</summary>
/// <param name="PartSize">Bytes of a part at least, and of the largest file that goes up whole. S3 takes 5 MiB and more.</param>
/// <param name="CopyLimit">Bytes that S3 copies with one request: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html.</param>
/// <param name="CopyPartSize">Bytes of a part of a larger copy.</param>
internal sealed record TransferSizes(long PartSize = 8L << 20, long CopyLimit = 5L << 30, long CopyPartSize = 512L << 20)
{
    /// <summary>https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html</summary>
    private const int MaximumParts = 10_000;

    /// <summary>Bytes of the parts of a file: as many MiB as it takes to have no more than 10,000 of them.</summary>
    public long PartSizeOf(long length)
    {
        long least = (length + MaximumParts - 1) / MaximumParts;
        return Math.Max(PartSize, (least + (1 << 20) - 1) >> 20 << 20);
    }
}

/// <summary>
/// One multipart upload, from its start to its end or abort. A file is read once, part after part into a few buffers; what is hashed is what is
/// sent, so that a file that changes meanwhile is found out. Memory does not grow with the file.
/// </summary>
/// <param name="unsigned">The payload is not signed: over TLS its checksum is enough, and hashing it twice is not needed.</param>
internal sealed class S3MultipartUpload(IAmazonS3 s3, string bucket, string key, bool unsigned, TransferSizes sizes, Func<string, AwsCall> call)
{
    private const int Parallel = 8;

    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(20);

    /// <summary>Sends a file; the caller has seen to it that it is not empty.</summary>
    /// <exception cref="CumulusException">As <see cref="IObjectStore.UploadAsync"/>.</exception>
    public Task SendAsync(FileStream file, ObjectWrite write, IProgress<long>? progress, CancellationToken cancellationToken) =>
        RunAsync(write, (id, stop) => SendPartsAsync(id, file, write.ExpectedSha256, progress, stop), cancellationToken);

    /// <summary>Has S3 copy a large object part by part.</summary>
    public Task CopyAsync(StoredObject source, ObjectWrite write, CancellationToken cancellationToken) =>
        RunAsync(write, (id, stop) => CopyPartsAsync(id, source, stop), cancellationToken);

    private async Task RunAsync(ObjectWrite write, Func<string, CancellationToken, Task<List<PartETag>>> sendParts, CancellationToken cancellationToken)
    {
        InitiateMultipartUploadResponse begun = await AwsErrors.GuardAsync(
            call("CreateMultipartUpload"),
            () => s3.InitiateMultipartUploadAsync(S3Requests.Initiate(bucket, key, write), cancellationToken),
            cancellationToken);
        try
        {
            var complete = new CompleteMultipartUploadRequest
            {
                BucketName = bucket,
                Key = key,
                UploadId = begun.UploadId,
                PartETags = await sendParts(begun.UploadId, cancellationToken),
                IfNoneMatch = write.OnlyIfAbsent ? "*" : null,
            };
            await AwsErrors.GuardAsync(call("CompleteMultipartUpload"), () => s3.CompleteMultipartUploadAsync(complete, cancellationToken), cancellationToken);
        }
        catch
        {
            await AbortAsync(begun.UploadId);
            throw;
        }
    }

    private async Task<List<PartETag>> SendPartsAsync(string id, FileStream file, string? expectedSha256, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        long length = file.Length;
        long partSize = sizes.PartSizeOf(length);
        var buffers = new ConcurrentBag<byte[]>();
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sum = new Sum(progress);
        return await SideBySideAsync(
            (int)((length + partSize - 1) / partSize),
            async (number, stop) =>
            {
                byte[] buffer = buffers.TryTake(out byte[]? used) ? used : new byte[partSize];
                int size = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop);
                whole.AppendData(buffer, 0, size);
                bool last = (number * partSize) >= length;
                if (last && (file.Position != length || file.Length != length)) throw S3ObjectStore.FileChanged(file.Name, "its size is not what it was");
                if (last && expectedSha256 is not null) S3ObjectStore.RequireSha256(file.Name, expectedSha256, whole.GetHashAndReset());
                return async () =>
                {
                    PartETag part = await SendPartAsync(id, number, buffer, size, stop);
                    buffers.Add(buffer);
                    sum.Add(size);
                    return part;
                };
            },
            cancellationToken);
    }

    // The SDK sends a part again when the service is busy or the connection breaks.
    private Task<PartETag> SendPartAsync(string id, int number, byte[] buffer, int size, CancellationToken cancellationToken) =>
        AwsErrors.GuardAsync(
            call("UploadPart"),
            async () =>
            {
                using var content = new MemoryStream(buffer, 0, size, writable: false);
                byte[] sha256 = SHA256.HashData(buffer.AsSpan(0, size));
                var request = new UploadPartRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = id,
                    PartNumber = number,
                    PartSize = size,
                    InputStream = content,
                    // The bytes are here, so the checksum goes ahead of them: a trailer would have the body cut into chunks, each signed by itself.
                    ChecksumSHA256 = Convert.ToBase64String(sha256),
                    UseChunkEncoding = false,
                    DisablePayloadSigning = unsigned,
                };
                if (!unsigned) S3Requests.SignPayload(request, sha256);
                UploadPartResponse answer = await s3.UploadPartAsync(request, cancellationToken);
                return new PartETag(answer, copyChecksums: true);
            },
            cancellationToken);

    private Task<List<PartETag>> CopyPartsAsync(string id, StoredObject source, CancellationToken cancellationToken) =>
        SideBySideAsync(
            (int)((source.Size + sizes.CopyPartSize - 1) / sizes.CopyPartSize),
            (number, stop) => Task.FromResult(() => AwsErrors.GuardAsync(
                call("UploadPartCopy"),
                async () =>
                {
                    CopyPartResponse answer = await s3.CopyPartAsync(
                        new CopyPartRequest
                        {
                            SourceBucket = source.Bucket,
                            SourceKey = source.Key,
                            ETagToMatch = [source.ETag],
                            DestinationBucket = bucket,
                            DestinationKey = key,
                            UploadId = id,
                            PartNumber = number,
                            FirstByte = (number - 1) * sizes.CopyPartSize,
                            LastByte = Math.Min(number * sizes.CopyPartSize, source.Size) - 1,
                        },
                        stop);
                    return new PartETag(answer, copyChecksums: true);
                },
                stop)),
            cancellationToken);

    // Prepares the parts in order and runs a few at a time. Nothing of it runs any more when this returns: a part that came in after the abort would stay.
    private static async Task<List<PartETag>> SideBySideAsync(int count, Func<int, CancellationToken, Task<Func<Task<PartETag>>>> prepare, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var slots = new SemaphoreSlim(Parallel);
        var running = new List<Task<PartETag>>();
        Exception? first = null;
        try
        {
            for (int number = 1; number <= count; number++)
            {
                await slots.WaitAsync(stop.Token);
                Func<Task<PartETag>> part = await prepare(number, stop.Token);
                running.Add(Task.Run(() => RunAsync(part), CancellationToken.None));
            }

            return [.. await Task.WhenAll(running)];
        }
        catch (OperationCanceledException) when (first is not null && !cancellationToken.IsCancellationRequested)
        {
            throw first;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        async Task<PartETag> RunAsync(Func<Task<PartETag>> part)
        {
            try
            {
                return await part();
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref first, e, null);
                await stop.CancelAsync();
                throw;
            }
            finally
            {
                slots.Release();
            }
        }
    }

    // The token of the caller may be the reason for the abort. What S3 keeps after all is for the bucket's lifecycle rule; the first failure is what counts.
    private async Task AbortAsync(string id)
    {
        using var limit = new CancellationTokenSource(AbortLimit);
        try
        {
            await s3.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = id }, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException || AwsErrors.Translate(e, call("AbortMultipartUpload"), limit.Token) is not null)
        {
        }
    }

    private sealed class Sum(IProgress<long>? progress)
    {
        private readonly object _gate = new();
        private long _bytes;

        // Reported under the lock, so that the numbers never go back.
        public void Add(int size)
        {
            lock (_gate) progress?.Report(_bytes += size);
        }
    }
}
