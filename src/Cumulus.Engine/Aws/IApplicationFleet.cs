namespace Cumulus.Engine.Aws;

/// <summary>The instances of an application, their Auto Scaling group and their load balancers. Failures as in <see cref="IObjectStore"/>.</summary>
public interface IApplicationFleet
{
    /// <summary>Instances that are pending or running with all these tags, and none of the tags in <paramref name="without"/>.</summary>
    Task<IReadOnlyList<FleetInstance>> InstancesAsync(IReadOnlyDictionary<string, string> tags, IReadOnlyList<string> without, CancellationToken cancellationToken);

    /// <summary>Null when there is none of this name.</summary>
    Task<ScalingGroup?> ScalingGroupAsync(string name, CancellationToken cancellationToken);

    /// <summary>Stops processes of a group, such as Launch (https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html).</summary>
    Task SuspendAsync(string group, IReadOnlyCollection<string> processes, CancellationToken cancellationToken);

    Task ResumeAsync(string group, IReadOnlyCollection<string> processes, CancellationToken cancellationToken);

    /// <summary>All targets of a balancer with their real health (G-05).</summary>
    Task<IReadOnlyList<TargetState>> TargetsAsync(Balancer balancer, CancellationToken cancellationToken);

    Task DeregisterAsync(Balancer balancer, IReadOnlyCollection<TargetId> targets, CancellationToken cancellationToken);

    Task RegisterAsync(Balancer balancer, IReadOnlyCollection<TargetId> targets, CancellationToken cancellationToken);

    /// <summary>How long the balancer lets open connections end.</summary>
    Task<TimeSpan> DrainTimeAsync(Balancer balancer, CancellationToken cancellationToken);
}

/// <param name="IsRunning">False: it is pending.</param>
/// <param name="IsManaged">SSM knows it and its agent answers.</param>
/// <param name="ScalingGroup">Null for a standalone instance.</param>
public sealed record FleetInstance(string InstanceId, HostPlatform Platform, string? Zone, bool IsRunning, bool IsManaged, string? ScalingGroup, DateTimeOffset LaunchedAt);

public sealed record ScalingGroup
{
    public required string Name { get; init; }

    public required int Min { get; init; }

    public required int Max { get; init; }

    public required int Desired { get; init; }

    /// <summary>Launch template and version, or launch configuration; null: none that is known.</summary>
    public string? Template { get; init; }

    public required IReadOnlyList<string> Suspended { get; init; }

    public required IReadOnlyList<Balancer> Balancers { get; init; }

    public required IReadOnlyList<ScalingInstance> Instances { get; init; }
}

/// <param name="Lifecycle">Such as InService, Pending:Wait, Terminating.</param>
public sealed record ScalingInstance(string InstanceId, string Lifecycle, string Health)
{
    public bool IsPending => Lifecycle.StartsWith("Pending", StringComparison.Ordinal);

    public bool IsLeaving => Lifecycle.StartsWith("Terminat", StringComparison.Ordinal) || Lifecycle.StartsWith("Detach", StringComparison.Ordinal);
}

/// <summary>A target group of an Application or Network Load Balancer, by its ARN; or a classic load balancer, by its name.</summary>
public sealed record Balancer(string Id, bool IsClassic)
{
    public override string ToString() => IsClassic ? Id : Id.Split('/') is [_, var name, ..] ? name : Id;
}

/// <param name="Port">0: the target group's own; of a classic load balancer always.</param>
public sealed record TargetId(string InstanceId, int Port);

/// <param name="State">ELBv2's word: initial, healthy, unhealthy, unused, draining, unavailable; classic ones are translated.</param>
/// <param name="Reason">Such as Target.FailedHealthChecks; null when it is healthy.</param>
public sealed record TargetState(TargetId Target, string State, string? Reason, string? Description)
{
    /// <summary>Takes traffic, or would: nobody listens to the target group, or it checks no health.</summary>
    public bool IsInService => State is "healthy" or "unavailable" || (State == "unused" && Reason == "Target.NotInUse");

    public bool IsRegistered => State != "draining" && !(State == "unused" && Reason is "Target.NotRegistered");
}
