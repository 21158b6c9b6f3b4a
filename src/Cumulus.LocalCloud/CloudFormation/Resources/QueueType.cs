using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html.</summary>
internal sealed class QueueType : ResourceType, IReadableType
{
    private static readonly string[] Attributes =
    [
        "ContentBasedDeduplication", "DelaySeconds", "FifoQueue", "KmsMasterKeyId", "MaximumMessageSize", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds",
        "RedrivePolicy", "VisibilityTimeout",
    ];

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var suffix = TemplateValue.IsTrue(work["FifoQueue"]) ? ".fifo" : "";
        var name = work.Text("QueueName") ?? work.NewName(75) + suffix;
        var arguments = new QueryArguments { { "QueueName", name } };
        arguments.AddTags("Attribute", Given(work, Attributes.Where(attribute => work[attribute] is not null)), "Name");
        arguments.AddTags("Tag", work.Tags);
        var answer = await work.CallAsync("sqs", "CreateQueue", arguments, cancellationToken);
        var url = answer.Descendants("QueueUrl").Single().Value;
        return StateOf(work, url);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        var changed = Attributes.Where(work.IsChanged).Where(attribute => work[attribute] is not null).ToList();
        if (changed.Count > 0)
        {
            var arguments = new QueryArguments { { "QueueUrl", now.PhysicalId } };
            arguments.AddTags("Attribute", Given(work, changed), "Name");
            await work.CallAsync("sqs", "SetQueueAttributes", arguments, cancellationToken);
        }
        if (work.IsChanged("Tags"))
        {
            var arguments = new QueryArguments { { "QueueUrl", now.PhysicalId } };
            arguments.AddTags("Tag", work.Tags);
            await work.CallAsync("sqs", "TagQueue", arguments, cancellationToken);
        }
        if (work.LostTags is { Count: > 0 } lost)
        {
            var arguments = new QueryArguments { { "QueueUrl", now.PhysicalId } };
            arguments.AddList("TagKey", lost);
            await work.CallAsync("sqs", "UntagQueue", arguments, cancellationToken);
        }
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("sqs", "DeleteQueue", new QueryArguments { { "QueueUrl", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("sqs", "GetQueueAttributes", new QueryArguments { { "QueueUrl", physicalId }, { "AttributeName.1", "All" } }, cancellationToken);
        var told = answer.Descendants("Attribute").ToDictionary(attribute => attribute.Element("Name")!.Value, attribute => attribute.Element("Value")?.Value);
        var tags = await work.CallAsync("sqs", "ListQueueTags", new QueryArguments { { "QueueUrl", physicalId } }, cancellationToken);
        var properties = new JsonObject
        {
            ["QueueName"] = NameOf(physicalId),
            ["Tags"] = LiveProperties.Tags(work, tags.Descendants("Tag").Select(tag => (tag.Element("Key")!.Value, tag.Element("Value")?.Value ?? ""))),
        };
        foreach (var attribute in Attributes)
        {
            var text = told.GetValueOrDefault(attribute) is { Length: > 0 } value ? value : null;
            properties[attribute] = text?.StartsWith('{') == true ? JsonNode.Parse(text) : text;
        }
        return new LiveResource(StateOf(work, physicalId), properties);
    }

    private static string NameOf(string url) => url[(url.LastIndexOf('/') + 1)..];

    private static ResourceState StateOf(ResourceWork work, string url) => new ResourceState(url).With(
        ("Arn", $"arn:aws:sqs:{work.Region}:{ResourceWork.Account}:{NameOf(url)}"), ("QueueName", NameOf(url)), ("QueueUrl", url));

    private static IEnumerable<KeyValuePair<string, string>> Given(ResourceWork work, IEnumerable<string> attributes) =>
        attributes.Select(attribute => KeyValuePair.Create(attribute, work.Text(attribute) ?? work[attribute]!.ToJsonString()));
}
