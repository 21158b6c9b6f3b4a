using Cumulus.Engine;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

/// <summary>
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html,
/// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
/// </summary>
public sealed class PolicyDocumentTests
{
    private const string Deployer = """
        {
          "Version": "2012-10-17",
          "Statement": [
            { "Effect": "Allow", "Action": ["s3:GetObject", "s3:Put*"], "Resource": "arn:aws:s3:::bundles/*" },
            { "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bundles" },
            { "Effect": "Allow", "Action": "CLOUDFORMATION:*", "Resource": "arn:aws:cloudformation:*:123456789012:stack/stage-*/*" },
            { "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*" },
            { "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::bundles/secret/*" },
            { "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": { "Bool": { "aws:SecureTransport": "false" } } }
          ]
        }
        """;

    [Theory]
    [InlineData("s3", "PutObject", "arn:aws:s3:::bundles/stage/1/web.zip", null)]
    [InlineData("s3", "CreateMultipartUpload", "arn:aws:s3:::bundles/web.zip", null)]
    [InlineData("s3", "HeadObject", "arn:aws:s3:::bundles/web.zip", null)]
    [InlineData("s3", "ListObjectsV2", "arn:aws:s3:::bundles", null)]
    [InlineData("s3", "DeleteObject", "arn:aws:s3:::bundles/web.zip", "s3:DeleteObject arn:aws:s3:::bundles/web.zip")]
    [InlineData("s3", "DeleteObjects", "arn:aws:s3:::bundles", "s3:DeleteObject arn:aws:s3:::bundles/*")]
    [InlineData("s3", "PutObject", "arn:aws:s3:::other/web.zip", "s3:PutObject arn:aws:s3:::other/web.zip")]
    [InlineData("s3", "GetObject", "arn:aws:s3:::bundles/secret/key", "s3:GetObject arn:aws:s3:::bundles/secret/key")]
    [InlineData("s3", "ListBuckets", null, "s3:ListAllMyBuckets *")]
    [InlineData("cloudformation", "DescribeStacks", "arn:aws:cloudformation:eu-west-1:123456789012:stack/stage-web/*", null)]
    [InlineData("cloudformation", "DescribeStacks", "arn:aws:cloudformation:eu-west-1:123456789012:stack/prod-web/*", "cloudformation:DescribeStacks arn:aws:cloudformation:eu-west-1:123456789012:stack/prod-web/*")]
    [InlineData("cloudformation", "DescribeStacks", null, "cloudformation:DescribeStacks *")]
    [InlineData("ec2", "DescribeInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1", null)]
    [InlineData("ec2", "TerminateInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-1", "ec2:TerminateInstances arn:aws:ec2:eu-west-1:123456789012:instance/i-1")]
    [InlineData("monitoring", "DescribeAlarms", null, "cloudwatch:DescribeAlarms *")]
    [InlineData("sts", "GetCallerIdentity", null, null)]
    public void A_call_is_allowed_or_it_is_said_what_is_missing(string service, string operation, string? arn, string? missing)
    {
        var found = PolicyDocument.Parse(Deployer).Missing(Call(service, operation, arn is null ? [] : [arn]));

        Assert.Equal(missing is null ? [] : [missing], found.Select(permission => $"{permission.Action} {permission.Resource}"));
    }

    [Fact]
    public void A_copy_needs_the_reading_of_its_source()
    {
        var copy = Call("s3", "CopyObject", ["arn:aws:s3:::bundles/new.zip", "arn:aws:s3:::elsewhere/old.zip"]);

        Assert.Equal([new RequiredPermission("s3:GetObject", "arn:aws:s3:::elsewhere/old.zip")], PolicyDocument.Parse(Deployer).Missing(copy));
    }

    [Fact]
    public void All_calls_together_miss_each_permission_once()
    {
        LocalCloudCall[] calls = [Call("sns", "Publish", ["arn:aws:sns:eu-west-1:1:a"]), Call("ec2", "DescribeVpcs", []), Call("sns", "Publish", ["arn:aws:sns:eu-west-1:1:a"]), Call("ssm", "ListCommands", ["x"])];

        Assert.Equal(["sns:Publish", "ssm:ListCommands"], PolicyDocument.Parse(Deployer).Missing(calls).Select(permission => permission.Action));
    }

    [Fact]
    public void What_is_not_named_may_be_meant_by_leaving_out()
    {
        var policy = PolicyDocument.Parse("""{"Statement": {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::private/*"}}""");

        Assert.Empty(policy.Missing(Call("s3", "GetObject", ["arn:aws:s3:::public/a"])));
        Assert.Single(policy.Missing(Call("s3", "GetObject", ["arn:aws:s3:::private/a"])));
        Assert.Single(policy.Missing(Call("iam", "CreateRole", [])));
    }

    [Theory]
    [InlineData("{", "is no IAM policy")]
    [InlineData("[]", "It has no Statement.")]
    [InlineData("""{"Statement": [{"Effect": "Maybe"}]}""", "The Effect is Allow or Deny, not 'Maybe'.")]
    [InlineData("""{"Statement": [{"Effect": "Allow", "Resource": "*"}]}""", "A statement has no Action.")]
    [InlineData("""{"Statement": [{"Effect": "Allow", "Action": 7, "Resource": "*"}]}""", "Action is a text, or a list of texts.")]
    public void What_is_no_policy_is_refused(string json, string words)
    {
        var error = Assert.Throws<CumulusException>(() => PolicyDocument.Parse(json, "policy.json"));

        Assert.Equal((ErrorIds.PolicyInvalid, "policy.json"), (error.ErrorId, error.Target));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    private static LocalCloudCall Call(string service, string operation, string[] arns) => new()
    {
        Time = DateTimeOffset.UnixEpoch,
        Service = service,
        Operation = operation,
        Region = "eu-west-1",
        AccessKeyId = "LOCALX",
        Arns = arns,
    };
}
