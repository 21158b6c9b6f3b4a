using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html.</summary>
internal sealed class QueueType : ResourceType
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
        return new ResourceState(url).With(("Arn", $"arn:aws:sqs:{work.Region}:{ResourceWork.Account}:{name}"), ("QueueName", name), ("QueueUrl", url));
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
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("sqs", "DeleteQueue", new QueryArguments { { "QueueUrl", now.PhysicalId } }, cancellationToken);

    private static IEnumerable<KeyValuePair<string, string>> Given(ResourceWork work, IEnumerable<string> attributes) =>
        attributes.Select(attribute => KeyValuePair.Create(attribute, work.Text(attribute) ?? work[attribute]!.ToJsonString()));
}
