using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html.</summary>
internal sealed class TopicType : ResourceType
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
        foreach (var subscription in work.Items("Subscription"))
            await SubscribeAsync(work, arn, TemplateValue.Text(subscription, "Protocol"), TemplateValue.Text(subscription, "Endpoint"), cancellationToken);
        return new ResourceState(arn).With(("TopicArn", arn), ("TopicName", name));
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        foreach (var attribute in Attributes.Where(work.IsChanged))
        {
            await work.CallAsync("sns", "SetTopicAttributes",
                new QueryArguments { { "TopicArn", now.PhysicalId }, { "AttributeName", attribute }, { "AttributeValue", work.Text(attribute) ?? "" } }, cancellationToken);
        }
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("sns", "DeleteTopic", new QueryArguments { { "TopicArn", now.PhysicalId } }, cancellationToken);

    private static Task<XElement> SubscribeAsync(ResourceWork work, string arn, string? protocol, string? endpoint, CancellationToken cancellationToken) =>
        work.CallAsync("sns", "Subscribe", new QueryArguments { { "TopicArn", arn }, { "Protocol", protocol }, { "Endpoint", endpoint } }, cancellationToken);
}
