using System.Buffers;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Cumulus.Engine.Aws;

/// <summary>How long a download waits, and how often it tries.</summary>
/// <param name="Stall">Without a byte for so long, a connection counts as broken.</param>
/// <param name="Tries">In a row that bring nothing worth to speak of.</param>
internal sealed record DownloadPatience(TimeSpan Stall, int Tries)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    /// <summary>After less than this, a try counts as one that brought nothing.</summary>
    public const int Worth = 64 << 10;

    public static DownloadPatience Default { get; } = new(TimeSpan.FromSeconds(60), 6);

    /// <summary>The first one goes on at once: a connection that broke is no sign of a service that is down.</summary>
    public static TimeSpan Delay(int failures) => failures <= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, 0.5 * Math.Pow(2, failures - 2)));
}

/// <summary>
/// Reads an object or a stretch of it. A connection that breaks, or stands still, is taken up where it broke, as long as the key still holds the same
/// object (Range and If-Match, https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
/// </summary>
/// <param name="versionId">Null: the object that the key holds.</param>
internal sealed class S3Download(IAmazonS3 s3, AwsCall call, DownloadPatience patience, TimeProvider clock, string? versionId = null)
{
    private const int BufferLength = 128 << 10;

    /// <param name="etag">Of the object that is meant; null: whichever is there at the first answer.</param>
    /// <param name="start">First byte.</param>
    /// <param name="length">Null: to the end.</param>
    /// <param name="take">Gets the bytes in their order.</param>
    /// <exception cref="CumulusException">As <see cref="IObjectStore"/>.</exception>
    public async Task<ReadOutcome> ReadAsync(string? etag, long start, long? length, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellationToken)
    {
        bool isKnown = etag is not null;
        long have = 0;
        int failures = 0;
        while (true)
        {
            long before = have;
            try
            {
                return await AwsErrors.GuardAsync(call, TryAsync, cancellationToken);
            }
            catch (CumulusException e) when (StatusOf(e) == HttpStatusCode.NotFound && e.ErrorId == ErrorIds.AwsRequestFailed && (isKnown || etag is null))
            {
                return ReadOutcome.Gone;
            }
            catch (CumulusException e) when (isKnown && StatusOf(e) == HttpStatusCode.PreconditionFailed)
            {
                return ReadOutcome.Gone;
            }
            catch (CumulusException e) when (length is null && start + have > 0 && StatusOf(e) == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // There is nothing after what is here: the last try ended between the last byte and its end.
                return ReadOutcome.Read;
            }
            catch (CumulusException e) when (e.ErrorId == ErrorIds.EndpointUnreachable && etag is not null && (have - before >= DownloadPatience.Worth || failures + 1 < patience.Tries))
            {
                failures = have - before >= DownloadPatience.Worth ? 1 : failures + 1;
                TimeSpan delay = DownloadPatience.Delay(failures);
                if (delay > TimeSpan.Zero) await Task.Delay(delay, clock, cancellationToken);
            }
        }

        async Task<ReadOutcome> TryAsync()
        {
            ByteRange? range = length is { } all ? new ByteRange(start + have, start + all - 1) : start + have > 0 ? new ByteRange($"bytes={start + have}-") : null;
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            stall.CancelAfter(patience.Stall);
            using GetObjectResponse answer = await s3.GetObjectAsync(new GetObjectRequest { BucketName = call.Bucket, Key = call.Key, VersionId = versionId, EtagToMatch = etag, ByteRange = range }, stall.Token);
            if (range is not null && !IsStretch(answer, start + have, length - have)) return ReadOutcome.Whole;
            etag ??= answer.ETag;
            byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferLength, length - have ?? BufferLength));
            try
            {
                while (length is null || have < length)
                {
                    stall.CancelAfter(patience.Stall);
                    int wanted = (int)Math.Min(buffer.Length, length - have ?? buffer.Length);
                    int read = await answer.ResponseStream.ReadAsync(buffer.AsMemory(0, wanted), stall.Token);
                    if (read == 0 && length is null) break;
                    if (read == 0) throw new HttpIOException(HttpRequestError.ResponseEnded, $"The answer ended after {have} of {length} bytes.");
                    await take(buffer.AsMemory(0, read));
                    have += read;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            return ReadOutcome.Read;
        }
    }

    // An endpoint that knows no ranges answers 200 with the object from its start; that is as good where the stretch is all of it.
    private static bool IsStretch(GetObjectResponse answer, long start, long? length) =>
        answer.HttpStatusCode == HttpStatusCode.PartialContent
            ? answer.ContentRange is not { Length: > 0 } told || told.StartsWith($"bytes {start}-", StringComparison.Ordinal)
            : start == 0 && answer.ContentLength == length;

    private static HttpStatusCode? StatusOf(CumulusException e) => (e.InnerException as AmazonS3Exception)?.StatusCode;
}
