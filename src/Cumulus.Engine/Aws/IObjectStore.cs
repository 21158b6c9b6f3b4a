namespace Cumulus.Engine.Aws;

/// <summary>
/// The few S3 calls that the engine makes. Failures are <see cref="CumulusException"/> with <see cref="ErrorIds.BucketNotFound"/>,
/// <see cref="ErrorIds.AccessDenied"/> (names bucket, operation and, if known, principal), <see cref="ErrorIds.CredentialsNotFound"/>, <see cref="ErrorIds.CredentialsRejected"/>,
/// <see cref="ErrorIds.EndpointUnreachable"/> or <see cref="ErrorIds.AwsRequestFailed"/>.
/// </summary>
public interface IObjectStore
{
    /// <summary>Null when the key is free. A missing bucket is an error, not null.</summary>
    Task<StoredObject?> FindAsync(string bucket, string key, CancellationToken cancellationToken);

    /// <summary>Streams a file up; S3 checks the SHA-256. With <paramref name="onlyIfAbsent"/> false comes back when the key is taken (If-None-Match).</summary>
    /// <param name="metadata">User metadata, names without the <c>x-amz-meta-</c> prefix.</param>
    /// <param name="progress">Gets the bytes sent so far, on some other thread.</param>
    Task<bool> UploadAsync(string bucket, string key, string path, IReadOnlyDictionary<string, string> metadata, bool onlyIfAbsent, IProgress<long>? progress, CancellationToken cancellationToken);

    /// <summary>Streams an object into a new file, which appears when it is whole. Returns false when there is no such key; then no file is made.</summary>
    /// <param name="progress">Gets the bytes received so far.</param>
    Task<bool> DownloadAsync(string bucket, string key, string path, IProgress<long>? progress, CancellationToken cancellationToken);
}

/// <summary>What S3 tells of an object.</summary>
/// <param name="Metadata">User metadata, names in lower case without prefix.</param>
public sealed record StoredObject(string Bucket, string Key, long Size, DateTimeOffset LastModified, IReadOnlyDictionary<string, string> Metadata);
