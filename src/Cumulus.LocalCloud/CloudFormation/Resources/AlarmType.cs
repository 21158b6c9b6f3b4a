using System.Xml.Linq;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html.</summary>
internal sealed class AlarmType : ResourceType, IReadableType
{
    private static readonly string[] Told =
    [
        "ActionsEnabled", "AlarmActions", "AlarmDescription", "AlarmName", "ComparisonOperator", "DatapointsToAlarm", "Dimensions", "EvaluateLowSampleCountPercentile", "EvaluationPeriods",
        "ExtendedStatistic", "InsufficientDataActions", "MetricName", "Namespace", "OKActions", "Period", "Statistic", "Threshold", "TreatMissingData", "Unit",
    ];

    public override Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken) =>
        PutAsync(work, work.Text("AlarmName") ?? work.NewName(255), cancellationToken);

    public override Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) => PutAsync(work, now.PhysicalId, cancellationToken);

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("monitoring", "DeleteAlarms", new QueryArguments { { "AlarmNames.member.1", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("monitoring", "DescribeAlarms", new QueryArguments { { "AlarmNames.member.1", physicalId } }, cancellationToken);
        return answer.Descendants("MetricAlarms").Elements("member").FirstOrDefault() is { } alarm
            ? new LiveResource(StateOf(work, physicalId), LiveProperties.Pick(alarm, Told))
            : null;
    }

    private static async Task<ResourceState> PutAsync(ResourceWork work, string name, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments { { "AlarmName", name } };
        foreach (var (property, value) in work.Properties.Where(pair => pair.Key is not ("AlarmName" or "Tags")))
            arguments.Add(property, value);
        await work.CallAsync("monitoring", "PutMetricAlarm", arguments, cancellationToken);
        return StateOf(work, name);
    }

    private static ResourceState StateOf(ResourceWork work, string name) =>
        new ResourceState(name).With(("Arn", $"arn:aws:cloudwatch:{work.Region}:{ResourceWork.Account}:alarm:{name}"));
}
