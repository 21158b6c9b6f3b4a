namespace Cumulus.LocalCloud;

/// <summary>What happens to an instance.</summary>
public enum HostFaultKind
{
    /// <summary>It stays in its boot: its user data does not run, and it takes no commands.</summary>
    NeverBoots,

    /// <summary>Its processes end in the middle of its work, and EC2 calls it stopped.</summary>
    Dies,

    /// <summary>It runs and cannot be reached: neither commands nor health checks get through.</summary>
    LosesNetwork,

    /// <summary>It runs, and no health check of a target group passes.</summary>
    StaysUnhealthy,
}

/// <summary>Makes instances fail, those that live already too. Each meets the fault once; when the fault is removed, networks and health come back.</summary>
public sealed record HostFault : LocalCloudFault
{
    public required HostFaultKind Kind { get; init; }

    public string? InstanceId { get; init; }

    /// <summary>Name of the group that launched it.</summary>
    public string? AutoScalingGroup { get; init; }

    /// <summary>
    /// How long after its launch, by the cloud's clock, <see cref="HostFaultKind.Dies"/> and <see cref="HostFaultKind.LosesNetwork"/> happen; an instance that is
    /// older when the fault is set dies that long after the setting.
    /// </summary>
    public TimeSpan Delay { get; init; }

    public override string Subject => Words("all instances", InstanceId, AutoScalingGroup);

    internal override string? Mistake() => Delay < TimeSpan.Zero ? "A delay is not negative." : base.Mistake();
}
