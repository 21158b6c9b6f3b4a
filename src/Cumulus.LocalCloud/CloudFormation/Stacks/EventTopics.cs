using System.Globalization;
using System.Threading.Channels;
using Cumulus.Engine;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>Publishes the events of stacks to their notification topics, in their order.</summary>
internal sealed class EventTopics(MotoClient moto, CloudLog log)
{
    private readonly Channel<(Stack Stack, StackEvent Event, IReadOnlyList<string> Topics)> _queue = Channel.CreateUnbounded<(Stack, StackEvent, IReadOnlyList<string>)>();

    public void Post(Stack stack, StackEvent stackEvent)
    {
        if (stack.Definition.NotificationArns is { Count: > 0 } topics)
            _queue.Writer.TryWrite((stack, stackEvent, topics));
    }

    public async Task RunAsync(CancellationToken end)
    {
        await foreach (var (stack, stackEvent, topics) in _queue.Reader.ReadAllAsync(end))
        {
            foreach (var topic in topics)
            {
                try
                {
                    await moto.CallAsync("sns", stack.Region, "Publish",
                        new QueryArguments { { "TopicArn", topic }, { "Subject", "AWS CloudFormation Notification" }, { "Message", Message(stack, stackEvent) } }, end);
                }
                catch (CumulusException e)
                {
                    // What cannot be told must not hold up what is told.
                    log.Write($"stack {stack.Name}: {topic} took no notification: {e.Message}");
                }
            }
        }
    }

    /// <summary>As clients parse it (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stack.html, notification options): a line for each fact.</summary>
    private static string Message(Stack stack, StackEvent e) => string.Join('\n', new[]
    {
        ("StackId", stack.Id),
        ("Timestamp", e.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
        ("EventId", e.Id),
        ("LogicalResourceId", e.LogicalId),
        ("Namespace", ResourceWork.Account),
        ("PhysicalResourceId", e.PhysicalId),
        ("ResourceProperties", e.Properties?.ToJsonString() ?? "null"),
        ("ResourceStatus", e.Status),
        ("ResourceStatusReason", e.Reason ?? ""),
        ("ResourceType", e.Type),
        ("StackName", stack.Name),
        ("ClientRequestToken", e.Token ?? "null"),
    }.Select(fact => $"{fact.Item1}='{fact.Item2}'")) + "\n";
}
