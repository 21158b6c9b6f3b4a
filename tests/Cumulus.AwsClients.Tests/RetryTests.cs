using System.Net;
using Amazon;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>The SDK's standard mode: three attempts on throttling, on 5xx and on broken connections; none on what the caller did wrong.</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData(400, "Throttling")]
    [InlineData(400, "RequestLimitExceeded")]
    [InlineData(400, "ThrottlingException")]
    [InlineData(500, "InternalFailure")]
    [InlineData(502, "x")]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(504, "x")]
    public async Task CloudFormation_is_asked_again_until_it_answers(int status, string code)
    {
        var failure = new StubAnswer(status, QueryError(code));
        await using var server = new StubServer(failure, failure, new StubAnswer(200, "<DescribeStacksResponse><DescribeStacksResult><NextToken>n</NextToken></DescribeStacksResult></DescribeStacksResponse>"));
        using var client = new QuickRetryCloudFormation(server.Configure(new AmazonCloudFormationConfig()));

        var answer = await client.DescribeStacksAsync();

        Assert.Equal("n", answer.NextToken);
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData("EC2ThrottledException")]
    [InlineData("RequestLimitExceeded")]
    public async Task EC2_has_throttling_codes_of_its_own(string code)
    {
        await using var server = new StubServer(new StubAnswer(400, Ec2Error(code)), new StubAnswer(200, "<Answer/>"));
        using var client = new QuickRetryEC2(server.Configure(new AmazonEC2Config()));

        await client.DescribeInstancesAsync();

        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData(RequestRetryMode.Standard, typeof(StandardRetryPolicy))]
    [InlineData(RequestRetryMode.Adaptive, typeof(AdaptiveRetryPolicy))]
    public void EC2_keeps_the_retry_mode_that_was_asked_for(RequestRetryMode mode, Type policy)
    {
        using var client = new QuickRetryEC2(new AmazonEC2Config { RetryMode = mode, RegionEndpoint = RegionEndpoint.EUWest1, MaxErrorRetry = 7 });

        Assert.IsAssignableFrom(policy, client.Policy);
        Assert.Equal(mode == RequestRetryMode.Adaptive, client.Policy is AdaptiveRetryPolicy);
        Assert.Equal(7, client.Policy!.MaxRetries);
        Assert.Superset(new HashSet<string> { "EC2ThrottledException", "Throttling", "RequestLimitExceeded" }, client.Policy.ThrottlingErrorCodes.ToHashSet());
    }

    [Fact]
    public async Task The_codes_of_EC2_mean_nothing_elsewhere()
    {
        await using var server = new StubServer(new StubAnswer(400, QueryError("EC2ThrottledException")));
        using var client = new QuickRetryCloudFormation(server.Configure(new AmazonCloudFormationConfig()));

        await Assert.ThrowsAsync<AmazonCloudFormationException>(() => client.DescribeStacksAsync());

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_JSON_service_that_throttles_is_asked_again()
    {
        await using var server = new StubServer(new StubAnswer(400, """{"__type":"ThrottlingException","message":"Rate exceeded"}"""), new StubAnswer(200, "{}"));
        using var client = new QuickRetrySimpleSystemsManagement(server.Configure(new AmazonSimpleSystemsManagementConfig()));

        await client.ListCommandsAsync();

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_tried_again()
    {
        await using var server = new StubServer(StubAnswer.Close, new StubAnswer(200, "<Answer/>"));
        using var client = new QuickRetryEC2(server.Configure(new AmazonEC2Config()));

        await client.DescribeInstancesAsync();

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task The_last_error_comes_out_when_the_attempts_are_used_up()
    {
        await using var server = new StubServer(new StubAnswer(503, Ec2Error("RequestLimitExceeded")));
        using var client = new QuickRetryEC2(server.Configure(new AmazonEC2Config()));

        var error = await Assert.ThrowsAsync<AmazonEC2Exception>(() => client.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = ["i-1"] }));

        Assert.Equal(("RequestLimitExceeded", HttpStatusCode.ServiceUnavailable, "r-9"), (error.ErrorCode, error.StatusCode, error.RequestId));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task The_same_idempotency_token_is_sent_on_every_attempt()
    {
        await using var server = new StubServer(new StubAnswer(500, Ec2Error("InternalError")), new StubAnswer(200, "<Answer/>"));
        using var client = new QuickRetryEC2(server.Configure(new AmazonEC2Config()));

        await client.RunInstancesAsync(new RunInstancesRequest { ImageId = "ami-1", MinCount = 1, MaxCount = 1 });

        Assert.Equal(2, server.Requests.Count);
        Assert.NotNull(Assert.Single(server.Requests.Select(r => r.Field("ClientToken")).Distinct()));
    }

    [Fact]
    public async Task What_the_caller_did_wrong_is_not_tried_again()
    {
        await using var server = new StubServer(new StubAnswer(400, QueryError("ValidationError")));
        using var client = new QuickRetryCloudFormation(server.Configure(new AmazonCloudFormationConfig()));

        await Assert.ThrowsAsync<AmazonCloudFormationException>(() => client.DescribeStacksAsync(new DescribeStacksRequest { StackName = "s" }));

        Assert.Single(server.Requests);
    }

    private static string QueryError(string code) =>
        $"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>m</Message></Error><RequestId>r-8</RequestId></ErrorResponse>";

    private static string Ec2Error(string code) => $"<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors><RequestID>r-9</RequestID></Response>";
}
