namespace Cumulus.Engine.Ghost;

/// <summary>The application's Auto Scaling group.</summary>
public sealed record AutoscaleSettings
{
    public required string Name { get; init; }

    public int Min { get; init; }

    public int Max { get; init; }

    public bool EnableMetrics { get; init; } = true;

    /// <summary>Make the group when there is none. Ghost never did, and a mistyped name was taken for one that is gone (G-22).</summary>
    public bool Create { get; init; }

    public IReadOnlyList<string> TargetGroups { get; init; } = [];

    /// <summary>Classic load balancers, by name.</summary>
    public IReadOnlyList<string> LoadBalancers { get; init; } = [];

    /// <summary>EC2 or ELB.</summary>
    public string? HealthCheckType { get; init; }

    /// <summary>Seconds after launch in which health checks do not count.</summary>
    public int? HealthCheckGracePeriod { get; init; }

    /// <summary>Seconds until an instance's figures count (default instance warm-up).</summary>
    public int? Warmup { get; init; }

    public MaintenancePolicy? MaintenancePolicy { get; init; }

    public MixedInstances? MixedInstances { get; init; }

    /// <summary>Seconds that an instance may take to install its modules before it is given up; its hook's heartbeat time-out.</summary>
    public int BootTimeout { get; init; } = 900;
}

/// <summary>Percent of desired capacity: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-instance-maintenance-policy.html</summary>
/// <param name="MinHealthy">0 to 100.</param>
/// <param name="MaxHealthy">100 to 200, at most 100 more than <paramref name="MinHealthy"/>.</param>
public sealed record MaintenancePolicy(int MinHealthy, int MaxHealthy);

/// <summary>Several instance types, and spot.</summary>
public sealed record MixedInstances
{
    /// <summary>Besides the application's own, which comes first.</summary>
    public IReadOnlyList<string> InstanceTypes { get; init; } = [];

    public int OnDemandBase { get; init; }

    /// <summary>Percent above the base; the rest is spot.</summary>
    public int OnDemandPercentage { get; init; } = 100;

    /// <summary>EC2 Auto Scaling's word.</summary>
    public string SpotAllocationStrategy { get; init; } = "price-capacity-optimized";
}
