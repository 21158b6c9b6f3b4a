using System.Collections.Specialized;

namespace Cumulus.LocalCloud.Calls;

/// <summary>
/// The operation of S3 that a request is: its method, whether it names a bucket or an object, and a word in its query tell
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html).
/// </summary>
internal static class S3Operation
{
    // Words of the query that stand for a part of a bucket or of an object, and the part's name in the operation.
    private static readonly Dictionary<string, string> Parts = new(StringComparer.Ordinal)
    {
        ["accelerate"] = "AccelerateConfiguration", ["acl"] = "Acl", ["attributes"] = "Attributes", ["cors"] = "Cors", ["encryption"] = "Encryption",
        ["legal-hold"] = "LegalHold", ["lifecycle"] = "LifecycleConfiguration", ["location"] = "Location", ["logging"] = "Logging", ["notification"] = "NotificationConfiguration",
        ["object-lock"] = "LockConfiguration", ["ownershipControls"] = "OwnershipControls", ["policy"] = "Policy", ["policyStatus"] = "PolicyStatus", ["replication"] = "Replication",
        ["requestPayment"] = "RequestPayment", ["retention"] = "Retention", ["tagging"] = "Tagging", ["versioning"] = "Versioning", ["website"] = "Website",
    };

    /// <param name="path">Slash, bucket, slash and key.</param>
    /// <param name="isCopy">Whether the content is to be taken from another object.</param>
    public static string Of(string method, string path, NameValueCollection query, bool isCopy)
    {
        var isObject = path.TrimStart('/').IndexOf('/', StringComparison.Ordinal) is var slash && slash >= 0 && slash < path.TrimStart('/').Length - 1;
        if (path.Trim('/') == "")
            return "ListBuckets";
        // A word without "=" is a value without a name.
        var words = query.AllKeys.OfType<string>().Concat(query.GetValues(null) ?? []).ToHashSet(StringComparer.Ordinal);
        if (words.Contains("publicAccessBlock"))
            return $"{Verb(method)}PublicAccessBlock";
        if (words.FirstOrDefault(Parts.ContainsKey) is { } part)
            return $"{Verb(method)}{(isObject || part == "object-lock" ? "Object" : "Bucket")}{Parts[part]}";
        return isObject ? OfObject(method, words, isCopy) : OfBucket(method, words);
    }

    private static string OfBucket(string method, HashSet<string> words) => method switch
    {
        "HEAD" => "HeadBucket",
        "PUT" => "CreateBucket",
        "DELETE" => "DeleteBucket",
        "POST" => words.Contains("delete") ? "DeleteObjects" : "PostObject",
        _ when words.Contains("uploads") => "ListMultipartUploads",
        _ when words.Contains("versions") => "ListObjectVersions",
        _ => words.Contains("list-type") ? "ListObjectsV2" : "ListObjects",
    };

    private static string OfObject(string method, HashSet<string> words, bool isCopy) => (method, words.Contains("uploadId")) switch
    {
        ("HEAD", _) => "HeadObject",
        ("PUT", true) => isCopy ? "UploadPartCopy" : "UploadPart",
        ("PUT", false) => isCopy ? "CopyObject" : "PutObject",
        ("DELETE", true) => "AbortMultipartUpload",
        ("DELETE", false) => "DeleteObject",
        ("POST", true) => "CompleteMultipartUpload",
        ("POST", false) when words.Contains("uploads") => "CreateMultipartUpload",
        ("POST", false) => words.Contains("restore") ? "RestoreObject" : "SelectObjectContent",
        (_, true) => "ListParts",
        _ => "GetObject",
    };

    private static string Verb(string method) => method switch
    {
        "PUT" => "Put",
        "DELETE" => "Delete",
        _ => "Get",
    };
}
