using System.Text;
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

/// <summary>SSM and SQS (AWS JSON), SNS and SES (AWS Query) against moto.</summary>
[Collection(nameof(MotoServer))]
public sealed class LiveMessagingTests(MotoServer moto)
{
    private readonly LiveHttp _http = new();

    [Fact]
    public async Task Parameters_are_put_and_found_by_path()
    {
        using var ssm = new AmazonSimpleSystemsManagementClient(Services.Credentials, moto.Configure(new AmazonSimpleSystemsManagementConfig(), _http));

        for (var i = 0; i < 12; i++)
            await _http.CompleteAsync(ssm.PutParameterAsync(new PutParameterRequest { Name = $"/live/{i}", Value = $"value \"{i}\" é\n", Type = ParameterType.SecureString }));

        var one = await _http.CompleteAsync(ssm.GetParameterAsync(new GetParameterRequest { Name = "/live/3", WithDecryption = true }));
        Assert.Equal(("/live/3", "value \"3\" é\n", ParameterType.SecureString, 1L), (one.Parameter.Name, one.Parameter.Value, one.Parameter.Type, one.Parameter.Version));
        Assert.InRange(one.Parameter.LastModifiedDate!.Value, DateTime.UtcNow.AddMinutes(-10), DateTime.UtcNow.AddMinutes(10));
        var some = await _http.CompleteAsync(ssm.GetParametersAsync(new GetParametersRequest { Names = ["/live/1", "/live/none"] }));
        Assert.Equal(["/live/none"], some.InvalidParameters);
        var names = new List<string>();
        await foreach (var parameter in ssm.Paginators.GetParametersByPath(new GetParametersByPathRequest { Path = "/live", Recursive = true, MaxResults = 5 }).Parameters)
            names.Add(parameter.Name);
        Assert.Equal(12, names.Distinct().Count());
        await Assert.ThrowsAsync<ParameterNotFoundException>(() => ssm.GetParameterAsync(new GetParameterRequest { Name = "/live/none" }));
        await Assert.ThrowsAsync<ParameterAlreadyExistsException>(() => ssm.PutParameterAsync(new PutParameterRequest { Name = "/live/1", Value = "x", Type = ParameterType.String }));
    }

    [Fact]
    public async Task A_command_is_sent_and_its_invocation_read()
    {
        using var ssm = new AmazonSimpleSystemsManagementClient(Services.Credentials, moto.Configure(new AmazonSimpleSystemsManagementConfig(), _http));

        var sent = await _http.CompleteAsync(ssm.SendCommandAsync(new SendCommandRequest
        {
            DocumentName = "AWS-RunShellScript",
            InstanceIds = ["i-0123456789abcdef0"],
            Parameters = new() { ["commands"] = ["echo \"a\"", "exit 0"] },
            TimeoutSeconds = 60,
            Comment = "live",
        }));
        Assert.Equal(["echo \"a\"", "exit 0"], sent.Command.Parameters["commands"]);

        var invocation = await _http.CompleteAsync(ssm.GetCommandInvocationAsync(new GetCommandInvocationRequest { CommandId = sent.Command.CommandId, InstanceId = "i-0123456789abcdef0" }));
        Assert.Equal((sent.Command.CommandId, "i-0123456789abcdef0"), (invocation.CommandId, invocation.InstanceId));
        var listed = await _http.CompleteAsync(ssm.ListCommandsAsync(new ListCommandsRequest { CommandId = sent.Command.CommandId }));
        Assert.Equal("live", Assert.Single(listed.Commands).Comment);
        await Assert.ThrowsAsync<InvocationDoesNotExistException>(() => ssm.GetCommandInvocationAsync(new GetCommandInvocationRequest { CommandId = sent.Command.CommandId, InstanceId = "i-00000000000000000" }));
    }

    [Fact]
    public async Task A_message_goes_from_a_topic_to_a_queue()
    {
        using var sns = new AmazonSimpleNotificationServiceClient(Services.Credentials, moto.Configure(new AmazonSimpleNotificationServiceConfig(), _http));
        using var sqs = new AmazonSQSClient(Services.Credentials, moto.Configure(new AmazonSQSConfig(), _http));
        var topic = (await _http.CompleteAsync(sns.CreateTopicAsync(new CreateTopicRequest { Name = "live", Attributes = new() { ["DisplayName"] = "Live" }, Tags = [new Amazon.SimpleNotificationService.Model.Tag { Key = "a", Value = "b" }] }))).TopicArn;
        var queue = (await _http.CompleteAsync(sqs.CreateQueueAsync(new CreateQueueRequest { QueueName = "live" }))).QueueUrl;
        var attributes = (await _http.CompleteAsync(sqs.GetQueueAttributesAsync(new GetQueueAttributesRequest { QueueUrl = queue, AttributeNames = ["All"] }))).Attributes;
        await _http.CompleteAsync(sns.SubscribeAsync(new SubscribeRequest { TopicArn = topic, Protocol = "sqs", Endpoint = attributes["QueueArn"], Attributes = new() { ["RawMessageDelivery"] = "true" } }));

        await _http.CompleteAsync(sns.PublishAsync(new PublishRequest { TopicArn = topic, Message = "hello <é>" }));

        var message = Assert.Single((await _http.CompleteAsync(sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = queue, MessageSystemAttributeNames = ["All"] }))).Messages);
        Assert.Equal("hello <é>", message.Body);
        Assert.Contains("SentTimestamp", message.Attributes.Keys);
        await sqs.DeleteMessageAsync(new DeleteMessageRequest { QueueUrl = queue, ReceiptHandle = message.ReceiptHandle });
        Assert.Null((await sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = queue })).Messages);
        Assert.Equal("Live", (await _http.CompleteAsync(sns.GetTopicAttributesAsync(new GetTopicAttributesRequest { TopicArn = topic }))).Attributes["DisplayName"]);
        Assert.Equal("sqs", Assert.Single((await _http.CompleteAsync(sns.ListSubscriptionsByTopicAsync(new ListSubscriptionsByTopicRequest { TopicArn = topic }))).Subscriptions).Protocol);
        await Assert.ThrowsAsync<QueueDoesNotExistException>(() => sqs.GetQueueUrlAsync(new GetQueueUrlRequest { QueueName = "none" }));
        await Assert.ThrowsAsync<NotFoundException>(() => sns.GetTopicAttributesAsync(new GetTopicAttributesRequest { TopicArn = topic + "x" }));
    }

    [Fact]
    public async Task Bytes_arrive_unchanged()
    {
        using var sqs = new AmazonSQSClient(Services.Credentials, moto.Configure(new AmazonSQSConfig(), _http));
        var queue = (await sqs.CreateQueueAsync(new CreateQueueRequest { QueueName = "bytes" })).QueueUrl;
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();

        await sqs.SendMessageAsync(new SendMessageRequest { QueueUrl = queue, MessageBody = "b", MessageAttributes = new() { ["raw"] = new Amazon.SQS.Model.MessageAttributeValue { DataType = "Binary", BinaryValue = new MemoryStream(bytes) } } });

        var message = Assert.Single((await sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = queue, MessageAttributeNames = ["All"] })).Messages);
        Assert.Equal(bytes, message.MessageAttributes["raw"].BinaryValue.ToArray());
    }

    [Fact]
    public async Task Mail_is_sent_in_both_forms()
    {
        using var ses = new AmazonSimpleEmailServiceClient(Services.Credentials, moto.Configure(new AmazonSimpleEmailServiceConfig(), _http));
        var rejected = await Assert.ThrowsAsync<MessageRejectedException>(() => ses.SendEmailAsync(Mail()));
        Assert.Equal("MessageRejected", rejected.ErrorCode);

        await ses.VerifyEmailIdentityAsync(new VerifyEmailIdentityRequest { EmailAddress = "from@example.com" });
        var sent = await _http.CompleteAsync(ses.SendEmailAsync(Mail()));
        var raw = await _http.CompleteAsync(ses.SendRawEmailAsync(new SendRawEmailRequest
        {
            Source = "from@example.com",
            Destinations = ["to@example.com"],
            RawMessage = new RawMessage { Data = new MemoryStream(Encoding.UTF8.GetBytes("From: from@example.com\r\nTo: to@example.com\r\nSubject: s\r\n\r\né\r\n")) },
        }));

        Assert.NotEqual(sent.MessageId, raw.MessageId);
        Assert.Equal(200.0, (await _http.CompleteAsync(ses.GetSendQuotaAsync())).Max24HourSend);
        Assert.Equal(["from@example.com"], (await _http.CompleteAsync(ses.ListIdentitiesAsync())).Identities);
    }

    private static SendEmailRequest Mail() => new()
    {
        Source = "from@example.com",
        Destination = new Destination { ToAddresses = ["to@example.com"] },
        Message = new Amazon.SimpleEmail.Model.Message { Subject = new Content { Data = "s" }, Body = new Body { Text = new Content { Data = "t" } } },
    };
}
