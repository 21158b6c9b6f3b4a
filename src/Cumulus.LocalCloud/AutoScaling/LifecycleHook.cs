namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LifecycleHook.html.</summary>
internal sealed record LifecycleHook(string Name, string Transition)
{
    public const string Launching = "autoscaling:EC2_INSTANCE_LAUNCHING";
    public const string TerminatingTransition = "autoscaling:EC2_INSTANCE_TERMINATING";
    public const string Continue = "CONTINUE";
    public const string Abandon = "ABANDON";

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(48);

    public string DefaultResult { get; init; } = Abandon;

    public TimeSpan HeartbeatTimeout { get; init; } = TimeSpan.FromHours(1);

    public string? NotificationTarget { get; init; }

    public string? Role { get; init; }

    public string? Metadata { get; init; }

    /// <summary>48 hours or 100 times the heartbeat time-out, whichever is smaller.</summary>
    public TimeSpan GlobalTimeout => HeartbeatTimeout * 100 < LongestWait ? HeartbeatTimeout * 100 : LongestWait;

    public LifecycleAction Begin(DateTimeOffset now) => new(Name, Guid.NewGuid().ToString(), DefaultResult, HeartbeatTimeout, now + HeartbeatTimeout, now + GlobalTimeout);
}
