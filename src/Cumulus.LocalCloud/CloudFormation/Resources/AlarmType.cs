namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html.</summary>
internal sealed class AlarmType : ResourceType
{
    public override Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken) =>
        PutAsync(work, work.Text("AlarmName") ?? work.NewName(255), cancellationToken);

    public override Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) => PutAsync(work, now.PhysicalId, cancellationToken);

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("monitoring", "DeleteAlarms", new QueryArguments { { "AlarmNames.member.1", now.PhysicalId } }, cancellationToken);

    private static async Task<ResourceState> PutAsync(ResourceWork work, string name, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments { { "AlarmName", name } };
        foreach (var (property, value) in work.Properties.Where(pair => pair.Key is not ("AlarmName" or "Tags")))
            arguments.Add(property, value);
        await work.CallAsync("monitoring", "PutMetricAlarm", arguments, cancellationToken);
        return new ResourceState(name).With(("Arn", $"arn:aws:cloudwatch:{work.Region}:{ResourceWork.Account}:alarm:{name}"));
    }
}
