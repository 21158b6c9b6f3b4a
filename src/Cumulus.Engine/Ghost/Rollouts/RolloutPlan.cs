namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>Which hosts change together, in which order, and what capacity that leaves.</summary>
public sealed record RolloutPlan
{
    public required RolloutStrategy Strategy { get; init; }

    public required IReadOnlyList<RolloutGroup> Groups { get; init; }

    public required int Hosts { get; init; }

    /// <summary>Healthy hosts before anything starts.</summary>
    public required int InService { get; init; }

    /// <summary>The fewest that are in service at any moment, if all goes well.</summary>
    public required int LeastInService { get; init; }

    /// <summary>The fewest that may be.</summary>
    public required int Floor { get; init; }
}

/// <param name="Number">From 1.</param>
/// <param name="WaitAfter">Pause before the next group.</param>
public sealed record RolloutGroup(int Number, IReadOnlyList<RolloutHost> Hosts, TimeSpan WaitAfter)
{
    public int Count => Hosts.Count;

    public IReadOnlyList<string> InstanceIds => [.. Hosts.Select(h => h.InstanceId)];
}
