using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Amazon.AutoScaling;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.ElasticLoadBalancingV2;
using Amazon.ElasticLoadBalancingV2.Model;
using Amazon.Runtime;
using Amazon.SimpleEmail;
using Amazon.SimpleEmail.Model;
using Amazon.SimpleNotificationService;
using Amazon.SimpleNotificationService.Model;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>
/// Signature Version 4, computed anew from the bytes on the wire after the description in the IAM user guide
/// ("Create a signed AWS API request"), without any code of the SDK.
/// </summary>
public sealed class SigningTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    [Fact]
    public async Task Requests_of_all_services_are_signed_for_their_service_and_region()
    {
        await using var server = new StubServer(request =>
            request.Headers.Any(h => h.Key.Equals("X-Amz-Target", StringComparison.OrdinalIgnoreCase)) ? new StubAnswer(200, "{}") : new StubAnswer(200, "<Answer/>"));
        var credentials = new SessionAWSCredentials("AKIDEXAMPLE", Secret, "session/to+ken==");
        using var autoScaling = new AmazonAutoScalingClient(credentials, server.Configure(new AmazonAutoScalingConfig()));
        using var cloudFormation = new AmazonCloudFormationClient(credentials, server.Configure(new AmazonCloudFormationConfig()));
        using var ec2 = new AmazonEC2Client(credentials, server.Configure(new AmazonEC2Config()));
        using var elb = new AmazonElasticLoadBalancingV2Client(credentials, server.Configure(new AmazonElasticLoadBalancingV2Config()));
        using var ses = new AmazonSimpleEmailServiceClient(credentials, server.Configure(new AmazonSimpleEmailServiceConfig()));
        using var sns = new AmazonSimpleNotificationServiceClient(credentials, server.Configure(new AmazonSimpleNotificationServiceConfig()));
        using var sqs = new AmazonSQSClient(credentials, server.Configure(new AmazonSQSConfig()));
        using var ssm = new AmazonSimpleSystemsManagementClient(credentials, server.Configure(new AmazonSimpleSystemsManagementConfig()));

        await autoScaling.DescribeAutoScalingGroupsAsync();
        await cloudFormation.CreateStackAsync(new CreateStackRequest { StackName = "s", TemplateBody = "a b+c/é~*'(){}\t€\n&=;" });
        await ec2.DescribeInstancesAsync();
        await elb.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest());
        await ses.GetSendQuotaAsync();
        await sns.PublishAsync(new PublishRequest { Message = "é\r\n" });
        await sqs.SendMessageAsync(new SendMessageRequest { QueueUrl = "q", MessageBody = "{\"é\":1}" });
        await ssm.PutParameterAsync(new PutParameterRequest { Name = "/a", Value = "€" });

        Assert.Equal(
            ["autoscaling", "cloudformation", "ec2", "elasticloadbalancing", "ses", "sns", "sqs", "ssm"],
            server.Requests.Select(CheckedService));
    }

    [Fact]
    public async Task A_changed_byte_breaks_the_signature()
    {
        await using var server = new StubServer(new StubAnswer(200, "<Answer/>"));
        using var ec2 = new AmazonEC2Client("AKIDEXAMPLE", Secret, server.Configure(new AmazonEC2Config()));

        await ec2.DescribeInstancesAsync();

        var request = Assert.Single(server.Requests);
        Assert.Equal("ec2", CheckedService(request));
        request.Body[^1] ^= 1;
        Assert.NotEqual(Claimed(request).Signature, Signature(request));
    }

    [Fact]
    public async Task A_repeated_request_is_signed_anew_with_its_attempt_number()
    {
        await using var server = new StubServer(new StubAnswer(503, "<Error><Code>ServiceUnavailable</Code></Error>"), new StubAnswer(200, "<Answer/>"));
        using var client = new QuickRetryCloudFormation(server.Configure(new AmazonCloudFormationConfig()), Secret);

        await client.DescribeStacksAsync();

        Assert.Equal(["attempt=1; max=3", "attempt=2; max=3"], server.Requests.Select(r => r.Header("amz-sdk-request")));
        Assert.All(server.Requests, request => Assert.Equal("cloudformation", CheckedService(request)));
        Assert.Single(server.Requests.Select(r => r.Header("amz-sdk-invocation-id")).Distinct());
    }

    private static string CheckedService(StubRequest request)
    {
        var claimed = Claimed(request);
        Assert.Equal("AKIDEXAMPLE", claimed.Scope[0]);
        Assert.Equal("eu-west-1", claimed.Scope[2]);
        Assert.Equal("aws4_request", claimed.Scope[4]);
        Assert.Contains("host", claimed.SignedHeaders);
        Assert.Contains("x-amz-date", claimed.SignedHeaders);
        if (request.Headers.Any(h => h.Key.Equals("X-Amz-Security-Token", StringComparison.OrdinalIgnoreCase)))
            Assert.Contains("x-amz-security-token", claimed.SignedHeaders);
        Assert.Equal(Signature(request), claimed.Signature);
        return claimed.Scope[3];
    }

    private static (string[] Scope, string[] SignedHeaders, string Signature) Claimed(StubRequest request)
    {
        var match = Regex.Match(request.Header("Authorization"), "^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$");
        Assert.True(match.Success, request.Header("Authorization"));
        return (match.Groups[1].Value.Split('/'), match.Groups[2].Value.Split(';'), match.Groups[3].Value);
    }

    private static string Signature(StubRequest request)
    {
        var (scope, signedHeaders, _) = Claimed(request);
        var canonicalHeaders = string.Concat(signedHeaders.Select(name => $"{name}:{Regex.Replace(request.Header(name), " +", " ")}\n"));
        var canonicalRequest = string.Join('\n', request.Method, request.Target, "", canonicalHeaders, string.Join(';', signedHeaders), Hex(SHA256.HashData(request.Body)));
        var stringToSign = string.Join(
            '\n', "AWS4-HMAC-SHA256", request.Header("X-Amz-Date"), string.Join('/', scope.Skip(1)), Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest))));
        var key = scope.Skip(1).Aggregate(Encoding.UTF8.GetBytes("AWS4" + Secret), (k, part) => HMACSHA256.HashData(k, Encoding.UTF8.GetBytes(part)));
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(stringToSign)));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
}
