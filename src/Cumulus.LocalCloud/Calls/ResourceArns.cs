using Cumulus.LocalCloud.CloudFormation.Resources;

namespace Cumulus.LocalCloud.Calls;

/// <summary>
/// ARNs of the things that calls name, as policies write them. The forms are those of the Service Authorization Reference
/// (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html). What the name does not tell - a
/// stack's id, a secret's suffix - is a wildcard.
/// </summary>
internal static class ResourceArns
{
    // By service and parameter; {0} is the name, {1} the region, {2} the account.
    private static readonly Dictionary<(string Service, string Parameter), string> Forms = new()
    {
        [("autoscaling", "AutoScalingGroupName")] = "arn:aws:autoscaling:{1}:{2}:autoScalingGroup:*:autoScalingGroupName/{0}",
        [("autoscaling", "LaunchConfigurationName")] = "arn:aws:autoscaling:{1}:{2}:launchConfiguration:*:launchConfigurationName/{0}",
        [("cloudformation", "StackName")] = "arn:aws:cloudformation:{1}:{2}:stack/{0}/*",
        [("ec2", "GroupId")] = "arn:aws:ec2:{1}:{2}:security-group/{0}",
        [("ec2", "ImageId")] = "arn:aws:ec2:{1}::image/{0}",
        [("ec2", "InstanceId")] = "arn:aws:ec2:{1}:{2}:instance/{0}",
        [("ec2", "LaunchTemplateId")] = "arn:aws:ec2:{1}:{2}:launch-template/{0}",
        [("ec2", "SnapshotId")] = "arn:aws:ec2:{1}::snapshot/{0}",
        [("ec2", "SubnetId")] = "arn:aws:ec2:{1}:{2}:subnet/{0}",
        [("ec2", "VolumeId")] = "arn:aws:ec2:{1}:{2}:volume/{0}",
        [("ec2", "VpcId")] = "arn:aws:ec2:{1}:{2}:vpc/{0}",
        [("iam", "InstanceProfileName")] = "arn:aws:iam::{2}:instance-profile/{0}",
        [("iam", "RoleName")] = "arn:aws:iam::{2}:role/{0}",
        [("iam", "UserName")] = "arn:aws:iam::{2}:user/{0}",
        [("kms", "KeyId")] = "arn:aws:kms:{1}:{2}:key/{0}",
        [("logs", "logGroupName")] = "arn:aws:logs:{1}:{2}:log-group:{0}:*",
        [("monitoring", "AlarmName")] = "arn:aws:cloudwatch:{1}:{2}:alarm:{0}",
        [("secretsmanager", "SecretId")] = "arn:aws:secretsmanager:{1}:{2}:secret:{0}-??????",
        [("sns", "Name")] = "arn:aws:sns:{1}:{2}:{0}",
        [("sqs", "QueueName")] = "arn:aws:sqs:{1}:{2}:{0}",
        [("sqs", "QueueUrl")] = "arn:aws:sqs:{1}:{2}:{0}",
        [("ssm", "DocumentName")] = "arn:aws:ssm:{1}:{2}:document/{0}",
        [("ssm", "InstanceId")] = "arn:aws:ec2:{1}:{2}:instance/{0}",
        [("ssm", "Name")] = "arn:aws:ssm:{1}:{2}:parameter/{0}",
        [("ssm", "Path")] = "arn:aws:ssm:{1}:{2}:parameter/{0}",
    };

    /// <summary>Null when the name is of nothing that a policy names.</summary>
    public static string? Of(string service, string region, string parameter, string value)
    {
        if (value.StartsWith("arn:", StringComparison.Ordinal))
            return value;
        if (!Forms.TryGetValue((service, parameter), out var form))
            return null;
        var account = ResourceWork.Account;
        switch (service, parameter)
        {
            case ("ssm", "DocumentName") when value.StartsWith("AWS-", StringComparison.Ordinal):
                // Amazon's own documents belong to no account.
                account = "";
                break;
            case ("kms", _) when value.StartsWith("alias/", StringComparison.Ordinal):
                form = "arn:aws:kms:{1}:{2}:{0}";
                break;
            case ("sqs", "QueueUrl"):
                value = value[(value.LastIndexOf('/') + 1)..];
                break;
            case ("ssm", "Name" or "Path"):
                value = value.TrimStart('/');
                break;
        }
        return string.Format(System.Globalization.CultureInfo.InvariantCulture, form, value, region, account);
    }
}
