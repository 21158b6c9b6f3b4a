using System.Collections.Immutable;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>An instance as its group sees it.</summary>
internal sealed record GroupInstance
{
    public required string Id { get; init; }

    public required string Zone { get; init; }

    public required string InstanceType { get; init; }

    public required string ImageId { get; init; }

    /// <summary>What it was launched from: the version is a number.</summary>
    public required LaunchSource Source { get; init; }

    /// <summary>One of <see cref="LifecycleStates"/>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset LaunchedAt { get; init; }

    /// <summary>When it came into service last: the health check grace period begins then.</summary>
    public DateTimeOffset? InServiceAt { get; init; }

    public bool IsHealthy { get; init; } = true;

    /// <summary>The health was told by SetInstanceHealth or by a check, so that the cause of a replacement can say so.</summary>
    public string? UnhealthyBecause { get; init; }

    public bool IsProtected { get; init; }

    /// <summary>Registered with the group's load balancers.</summary>
    public bool IsTarget { get; init; }

    /// <summary>Hooks that it waits for now.</summary>
    public ImmutableList<LifecycleAction> Actions { get; init; } = [];

    /// <summary>The activity under way for it; null when there is none.</summary>
    public string? ActivityId { get; init; }

    public bool IsInService => State == LifecycleStates.InService;

    public bool IsTerminating => State.StartsWith(LifecycleStates.Terminating, StringComparison.Ordinal);

    /// <summary>Counts towards the desired capacity: instances in standby and those that go do not.</summary>
    public bool Counts => !IsTerminating && State is not (LifecycleStates.Standby or LifecycleStates.EnteringStandby or LifecycleStates.Detaching);
}
