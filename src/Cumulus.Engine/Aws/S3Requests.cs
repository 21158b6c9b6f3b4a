using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Aws;

/// <summary>Puts what is asked of a write into the SDK's requests, which have no common shape for it.</summary>
internal static class S3Requests
{
    public static PutObjectRequest Put(string bucket, string key, Stream content, ObjectWrite write, bool unsigned)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = content,
            AutoCloseStream = false,
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
            DisablePayloadSigning = unsigned,
            IfNoneMatch = write.OnlyIfAbsent ? "*" : null,
            IfMatch = write.IfMatch,
            StorageClass = Class(write.Storage),
            ServerSideEncryptionMethod = Encryption(write.Storage),
            ServerSideEncryptionKeyManagementServiceKeyId = write.Storage.KmsKeyId,
            TagSet = Tags(write.Storage),
        };
        AddMetadata(request.Metadata, write);
        return request;
    }

    public static InitiateMultipartUploadRequest Initiate(string bucket, string key, ObjectWrite write)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = bucket,
            Key = key,
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
            StorageClass = Class(write.Storage),
            ServerSideEncryptionMethod = Encryption(write.Storage),
            ServerSideEncryptionKeyManagementServiceKeyId = write.Storage.KmsKeyId,
            TagSet = Tags(write.Storage),
        };
        AddMetadata(request.Metadata, write);
        return request;
    }

    public static CopyObjectRequest Copy(StoredObject source, string key, ObjectWrite write)
    {
        var request = new CopyObjectRequest
        {
            SourceBucket = source.Bucket,
            SourceKey = source.Key,
            DestinationBucket = source.Bucket,
            DestinationKey = key,
            ETagToMatch = source.ETag,
            IfNoneMatch = write.OnlyIfAbsent ? "*" : null,
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
            MetadataDirective = S3MetadataDirective.REPLACE,
            TaggingDirective = TaggingDirective.REPLACE,
            StorageClass = Class(write.Storage),
            ServerSideEncryptionMethod = Encryption(write.Storage),
            ServerSideEncryptionKeyManagementServiceKeyId = write.Storage.KmsKeyId,
            TagSet = Tags(write.Storage),
        };
        AddMetadata(request.Metadata, write);
        return request;
    }

    /// <summary>Tells the signer the payload's hash, which it would compute once more.</summary>
    public static void SignPayload(IAmazonWebServiceRequest request, byte[] sha256) =>
        request.AddBeforeRequestHandler((_, e) => ((WebServiceRequestEventArgs)e).Headers["x-amz-content-sha256"] = Hex.Of(sha256));

    private static S3StorageClass? Class(StorageOptions storage) => storage.StorageClass is { } name ? S3StorageClass.FindValue(name) : null;

    private static ServerSideEncryptionMethod? Encryption(StorageOptions storage) =>
        storage.ServerSideEncryption is { } name ? ServerSideEncryptionMethod.FindValue(name) : null;

    private static List<Tag>? Tags(StorageOptions storage) =>
        storage.Tags.Count == 0 ? null : [.. storage.Tags.Select(t => new Tag { Key = t.Key, Value = t.Value })];

    private static void AddMetadata(MetadataCollection metadata, ObjectWrite write)
    {
        foreach ((string name, string value) in write.Metadata) metadata[name] = value;
    }
}
