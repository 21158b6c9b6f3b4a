namespace Cumulus.LocalCloud.LoadBalancing;

/// <param name="Group">ARN of the target group, or name of the classic load balancer.</param>
/// <param name="Port">Zero for the group's own.</param>
internal readonly record struct TargetKey(string Region, string Group, string Id, int Port);

/// <summary>
/// A target that is registered or on its way out. States and reasons: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html.
/// </summary>
internal sealed record Target(TargetKey Key, DateTimeOffset RegisteredAt)
{
    /// <summary>initial, healthy or unhealthy: what checks have found.</summary>
    public string State { get; init; } = "initial";

    public string? Reason { get; init; } = "Elb.RegistrationInProgress";

    public string? Description { get; init; } = "Target registration is in progress";

    public int Successes { get; init; }

    public int Failures { get; init; }

    /// <summary>Set when it was deregistered: until then it is draining.</summary>
    public DateTimeOffset? DrainedAt { get; init; }

    /// <summary>
    /// After one more check. A new target is healthy after its first success, and not unhealthy while its host boots within the time that the group's own
    /// interval would give it: checks are far quicker here than there.
    /// </summary>
    public Target After(ProbeResult result, HealthCheck check, bool hasTime)
    {
        var next = this with { Successes = result.IsWell ? Successes + 1 : 0, Failures = result.IsWell ? 0 : Failures + 1 };
        if (result.IsWell)
        {
            return State == "unhealthy" && next.Successes < check.HealthyThreshold
                ? next
                : next with { State = "healthy", Reason = null, Description = null };
        }
        if (State == "initial" && (hasTime || next.Failures < check.UnhealthyThreshold))
            return next with { Reason = "Elb.InitialHealthChecking", Description = "Initial health checks in progress" };
        return State == "healthy" && next.Failures < check.UnhealthyThreshold
            ? next
            : next with { State = "unhealthy", Reason = result.Code, Description = result.Description };
    }
}
