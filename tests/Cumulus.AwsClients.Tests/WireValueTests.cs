using System.Globalization;
using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
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

/// <summary>Values at the edges: nothing, empty, blank, foreign letters, times, bytes, what the model does not know.</summary>
public sealed class WireValueTests
{
    [Fact]
    public async Task An_answer_in_chunks_is_read_in_all_three_protocols()
    {
        await using var query = new StubServer(new StubAnswer(200, "<A><CreateStackResult><StackId>id-1</StackId></CreateStackResult></A>") { Chunked = true });
        await using var ec2 = new StubServer(new StubAnswer(200, "<A><requestId>r</requestId><reservationSet><item><reservationId>r-1</reservationId></item></reservationSet></A>") { Chunked = true });
        await using var json = new StubServer(new StubAnswer(200, """{"Command":{"CommandId":"c-1"}}""") { Chunked = true });
        using var cloudFormation = new AmazonCloudFormationClient(Services.Credentials, query.Configure(new AmazonCloudFormationConfig()));
        using var compute = new AmazonEC2Client(Services.Credentials, ec2.Configure(new AmazonEC2Config()));
        using var systems = new AmazonSimpleSystemsManagementClient(Services.Credentials, json.Configure(new AmazonSimpleSystemsManagementConfig()));

        Assert.Equal("id-1", (await cloudFormation.CreateStackAsync(new CreateStackRequest { StackName = "s" })).StackId);
        Assert.Equal("r-1", Assert.Single((await compute.DescribeInstancesAsync(new DescribeInstancesRequest())).Reservations).ReservationId);
        Assert.Equal("c-1", (await systems.SendCommandAsync(new SendCommandRequest { DocumentName = "d" })).Command.CommandId);
    }

    [Fact]
    public async Task An_error_in_chunks_keeps_code_and_message()
    {
        const string Xml = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>no such stack</Message></Error><RequestId>r</RequestId></ErrorResponse>";
        await using var query = new StubServer(new StubAnswer(400, Xml) { Chunked = true });
        await using var json = new StubServer(new StubAnswer(400, """{"__type":"InvalidInstanceId","message":"no such host"}""") { Chunked = true });
        using var cloudFormation = new AmazonCloudFormationClient(Services.Credentials, query.Configure(new AmazonCloudFormationConfig()));
        using var systems = new AmazonSimpleSystemsManagementClient(Services.Credentials, json.Configure(new AmazonSimpleSystemsManagementConfig()));

        var ofQuery = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = "s" }));
        var ofJson = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => systems.SendCommandAsync(new SendCommandRequest { DocumentName = "d" }));

        Assert.Equal(("ValidationError", "no such stack"), (ofQuery.ErrorCode, ofQuery.Message));
        Assert.Equal(("InvalidInstanceId", "no such host"), (ofJson.ErrorCode, ofJson.Message));
    }

    [Fact]
    public async Task An_empty_list_clears_in_AWS_Query_and_is_nothing_in_EC2()
    {
        var cloudFormation = await SendAsync("<Answer/>", config => new AmazonCloudFormationClient(Services.Credentials, config), new AmazonCloudFormationConfig(),
            client => client.UpdateStackAsync(new UpdateStackRequest { Tags = [], NotificationARNs = null }));
        var ec2 = await SendAsync("<Answer/>", config => new AmazonEC2Client(Services.Credentials, config), new AmazonEC2Config(),
            client => client.DescribeInstancesAsync(new DescribeInstancesRequest { InstanceIds = [] }));

        Assert.Equal("", cloudFormation.Field("Tags"));
        Assert.Null(cloudFormation.Field("NotificationARNs"));
        Assert.DoesNotContain("InstanceId", ec2.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_JSON_an_empty_list_is_sent_and_nothing_is_not()
    {
        var request = await SendAsync("{}", config => new AmazonSimpleSystemsManagementClient(Services.Credentials, config), new AmazonSimpleSystemsManagementConfig(),
            client => client.SendCommandAsync(new SendCommandRequest { DocumentName = "d", InstanceIds = [], Targets = null, Comment = "" }));

        Assert.Equal("""{"Comment":"","DocumentName":"d","InstanceIds":[]}""", request.Text);
    }

    [Theory]
    [InlineData("2026-03-04T05:06:07Z", "2026-03-04T05:06:07Z")]
    [InlineData("2026-03-04T05:06:07.0500000Z", "2026-03-04T05:06:07.050000Z")]
    [InlineData("2026-03-04T05:06:07+02:00", "2026-03-04T03:06:07Z")]
    public async Task A_time_is_sent_in_UTC(string given, string sent)
    {
        var time = DateTime.Parse(given, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        var request = await SendAsync("<Answer/>", config => new AmazonEC2Client(Services.Credentials, config), new AmazonEC2Config(),
            client => client.EnableImageDeprecationAsync(new EnableImageDeprecationRequest { DeprecateAt = time }));

        Assert.Equal(sent, request.Field("DeprecateAt"));
    }

    [Theory]
    [InlineData("2026-03-04T05:06:07Z", "2026-03-04T05:06:07.0000000Z")]
    [InlineData("2026-03-04T05:06:07.123Z", "2026-03-04T05:06:07.1230000Z")]
    [InlineData("2026-03-04T05:06:07.123456Z", "2026-03-04T05:06:07.1234560Z")]
    [InlineData("2026-03-04T05:06:07", "2026-03-04T05:06:07.0000000Z")]
    [InlineData("2026-03-04T05:06:07+02:00", "2026-03-04T03:06:07.0000000Z")]
    public async Task A_time_in_XML_comes_as_UTC(string sent, string read)
    {
        var response = await ReadStacksAsync($"<Stacks><member><CreationTime>{sent}</CreationTime></member></Stacks>");

        Assert.Equal(read, response.Stacks[0].CreationTime!.Value.ToString("O", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("1767323045", "2026-01-02T03:04:05.0000000Z")]
    [InlineData("1767323045.5", "2026-01-02T03:04:05.5000000Z")]
    [InlineData("1.767323045123E9", "2026-01-02T03:04:05.1230000Z")]
    [InlineData("0", "1970-01-01T00:00:00.0000000Z")]
    [InlineData("\"2026-01-02T03:04:05Z\"", "2026-01-02T03:04:05.0000000Z")]
    public async Task A_time_in_JSON_comes_as_UTC(string sent, string read)
    {
        await using var server = new StubServer(new StubAnswer(200, $$"""{"Commands":[{"RequestedDateTime":{{sent}}}]}"""));
        using var client = new AmazonSimpleSystemsManagementClient(Services.Credentials, server.Configure(new AmazonSimpleSystemsManagementConfig()));

        var response = await client.ListCommandsAsync();

        Assert.Equal(read, response.Commands[0].RequestedDateTime!.Value.ToString("O", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "1767323045")]
    [InlineData("2026-01-02T03:04:05.250Z", "1767323045.25")]
    [InlineData("1969-12-31T23:59:59.500Z", "-0.5")]
    public void A_time_in_a_JSON_request_is_seconds_since_1970(string time, string seconds) =>
        Assert.Equal(seconds, Timestamps.ToUnixSeconds(Timestamps.FromIso8601(time)).ToString(CultureInfo.InvariantCulture));

    [Fact]
    public async Task Blanks_line_ends_and_foreign_letters_stay_as_they_are()
    {
        var response = await ReadStacksAsync(
            "<Stacks><member><Parameters><member><ParameterKey>blank</ParameterKey><ParameterValue> </ParameterValue></member>"
            + "<member><ParameterKey>empty</ParameterKey><ParameterValue></ParameterValue></member><member><ParameterKey>closed</ParameterKey><ParameterValue/></member>"
            + "<member><ParameterKey>text</ParameterKey><ParameterValue>&lt;é€😀&gt;&#xD;\n\t&amp;</ParameterValue></member><member><ParameterKey>none</ParameterKey></member></Parameters></member></Stacks>");

        Assert.Equal([" ", "", "", "<é€😀>\r\n\t&", null], response.Stacks[0].Parameters.Select(p => p.ParameterValue));
    }

    [Fact]
    public async Task Letters_outside_ASCII_are_sent_as_UTF8()
    {
        const string Text = "é€😀 \"<'&>\" \\ \u0001\u2028";
        var json = await SendAsync("{}", config => new AmazonSQSClient(Services.Credentials, config), new AmazonSQSConfig(),
            client => client.SendMessageAsync(new SendMessageRequest { MessageBody = Text }));
        var form = await SendAsync("<Answer/>", config => new AmazonSimpleNotificationServiceClient(Services.Credentials, config), new AmazonSimpleNotificationServiceConfig(),
            client => client.PublishAsync(new PublishRequest { Message = Text }));

        using var document = System.Text.Json.JsonDocument.Parse(json.Body);
        Assert.Equal(Text, document.RootElement.GetProperty("MessageBody").GetString());
        Assert.Equal(Text, form.Field("Message"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<Stacks/>")]
    [InlineData("<Stacks></Stacks><NextToken/>")]
    [InlineData("<Stacks>\n  </Stacks>")]
    public async Task A_list_without_items_is_null_as_in_the_official_packages(string content)
    {
        var response = await ReadStacksAsync(content);

        Assert.Null(response.Stacks);
        Assert.Equal("", response.NextToken ?? "");
    }

    [Theory]
    [InlineData("<DeleteStackResponse/>")]
    [InlineData("<DeleteStackResponse><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteStackResponse>")]
    [InlineData("")]
    public async Task An_answer_without_content_is_an_empty_response(string body)
    {
        await using var server = new StubServer(new StubAnswer(200, body, ("x-amzn-RequestId", "r")));
        using var client = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig()));

        var response = await client.DeleteStackAsync(new DeleteStackRequest());

        Assert.Equal("r", response.ResponseMetadata.RequestId);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.HttpStatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"Parameter":null,"Future":{"a":[1]}}""")]
    public async Task A_JSON_answer_without_content_is_an_empty_response(string body)
    {
        await using var server = new StubServer(new StubAnswer(200, body, ("x-amzn-RequestId", "r")));
        using var client = new AmazonSimpleSystemsManagementClient(Services.Credentials, server.Configure(new AmazonSimpleSystemsManagementConfig()));

        var response = await client.GetParameterAsync(new GetParameterRequest());

        Assert.Null(response.Parameter);
        Assert.Equal("r", response.ResponseMetadata.RequestId);
    }

    [Fact]
    public async Task What_the_model_does_not_know_is_passed_over()
    {
        var response = await ReadStacksAsync("<Future><a>1</a></Future><Stacks><member><Future/><StackStatus>FUTURE_COMPLETE</StackStatus></member></Stacks>");

        Assert.Equal("FUTURE_COMPLETE", Assert.Single(response.Stacks).StackStatus.Value);
    }

    [Fact]
    public async Task Maps_come_with_all_their_entries()
    {
        await using var server = new StubServer(new StubAnswer(200,
            "<R><GetTopicAttributesResult><Attributes><entry><key>a</key><value>1</value></entry><entry><value>2</value><key>b</key></entry></Attributes></GetTopicAttributesResult></R>"));
        using var client = new AmazonSimpleNotificationServiceClient(Services.Credentials, server.Configure(new AmazonSimpleNotificationServiceConfig()));

        var response = await client.GetTopicAttributesAsync(new GetTopicAttributesRequest());

        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, response.Attributes);
    }

    [Fact]
    public async Task Bytes_are_sent_from_the_start_of_their_stream()
    {
        var bytes = new byte[] { 0, 1, 254, 255 };
        using var data = new MemoryStream(bytes);
        data.Position = 3;
        var request = await SendAsync("<Answer/>", config => new AmazonSimpleEmailServiceClient(Services.Credentials, config), new AmazonSimpleEmailServiceConfig(),
            client => client.SendRawEmailAsync(new SendRawEmailRequest { RawMessage = new RawMessage { Data = data } }));

        Assert.Equal(Convert.ToBase64String(bytes), request.Field("RawMessage.Data"));
    }

    [Fact]
    public async Task Numbers_do_not_depend_on_the_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
        try
        {
            var request = await SendAsync("<Answer/>", config => new AmazonAutoScalingClient(Services.Credentials, config), new AmazonAutoScalingConfig(),
                client => client.PutScalingPolicyAsync(new PutScalingPolicyRequest { ScalingAdjustment = -1, TargetTrackingConfiguration = new TargetTrackingConfiguration { TargetValue = 62.5 } }));

            Assert.Equal("62.5", request.Field("TargetTrackingConfiguration.TargetValue"));
            Assert.Equal("-1", request.Field("ScalingAdjustment"));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private static async Task<DescribeStacksResponse> ReadStacksAsync(string result)
    {
        await using var server = new StubServer(new StubAnswer(200, $"<DescribeStacksResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><DescribeStacksResult>{result}</DescribeStacksResult></DescribeStacksResponse>"));
        using var client = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig()));
        return await client.DescribeStacksAsync();
    }

    private static async Task<StubRequest> SendAsync<TClient, TConfig>(string answer, Func<TConfig, TClient> make, TConfig config, Func<TClient, Task> call)
        where TClient : IDisposable
        where TConfig : ClientConfig
    {
        await using var server = new StubServer(new StubAnswer(200, answer));
        using var client = make(server.Configure(config));
        await call(client);
        return Assert.Single(server.Requests);
    }
}
