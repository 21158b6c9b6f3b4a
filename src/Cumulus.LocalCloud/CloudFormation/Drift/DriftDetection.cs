namespace Cumulus.LocalCloud.CloudFormation.Drift;

/// <summary>One look at the resources of a stack (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackDriftDetectionStatus.html).</summary>
internal sealed class DriftDetection(Stacks.Stack stack, DateTimeOffset startedAt)
{
    public string Id { get; } = Guid.NewGuid().ToString();

    public Stacks.Stack Stack { get; } = stack;

    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>DETECTION_IN_PROGRESS, DETECTION_COMPLETE or DETECTION_FAILED.</summary>
    public string Status { get; set; } = "DETECTION_IN_PROGRESS";

    public string? Reason { get; set; }

    public int Drifted { get; set; }
}
