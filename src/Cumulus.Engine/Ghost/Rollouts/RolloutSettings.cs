namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>How long a roll-out waits for what.</summary>
public sealed record RolloutSettings
{
    /// <summary>After draining, before hosts change.</summary>
    public TimeSpan WaitBefore { get; init; }

    /// <summary>After hosts changed, before they go back into their load balancers.</summary>
    public TimeSpan WaitAfter { get; init; }

    /// <summary>Of a group's way back to health.</summary>
    public TimeSpan HealthLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For instances that are still pending when the roll-out begins.</summary>
    public TimeSpan PendingLimit { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>On top of a load balancer's own draining time.</summary>
    public TimeSpan DrainMargin { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Of all the taking back after a failure.</summary>
    public TimeSpan TakeBackLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Between two looks.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(5);
}
