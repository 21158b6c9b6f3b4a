namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html.</summary>
internal sealed record RollbackTriggers(IReadOnlyList<(string Arn, string Type)> Alarms, int MonitoringMinutes)
{
    public static RollbackTriggers None { get; } = new([], 0);

    public bool IsSameAs(RollbackTriggers other) => MonitoringMinutes == other.MonitoringMinutes && Alarms.SequenceEqual(other.Alarms);
}
