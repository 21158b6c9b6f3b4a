using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>One instance of an application, as a roll-out finds it.</summary>
public sealed record RolloutHost
{
    public required string InstanceId { get; init; }

    public HostPlatform Platform { get; init; }

    /// <summary>Availability zone; null when nobody said.</summary>
    public string? Zone { get; init; }

    /// <summary>Auto scaling group; null for a standalone instance.</summary>
    public string? ScalingGroup { get; init; }

    /// <summary>SSM knows it and its agent answers: commands reach it.</summary>
    public required bool IsManaged { get; init; }

    /// <summary>Healthy in every load balancer that it belongs to, by the targets' real health (G-05); where there is none: it runs.</summary>
    public required bool IsInService { get; init; }
}
