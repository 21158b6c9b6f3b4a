namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>What has to hold before and after every step of every roll-out. Pure.</summary>
public static class RolloutInvariants
{
    /// <returns>What is broken, as sentences; empty when all holds.</returns>
    public static IReadOnlyList<string> Check(RolloutSnapshot seen)
    {
        var broken = new List<string>();
        if (seen.HealthyInService < seen.Floor) broken.Add($"{seen.HealthyInService} healthy hosts are in service, and {seen.Floor} have to be.");
        if (seen.Sides is { } sides && sides.NewHealthy < sides.NewNeeded && sides.OldInService < sides.OldBefore)
        {
            broken.Add($"The old side has {sides.OldInService} of {sides.OldBefore} hosts in service, though only {sides.NewHealthy} of {sides.NewNeeded} of the new side are healthy.");
        }

        foreach (ScalingGroupSnapshot group in seen.ScalingGroups) broken.AddRange(Check(group, seen.HasEnded));
        return broken;
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.InvariantBroken"/></exception>
    public static void Require(RolloutSnapshot seen)
    {
        if (Check(seen) is not { Count: > 0 } broken) return;
        throw new CumulusException(ErrorIds.InvariantBroken, FailureKind.OperationFailed, $"{seen.Step}: {string.Join(" ", broken)}") { Target = seen.Step };
    }

    private static IEnumerable<string> Check(ScalingGroupSnapshot group, bool ended)
    {
        string[] left = ended ? [.. group.SuspendedByUs.Intersect(group.SuspendedNow).Order(StringComparer.Ordinal)] : [];
        if (left.Length > 0) yield return $"{group.Name} is left with suspended processes: {string.Join(", ", left)}.";

        string[] resumed = [.. group.SuspendedBefore.Except(group.SuspendedNow).Order(StringComparer.Ordinal)];
        if (resumed.Length > 0) yield return $"{string.Join(", ", resumed)} of {group.Name} had been suspended by an operator and no longer are.";
        if (group.TemplateNow is not null && group.TemplateNow != group.TemplateBefore && !group.RefreshCanRollBack)
        {
            yield return $"{group.Name} was given the launch template {group.TemplateNow} before a refresh that could go back to {group.TemplateBefore ?? "the one before"}.";
        }
    }
}
