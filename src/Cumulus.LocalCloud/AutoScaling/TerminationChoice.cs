namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>
/// Which instances go when a group scales in (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-termination-policies.html): first the zone that
/// has most, in it the policies one after the other. Protected instances stay.
/// </summary>
internal static class TerminationChoice
{
    /// <param name="current">Whether an instance is from what the group launches from now.</param>
    public static IReadOnlyList<GroupInstance> Choose(IReadOnlyList<GroupInstance> instances, int count, IReadOnlyList<string> policies, Func<GroupInstance, bool> current)
    {
        var left = instances.Where(instance => instance.Counts).ToList();
        var chosen = new List<GroupInstance>();
        while (chosen.Count < count)
        {
            var candidates = left.Where(instance => !instance.IsProtected)
                .GroupBy(instance => instance.Zone)
                .OrderByDescending(zone => left.Count(instance => instance.Zone == zone.Key)).ThenBy(zone => zone.Key, StringComparer.Ordinal)
                .FirstOrDefault();
            if (candidates is null)
                break;
            var next = Order(candidates, policies, current).First();
            left.Remove(next);
            chosen.Add(next);
        }
        return chosen;
    }

    private static IEnumerable<GroupInstance> Order(IEnumerable<GroupInstance> instances, IReadOnlyList<string> policies, Func<GroupInstance, bool> current)
    {
        var ordered = instances.OrderBy(_ => 0);
        foreach (var policy in policies)
        {
            ordered = policy switch
            {
                "OldestInstance" => ordered.ThenBy(instance => instance.LaunchedAt),
                "NewestInstance" => ordered.ThenByDescending(instance => instance.LaunchedAt),
                "OldestLaunchTemplate" or "OldestLaunchConfiguration" => ordered.ThenBy(current).ThenBy(Version),
                "ClosestToNextInstanceHour" => ordered.ThenByDescending(instance => instance.LaunchedAt.Minute * 60 + instance.LaunchedAt.Second),
                _ => ordered.ThenBy(current).ThenBy(Version).ThenBy(instance => instance.LaunchedAt),
            };
        }
        return ordered.ThenBy(instance => instance.Id, StringComparer.Ordinal);
    }

    private static int Version(GroupInstance instance) => int.TryParse(instance.Source.Version, out var number) ? number : 0;
}
