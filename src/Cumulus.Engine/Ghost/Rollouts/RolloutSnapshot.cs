namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>What a fleet looks like between two steps of a roll-out, for <see cref="RolloutInvariants"/>.</summary>
public sealed record RolloutSnapshot
{
    /// <summary>The step before or after which this was seen, for messages.</summary>
    public required string Step { get; init; }

    /// <summary>The roll-out is over: nothing may be left as it is only while one runs.</summary>
    public bool HasEnded { get; init; }

    public required int HealthyInService { get; init; }

    public required int Floor { get; init; }

    /// <summary>Null unless an old side is replaced by a new one.</summary>
    public SideSnapshot? Sides { get; init; }

    public IReadOnlyList<ScalingGroupSnapshot> ScalingGroups { get; init; } = [];
}

/// <param name="OldInService">Hosts of the old side that take traffic.</param>
/// <param name="OldBefore">As many did before the roll-out.</param>
/// <param name="NewHealthy">Hosts of the new side whose targets are healthy.</param>
/// <param name="NewNeeded">As many have to be before the old side may leave.</param>
public sealed record SideSnapshot(int OldInService, int OldBefore, int NewHealthy, int NewNeeded);

/// <param name="SuspendedBefore">Processes that were suspended when the roll-out began: an operator's, to be left alone.</param>
/// <param name="SuspendedByUs">Those that the roll-out's journal says it suspended.</param>
/// <param name="SuspendedNow">Those that are.</param>
public sealed record ScalingGroupSnapshot(string Name, IReadOnlyCollection<string> SuspendedBefore, IReadOnlyCollection<string> SuspendedByUs, IReadOnlyCollection<string> SuspendedNow)
{
    /// <summary>Launch template and version that the group launches with; null: not looked at.</summary>
    public string? TemplateNow { get; init; }

    public string? TemplateBefore { get; init; }

    /// <summary>A refresh runs, or has ended, that knows how to go back to <see cref="TemplateBefore"/>.</summary>
    public bool RefreshCanRollBack { get; init; }
}
