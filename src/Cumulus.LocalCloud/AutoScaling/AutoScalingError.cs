using System.Net;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>Refusals of Auto Scaling, by the codes of its API (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html, and each operation's page).</summary>
internal static class AutoScalingError
{
    public static AwsError Invalid(string message) => new(HttpStatusCode.BadRequest, "ValidationError", message);

    public static AwsError NoGroup(string name) => Invalid($"AutoScalingGroup name not found - {name}");

    public static AwsError NoInstance(string id) => Invalid($"Instance Id not found - {id}");

    public static AwsError Exists(string message) => new(HttpStatusCode.BadRequest, "AlreadyExists", message);

    public static AwsError InUse(string message) => new(HttpStatusCode.BadRequest, "ResourceInUse", message);
}
