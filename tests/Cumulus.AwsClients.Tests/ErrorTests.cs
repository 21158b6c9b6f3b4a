using System.Net;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.EC2;
using Amazon.ElasticLoadBalancingV2;
using Amazon.ElasticLoadBalancingV2.Model;
using Amazon.Runtime;
using Amazon.SimpleEmail;
using Amazon.SimpleEmail.Model;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>Error answers become exceptions with class, code, status, request id and the members that the model has.</summary>
public sealed class ErrorTests
{
    [Fact]
    public async Task A_modelled_XML_error_has_its_class()
    {
        var error = await CloudFormationErrorAsync<AlreadyExistsException>(new StubAnswer(400,
            """<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>AlreadyExistsException</Code><Message>Stack [s] already exists</Message></Error><RequestId>r-1</RequestId></ErrorResponse>"""));

        Assert.Equal("Stack [s] already exists", error.Message);
        Assert.Equal(("AlreadyExistsException", HttpStatusCode.BadRequest, "r-1", ErrorType.Sender), (error.ErrorCode, error.StatusCode, error.RequestId, error.ErrorType));
        Assert.IsAssignableFrom<AmazonCloudFormationException>(error);
    }

    [Fact]
    public async Task An_error_that_is_not_in_the_model_has_the_services_class()
    {
        var error = await CloudFormationErrorAsync<AmazonCloudFormationException>(new StubAnswer(403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r-2</RequestId></ErrorResponse>"));

        Assert.Equal(("AccessDenied", HttpStatusCode.Forbidden, "r-2"), (error.ErrorCode, error.StatusCode, error.RequestId));
    }

    [Fact]
    public async Task An_EC2_error_has_code_and_request_id()
    {
        await using var server = new StubServer(new StubAnswer(400,
            """<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>The instance ID 'i-1' does not exist</Message></Error></Errors><RequestID>r-3</RequestID></Response>"""));
        using var client = new AmazonEC2Client(Services.Credentials, server.Configure(new AmazonEC2Config()));

        var error = await Assert.ThrowsAsync<AmazonEC2Exception>(() => client.DescribeInstancesAsync());

        Assert.Equal(("InvalidInstanceID.NotFound", HttpStatusCode.BadRequest, "r-3"), (error.ErrorCode, error.StatusCode, error.RequestId));
        Assert.Equal("The instance ID 'i-1' does not exist", error.Message);
    }

    [Fact]
    public async Task An_error_code_may_differ_from_the_name_of_its_class()
    {
        await using var server = new StubServer(new StubAnswer(400, "<ErrorResponse><Error><Code>TargetGroupNotFound</Code><Message>m</Message></Error></ErrorResponse>"));
        using var client = new AmazonElasticLoadBalancingV2Client(Services.Credentials, server.Configure(new AmazonElasticLoadBalancingV2Config()));

        var error = await Assert.ThrowsAsync<TargetGroupNotFoundException>(() => client.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest()));

        Assert.Equal("TargetGroupNotFound", error.ErrorCode);
    }

    [Fact]
    public async Task A_modelled_XML_error_carries_its_members()
    {
        await using var server = new StubServer(new StubAnswer(400,
            "<ErrorResponse><Error><Code>ConfigurationSetDoesNotExist</Code><Message>m</Message><ConfigurationSetName>set</ConfigurationSetName></Error></ErrorResponse>"));
        using var client = new AmazonSimpleEmailServiceClient(Services.Credentials, server.Configure(new AmazonSimpleEmailServiceConfig()));

        var error = await Assert.ThrowsAsync<ConfigurationSetDoesNotExistException>(() => client.SendEmailAsync(new SendEmailRequest()));

        Assert.Equal("set", error.ConfigurationSetName);
    }

    [Theory]
    [InlineData("""{"__type":"InvalidDocument","Message":"m"}""")]
    [InlineData("""{"__type":"com.amazonaws.ssm#InvalidDocument","message":"m"}""")]
    [InlineData("""{"__type":"InvalidDocument:http://internal.amazon.com/coral/","message":"m"}""")]
    public async Task A_modelled_JSON_error_has_its_class(string body)
    {
        var error = await SsmErrorAsync<InvalidDocumentException>(new StubAnswer(400, body, ("x-amzn-RequestId", "r-4")));

        Assert.Equal(("InvalidDocument", HttpStatusCode.BadRequest, "r-4", "m"), (error.ErrorCode, error.StatusCode, error.RequestId, error.Message));
    }

    [Fact]
    public async Task A_JSON_error_that_is_not_in_the_model_has_the_services_class()
    {
        var error = await SsmErrorAsync<AmazonSimpleSystemsManagementException>(new StubAnswer(400, """{"__type":"ExpiredTokenException","message":"m"}""", ("x-amzn-RequestId", "r")));

        Assert.Equal(("ExpiredTokenException", HttpStatusCode.BadRequest, "r"), (error.ErrorCode, error.StatusCode, error.RequestId));
    }

    [Fact]
    public async Task SQS_keeps_the_error_codes_that_it_had_in_the_query_protocol()
    {
        await using var server = new StubServer(new StubAnswer(400,
            """{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"}""", ("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")));
        using var client = new AmazonSQSClient(Services.Credentials, server.Configure(new AmazonSQSConfig()));

        var error = await Assert.ThrowsAsync<QueueDoesNotExistException>(() => client.GetQueueUrlAsync(new GetQueueUrlRequest { QueueName = "q" }));

        Assert.Equal(("AWS.SimpleQueueService.NonExistentQueue", ErrorType.Sender), (error.ErrorCode, error.ErrorType));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>Forbidden by the proxy</body></html>")]
    [InlineData("plain text")]
    [InlineData("<ErrorResponse><Error><Code>Trunc")]
    public async Task An_error_that_no_AWS_service_wrote_keeps_status_and_request_id(string body)
    {
        var xml = await CloudFormationErrorAsync<AmazonCloudFormationException>(new StubAnswer(403, body, ("x-amzn-RequestId", "r-5")));
        var json = await SsmErrorAsync<AmazonSimpleSystemsManagementException>(new StubAnswer(403, body, ("x-amzn-RequestId", "r-5")));

        Assert.Equal((HttpStatusCode.Forbidden, "r-5"), (xml.StatusCode, xml.RequestId));
        Assert.Equal((HttpStatusCode.Forbidden, "r-5"), (json.StatusCode, json.RequestId));
        Assert.NotEmpty(xml.Message);
        Assert.NotEmpty(json.Message);
    }

    [Theory]
    [InlineData("not XML")]
    [InlineData("<DescribeStacksResponse><DescribeStacksResult>")]
    [InlineData("<!DOCTYPE x [<!ENTITY e \"boom\">]><DescribeStacksResponse>&e;</DescribeStacksResponse>")]
    [InlineData("<R><DescribeStacksResult><Stacks><member><CreationTime>yesterday</CreationTime></member></Stacks></DescribeStacksResult></R>")]
    [InlineData("<R><DescribeStacksResult><Stacks><member><TimeoutInMinutes>99999999999</TimeoutInMinutes></member></Stacks></DescribeStacksResult></R>")]
    public async Task An_XML_answer_that_cannot_be_read_is_an_error_of_the_SDKs_kind(string body)
    {
        await using var server = new StubServer(new StubAnswer(200, body, ("x-amzn-RequestId", "r-6")));
        using var client = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig { MaxErrorRetry = 0 }));

        var error = await Assert.ThrowsAsync<AmazonUnmarshallingException>(() => client.DescribeStacksAsync());

        Assert.Equal("r-6", error.RequestId);
    }

    [Theory]
    [InlineData("not JSON")]
    [InlineData("""{"Commands":[{"RequestedDateTime":"yesterday"}]}""")]
    [InlineData("""{"Commands":{}}""")]
    [InlineData("""{"Commands":[{"TargetCount":"many"}]}""")]
    public async Task A_JSON_answer_that_cannot_be_read_is_an_error_of_the_SDKs_kind(string body)
    {
        await using var server = new StubServer(new StubAnswer(200, body, ("x-amzn-RequestId", "r-7")));
        using var client = new AmazonSimpleSystemsManagementClient(Services.Credentials, server.Configure(new AmazonSimpleSystemsManagementConfig { MaxErrorRetry = 0 }));

        var error = await Assert.ThrowsAsync<AmazonUnmarshallingException>(() => client.ListCommandsAsync());

        Assert.Equal("r-7", error.RequestId);
    }

    private static async Task<T> CloudFormationErrorAsync<T>(StubAnswer answer) where T : Exception
    {
        await using var server = new StubServer(answer);
        using var client = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig()));
        return await Assert.ThrowsAsync<T>(() => client.CreateStackAsync(new CreateStackRequest { StackName = "s" }));
    }

    private static async Task<T> SsmErrorAsync<T>(StubAnswer answer) where T : Exception
    {
        await using var server = new StubServer(answer);
        using var client = new AmazonSimpleSystemsManagementClient(Services.Credentials, server.Configure(new AmazonSimpleSystemsManagementConfig()));
        return await Assert.ThrowsAsync<T>(() => client.SendCommandAsync(new SendCommandRequest()));
    }
}
