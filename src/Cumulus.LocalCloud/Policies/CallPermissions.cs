namespace Cumulus.LocalCloud.Policies;

/// <summary>
/// The permissions that calls need, by the Service Authorization Reference
/// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
/// </summary>
internal static class CallPermissions
{
    private const string Everything = "*";

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html: operations whose action is called otherwise.
    private static readonly Dictionary<string, string> ActionsOfS3 = new(StringComparer.Ordinal)
    {
        ["CompleteMultipartUpload"] = "PutObject", ["CopyObject"] = "PutObject", ["CreateMultipartUpload"] = "PutObject", ["DeleteObjects"] = "DeleteObject",
        ["GetBucketAccelerateConfiguration"] = "GetAccelerateConfiguration", ["GetBucketEncryption"] = "GetEncryptionConfiguration",
        ["GetBucketLifecycleConfiguration"] = "GetLifecycleConfiguration", ["GetBucketNotificationConfiguration"] = "GetBucketNotification",
        ["GetBucketReplication"] = "GetReplicationConfiguration", ["GetObjectLockConfiguration"] = "GetBucketObjectLockConfiguration", ["GetPublicAccessBlock"] = "GetBucketPublicAccessBlock",
        ["HeadBucket"] = "ListBucket", ["HeadObject"] = "GetObject", ["ListBuckets"] = "ListAllMyBuckets", ["ListMultipartUploads"] = "ListBucketMultipartUploads",
        ["ListObjectVersions"] = "ListBucketVersions", ["ListObjects"] = "ListBucket", ["ListObjectsV2"] = "ListBucket", ["ListParts"] = "ListMultipartUploadParts",
        ["PutBucketEncryption"] = "PutEncryptionConfiguration", ["PutBucketLifecycleConfiguration"] = "PutLifecycleConfiguration",
        ["PutBucketNotificationConfiguration"] = "PutBucketNotification", ["PutBucketReplication"] = "PutReplicationConfiguration",
        ["PutObjectLockConfiguration"] = "PutBucketObjectLockConfiguration", ["PutPublicAccessBlock"] = "PutBucketPublicAccessBlock",
        ["UploadPart"] = "PutObject", ["UploadPartCopy"] = "PutObject",
    };

    private static readonly HashSet<(string, string)> WithoutResources =
        [("ssm", "DescribeInstanceInformation"), ("ssm", "GetCommandInvocation"), ("ssm", "ListCommands"), ("ssm", "ListCommandInvocations"), ("ssm", "DescribeParameters")];

    public static IReadOnlyList<RequiredPermission> Of(LocalCloudCall call)
    {
        // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: no permissions are required.
        if (call is { Service: "sts", Operation: "GetCallerIdentity" } or { Service: "" })
            return [];
        if (call.Service == "s3")
            return OfS3(call);
        var action = $"{Prefix(call.Service)}:{call.Operation}";
        return KnowsNoResources(call) || call.Arns.Count == 0 ? [new(action, Everything)] : [.. call.Arns.Select(arn => new RequiredPermission(action, arn))];
    }

    private static RequiredPermission[] OfS3(LocalCloudCall call)
    {
        var action = "s3:" + ActionsOfS3.GetValueOrDefault(call.Operation, call.Operation);
        return (call.Operation, call.Arns) switch
        {
            ("ListBuckets", _) or (_, []) => [new(action, Everything)],
            ("DeleteObjects", [var bucket, ..]) => [new(action, bucket + "/*")],
            ("CopyObject" or "UploadPartCopy", [var to, var from]) => [new(action, to), new("s3:GetObject", from)],
            (_, [var resource, ..]) => [new(action, resource)],
        };
    }

    private static bool KnowsNoResources(LocalCloudCall call) =>
        (call.Service is "ec2" or "autoscaling" or "elasticloadbalancing" && call.Operation.StartsWith("Describe", StringComparison.Ordinal)) ||
        WithoutResources.Contains((call.Service, call.Operation));

    // Two services sign with a name that policies do not use.
    private static string Prefix(string service) => service switch
    {
        "monitoring" => "cloudwatch",
        "email" => "ses",
        _ => service,
    };
}
