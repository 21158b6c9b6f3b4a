namespace Cumulus.Engine.Aws;

/// <summary>
/// The few S3 calls that the engine makes. Failures are <see cref="CumulusException"/> with <see cref="ErrorIds.BucketNotFound"/>,
/// <see cref="ErrorIds.AccessDenied"/> (names bucket, operation and, if known, principal), <see cref="ErrorIds.CredentialsNotFound"/>, <see cref="ErrorIds.CredentialsRejected"/>,
/// <see cref="ErrorIds.EndpointUnreachable"/> or <see cref="ErrorIds.AwsRequestFailed"/>.
/// </summary>
public interface IObjectStore
{
    /// <summary>One HEAD request. Null when the key is free. A missing bucket is an error, not null.</summary>
    Task<StoredObject?> FindAsync(string bucket, string key, CancellationToken cancellationToken);

    /// <summary>
    /// Streams a file up, a large one in parts side by side; S3 checks the SHA-256 of what it got. Ended before its end, it leaves no parts behind.
    /// </summary>
    /// <param name="progress">Gets the bytes that are up, on some other thread; never less than before.</param>
    /// <returns>False when the condition of <paramref name="write"/> is not met: the key is taken, or no longer holds what it did.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.FileChanged"/>: the file is not <see cref="ObjectWrite.ExpectedSha256"/>; nothing shows up under the key.</exception>
    Task<bool> UploadAsync(string bucket, string key, string path, ObjectWrite write, IProgress<long>? progress, CancellationToken cancellationToken);

    /// <summary>Streams an object into a new file, which appears when it is whole. Returns false when there is no such key; then no file is made.</summary>
    /// <param name="progress">Gets the bytes received so far.</param>
    Task<bool> DownloadAsync(string bucket, string key, string path, IProgress<long>? progress, CancellationToken cancellationToken);

    /// <summary>As <see cref="DownloadAsync"/>, but one version of the object, whatever the key holds by now.</summary>
    /// <param name="versionId">S3's id (https://docs.aws.amazon.com/AmazonS3/latest/userguide/RetrievingObjectVersions.html).</param>
    Task<bool> DownloadVersionAsync(string bucket, string key, string versionId, string path, CancellationToken cancellationToken);

    /// <summary>As <see cref="DownloadAsync"/>, but into <paramref name="path"/> itself, beginning after the bytes that it has; what came stays there when it fails.</summary>
    /// <param name="etag">Of the object that the file is part of.</param>
    /// <returns>False when the key is free or holds another object by now.</returns>
    Task<bool> ContinueDownloadAsync(string bucket, string key, string path, string etag, IProgress<long>? progress, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a stretch of an object into memory, if the key still holds this very object. What breaks off is gone on with where it broke.
    /// </summary>
    /// <param name="offset">In the object; the stretch, as long as <paramref name="target"/> and not empty, lies within it.</param>
    /// <returns>Unless it is <see cref="ReadOutcome.Read"/>, what <paramref name="target"/> holds is nothing to use.</returns>
    Task<ReadOutcome> ReadAsync(StoredObject source, long offset, Memory<byte> target, CancellationToken cancellationToken);

    /// <summary>A small object, whole in memory. Null when the key is free.</summary>
    Task<ObjectContent?> GetAsync(string bucket, string key, CancellationToken cancellationToken);

    /// <summary>As <see cref="GetAsync"/>, but one that still has this ETag is not sent again (If-None-Match).</summary>
    Task<ObjectLook> LookAsync(string bucket, string key, string etag, CancellationToken cancellationToken);

    /// <summary>Writes a small object.</summary>
    /// <returns>Its ETag; null when the condition of <paramref name="write"/> is not met.</returns>
    Task<string?> PutAsync(string bucket, string key, ReadOnlyMemory<byte> content, ObjectWrite write, CancellationToken cancellationToken);

    /// <summary>Keys that begin with <paramref name="prefix"/>, in S3's order (UTF-8 bytes), page after page on demand.</summary>
    IAsyncEnumerable<ListedObject> ListAsync(string bucket, string prefix, CancellationToken cancellationToken);

    /// <summary>Has S3 copy an object within the bucket, if <paramref name="source"/> is still what it was.</summary>
    Task<CopyResult> CopyAsync(StoredObject source, string key, ObjectWrite write, CancellationToken cancellationToken);

    /// <summary>Deletes keys; one that is free counts as deleted.</summary>
    /// <returns>Those that S3 did not delete.</returns>
    Task<IReadOnlyList<DeleteFailure>> DeleteAsync(string bucket, IReadOnlyCollection<string> keys, CancellationToken cancellationToken);
}

/// <summary>What S3 tells of an object.</summary>
/// <param name="Metadata">User metadata, names in lower case without prefix.</param>
/// <param name="ETag">Changes with the content; with quotes, as S3 gives it.</param>
public sealed record StoredObject(string Bucket, string Key, long Size, DateTimeOffset LastModified, IReadOnlyDictionary<string, string> Metadata, string ETag)
{
    /// <summary>S3's id of this version; null where the bucket keeps none.</summary>
    public string? VersionId { get; init; }
}

/// <summary>An object in memory.</summary>
public sealed record ObjectContent(byte[] Bytes, string ETag, IReadOnlyDictionary<string, string> Metadata);

/// <param name="Changed">False: it still has the ETag that the caller knows, and the object is not here.</param>
/// <param name="Content">Null when the key is free.</param>
public sealed record ObjectLook(bool Changed, ObjectContent? Content);

/// <summary>One line of a listing.</summary>
public sealed record ListedObject(string Key, long Size, DateTimeOffset LastModified, string ETag);

/// <param name="Code">S3's error code, such as <c>AccessDenied</c>.</param>
public sealed record DeleteFailure(string Key, string Code, string Message);

/// <summary>What became of reading a stretch of an object.</summary>
public enum ReadOutcome
{
    /// <summary>All of it is there.</summary>
    Read,

    /// <summary>The key is free, or holds another object by now.</summary>
    Gone,

    /// <summary>The endpoint knows no ranges: it would send the whole object each time.</summary>
    Whole,
}

public enum CopyResult
{
    Copied,

    /// <summary>The condition of the write is not met: the key is taken.</summary>
    Taken,

    /// <summary>The source is gone or another object by now.</summary>
    SourceChanged,
}

/// <summary>How an object is written.</summary>
public sealed record ObjectWrite
{
    public static ObjectWrite Plain { get; } = new();

    /// <summary>Only if the key is free (If-None-Match, https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).</summary>
    public static ObjectWrite IfAbsent { get; } = new() { OnlyIfAbsent = true };

    /// <summary>User metadata, names without the <c>x-amz-meta-</c> prefix.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public bool OnlyIfAbsent { get; init; }

    /// <summary>Only if the key holds the object with this ETag (If-Match); not for copies and files.</summary>
    public string? IfMatch { get; init; }

    /// <summary>64 hexadecimal digits that the bytes of a file must give; null: not compared.</summary>
    public string? ExpectedSha256 { get; init; }

    public StorageOptions Storage { get; init; } = StorageOptions.Default;
}

/// <summary>How S3 keeps an object.</summary>
public sealed record StorageOptions
{
    public static StorageOptions Default { get; } = new();

    /// <summary>S3's word, such as <c>STANDARD_IA</c>; null: STANDARD.</summary>
    public string? StorageClass { get; init; }

    /// <summary><c>AES256</c>, <c>aws:kms</c> or <c>aws:kms:dsse</c>; null: what the bucket does by itself.</summary>
    public string? ServerSideEncryption { get; init; }

    /// <summary>Id, ARN or alias of the KMS key; null: the key that AWS manages for S3.</summary>
    public string? KmsKeyId { get; init; }

    /// <summary>At most 10 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html).</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
