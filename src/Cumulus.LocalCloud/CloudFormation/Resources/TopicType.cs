using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html.</summary>
internal sealed class TopicType : ResourceType, IReadableType
{
    private static readonly string[] Attributes = ["DisplayName", "FifoTopic", "ContentBasedDeduplication", "KmsMasterKeyId"];

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var suffix = TemplateValue.IsTrue(work["FifoTopic"]) ? ".fifo" : "";
        var name = work.Text("TopicName") ?? work.NewName(200) + suffix;
        var arguments = new QueryArguments { { "Name", name } };
        arguments.AddTags("Attributes.entry", Attributes.Where(attribute => work.Text(attribute) is not null).Select(attribute => KeyValuePair.Create(attribute, work.Text(attribute)!)), "key", "value");
        arguments.AddTags("Tags.member", work.Tags);
        var answer = await work.CallAsync("sns", "CreateTopic", arguments, cancellationToken);
        var arn = answer.Descendants("TopicArn").Single().Value;
        await FollowSubscriptionsAsync(work, arn, cancellationToken);
        return StateOf(arn);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        foreach (var attribute in Attributes.Where(work.IsChanged))
        {
            await work.CallAsync("sns", "SetTopicAttributes",
                new QueryArguments { { "TopicArn", now.PhysicalId }, { "AttributeName", attribute }, { "AttributeValue", work.Text(attribute) ?? "" } }, cancellationToken);
        }
        await FollowTagsAsync(work, now.PhysicalId, cancellationToken);
        await FollowSubscriptionsAsync(work, now.PhysicalId, cancellationToken);
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("sns", "DeleteTopic", new QueryArguments { { "TopicArn", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var arn = new QueryArguments { { "TopicArn", physicalId } };
        var told = (await work.CallAsync("sns", "GetTopicAttributes", arn, cancellationToken)).Descendants("entry")
            .ToDictionary(entry => entry.Element("key")!.Value, entry => entry.Element("value")?.Value);
        var subscriptions = await work.CallAsync("sns", "ListSubscriptionsByTopic", arn, cancellationToken);
        var tags = await work.CallAsync("sns", "ListTagsForResource", new QueryArguments { { "ResourceArn", physicalId } }, cancellationToken);
        var properties = new JsonObject
        {
            ["Subscription"] = new JsonArray([.. subscriptions.Descendants("Subscriptions").Elements("member").Select(member => LiveProperties.Pick(member, "Endpoint", "Protocol"))]),
            ["Tags"] = LiveProperties.Tags(work, tags.Descendants("Tags").Elements("member").Select(tag => (tag.Element("Key")!.Value, tag.Element("Value")?.Value ?? ""))),
            ["TopicName"] = physicalId[(physicalId.LastIndexOf(':') + 1)..],
        };
        foreach (var attribute in Attributes)
            properties[attribute] = told.GetValueOrDefault(attribute) is { Length: > 0 } text ? text : null;
        return new LiveResource(StateOf(physicalId), properties);
    }

    private static ResourceState StateOf(string arn) => new ResourceState(arn).With(("TopicArn", arn), ("TopicName", arn[(arn.LastIndexOf(':') + 1)..]));

    private static async Task FollowTagsAsync(ResourceWork work, string arn, CancellationToken cancellationToken)
    {
        if (work.IsChanged("Tags"))
        {
            var arguments = new QueryArguments { { "ResourceArn", arn } };
            arguments.AddTags("Tags.member", work.Tags);
            await work.CallAsync("sns", "TagResource", arguments, cancellationToken);
        }
        if (work.LostTags is { Count: > 0 } lost)
        {
            var arguments = new QueryArguments { { "ResourceArn", arn } };
            arguments.AddList("TagKeys.member", lost);
            await work.CallAsync("sns", "UntagResource", arguments, cancellationToken);
        }
    }

    private static async Task FollowSubscriptionsAsync(ResourceWork work, string arn, CancellationToken cancellationToken)
    {
        var (wanted, before) = (work.Items("Subscription"), TemplateValue.Items(TemplateValue.Child(work.Before, "Subscription")));
        foreach (var subscription in wanted.Where(item => !before.Any(old => TemplateValue.Same(item, old))))
        {
            await work.CallAsync("sns", "Subscribe",
                new QueryArguments { { "TopicArn", arn }, { "Protocol", TemplateValue.Text(subscription, "Protocol") }, { "Endpoint", TemplateValue.Text(subscription, "Endpoint") } }, cancellationToken);
        }
        var gone = before.Where(old => !wanted.Any(item => TemplateValue.Same(item, old))).Select(old => TemplateValue.Text(old, "Endpoint")).ToHashSet();
        if (gone.Count == 0)
            return;
        var there = await work.CallAsync("sns", "ListSubscriptionsByTopic", new QueryArguments { { "TopicArn", arn } }, cancellationToken);
        foreach (var member in there.Descendants("Subscriptions").Elements("member").Where(member => gone.Contains(member.Element("Endpoint")?.Value)))
            await work.CallAsync("sns", "Unsubscribe", new QueryArguments { { "SubscriptionArn", member.Element("SubscriptionArn")?.Value } }, cancellationToken);
    }
}
