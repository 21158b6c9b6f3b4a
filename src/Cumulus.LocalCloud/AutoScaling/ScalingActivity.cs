namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html.</summary>
internal sealed record ScalingActivity
{
    public string Id { get; } = Guid.NewGuid().ToString();

    public required string Description { get; init; }

    public required string Cause { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public string StatusCode { get; init; } = "InProgress";

    public string? StatusMessage { get; init; }

    public int Progress { get; init; }

    /// <summary>Where instances of it are, as AWS writes it: a JSON text.</summary>
    public string? Details { get; init; }

    public ScalingActivity End(DateTimeOffset now, string status = "Successful", string? message = null) =>
        this with { EndTime = now, StatusCode = status, StatusMessage = message, Progress = 100 };
}
