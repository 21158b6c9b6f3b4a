using System.Net;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

/// <summary>Who may call: whom the cloud has given credentials, and nobody else.</summary>
public sealed class CredentialTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    [Theory]
    [InlineData("cloudformation", false, HttpStatusCode.Forbidden, "InvalidClientTokenId")]
    [InlineData("ec2", false, HttpStatusCode.Unauthorized, "AuthFailure")]
    [InlineData("s3", false, HttpStatusCode.Forbidden, "InvalidAccessKeyId")]
    [InlineData("ssm", false, HttpStatusCode.Forbidden, "UnrecognizedClientException")]
    [InlineData("cloudformation", true, HttpStatusCode.Forbidden, "SignatureDoesNotMatch")]
    [InlineData("ec2", true, HttpStatusCode.Unauthorized, "AuthFailure")]
    [InlineData("s3", true, HttpStatusCode.Forbidden, "SignatureDoesNotMatch")]
    [InlineData("ssm", true, HttpStatusCode.BadRequest, "InvalidSignatureException")]
    public async Task A_wrong_key_or_a_wrong_secret_is_refused_in_the_words_of_each_protocol(string service, bool rightKey, HttpStatusCode status, string code)
    {
        var keys = new BasicAWSCredentials(rightKey ? cloud.Info.AccessKeyId : "AKIAIOSFODNN7EXAMPLE", "not-the-secret");

        var error = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => CallAsync(service, keys));

        Assert.Equal((status, code), (error.StatusCode, error.ErrorCode));
    }

    [Fact]
    public async Task A_presigned_address_opens_what_it_was_made_for()
    {
        var bucket = $"presigned-{Guid.NewGuid():N}";
        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());
        await cloud.S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "a b/ü+1.txt", ContentBody = "content" }, CloudFixture.Within());
        var url = await cloud.S3.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = bucket, Key = "a b/ü+1.txt", Expires = DateTime.UtcNow.AddMinutes(5), Protocol = Protocol.HTTP });
        using var http = new HttpClient();

        var content = await http.GetStringAsync(url, CloudFixture.Within());
        using var other = await http.GetAsync(url.Replace("%2B1", "%2B2", StringComparison.Ordinal), CloudFixture.Within());

        Assert.Equal("content", content);
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
        Assert.Contains("SignatureDoesNotMatch", await other.Content.ReadAsStringAsync(CloudFixture.Within()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_other_than_the_signed_one_is_refused()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, cloud.Info.Endpoint) { Content = new FormUrlEncodedContent([new("Action", "ListStacks"), new("Version", "2010-05-15")]) };
        request.Headers.TryAddWithoutValidation("Authorization",
            $"AWS4-HMAC-SHA256 Credential={cloud.Info.AccessKeyId}/20260101/us-east-1/cloudformation/aws4_request, SignedHeaders=host, Signature={new string('0', 64)}");

        using var answer = await http.SendAsync(request, CloudFixture.Within());

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("SignatureDoesNotMatch", await answer.Content.ReadAsStringAsync(CloudFixture.Within()), StringComparison.Ordinal);
    }

    // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    [Fact]
    public async Task Credentials_of_a_role_are_handed_out_and_open_the_cloud()
    {
        var answer = await cloud.AwsAsync("sts", "assume-role", "--role-arn", "arn:aws:iam::123456789012:role/deployer", "--role-session-name", "me",
            "--query", "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]", "--output", "text");
        var keys = answer.Trim().Split('\t');
        using var client = new AmazonCloudFormationClient(new SessionAWSCredentials(keys[0], keys[1], keys[2]), cloud.With(new AmazonCloudFormationConfig()));

        var stacks = await client.ListStacksAsync(new ListStacksRequest(), CloudFixture.Within());
        var journal = cloud.Server.GetCalls(new LocalCloudCallQuery { Operation = "ListStacks" });

        Assert.Equal(HttpStatusCode.OK, stacks.HttpStatusCode);
        Assert.Contains(journal, call => call.AccessKeyId == keys[0] && call.Principal == "arn:aws:sts::123456789012:assumed-role/deployer/me");
        Assert.DoesNotContain(keys[1], await File.ReadAllTextAsync(Path.Combine(cloud.Info.Path, "localcloud.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_this_machine_is_listened_to()
    {
        var port = new Uri(cloud.Info.Endpoint).Port;

        var listeners = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(end => end.Port == port);

        Assert.Equal([IPAddress.Loopback], listeners.Select(end => end.Address));
    }

    private Task CallAsync(string service, AWSCredentials keys) => service switch
    {
        "cloudformation" => new AmazonCloudFormationClient(keys, cloud.With(new AmazonCloudFormationConfig())).ListStacksAsync(new ListStacksRequest(), CloudFixture.Within()),
        "ec2" => new AmazonEC2Client(keys, cloud.With(new AmazonEC2Config())).DescribeInstancesAsync(new DescribeInstancesRequest(), CloudFixture.Within()),
        "s3" => new AmazonS3Client(keys, cloud.With(new AmazonS3Config { ForcePathStyle = true })).GetObjectAsync("bucket", "key", CloudFixture.Within()),
        "ssm" => new AmazonSimpleSystemsManagementClient(keys, cloud.With(new AmazonSimpleSystemsManagementConfig())).DescribeInstanceInformationAsync(
            new DescribeInstanceInformationRequest(), CloudFixture.Within()),
        _ => throw new ArgumentOutOfRangeException(nameof(service)),
    };
}
