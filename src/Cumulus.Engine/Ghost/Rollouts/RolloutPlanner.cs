namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>Makes groups of hosts. Pure: the same hosts and strategy give the same plan, in whatever order the hosts come.</summary>
public static class RolloutPlanner
{
    private const int NamesShown = 10;

    /// <param name="behindBalancer">The hosts stand behind a load balancer, so that taking a group out costs capacity.</param>
    /// <param name="floor">Null: <see cref="CapacityFloor.Default"/>.</param>
    /// <exception cref="CumulusException">
    /// Before the first host: <see cref="ErrorIds.HostsNotFound"/>; <see cref="ErrorIds.HostsUnreachable"/>, with their names;
    /// <see cref="ErrorIds.CapacityTooLow"/>: a group would take more out of service than the floor allows.
    /// </exception>
    public static RolloutPlan Plan(IReadOnlyCollection<RolloutHost> hosts, RolloutStrategy strategy, bool behindBalancer, CapacityFloor? floor = null)
    {
        if (hosts.Count == 0) throw new CumulusException(ErrorIds.HostsNotFound, FailureKind.NotFound, "The application has no running instance.");
        RequireManaged(hosts);
        int least = floor?.For(hosts.Count) ?? CapacityFloor.Default(hosts.Count);
        int inService = hosts.Count(h => h.IsInService);
        bool takesOut = strategy.TakesOut && behindBalancer;
        RolloutHost[] order = [.. hosts
            .OrderBy(h => h.ScalingGroup, StringComparer.Ordinal)
            .ThenBy(h => h.Zone, StringComparer.Ordinal)
            .ThenBy(h => h.InstanceId, StringComparer.Ordinal)];
        IReadOnlyList<RolloutGroup> groups = Groups(order, strategy);
        int lowest = takesOut ? inService - groups.Max(g => g.Hosts.Count(h => h.IsInService)) : inService;
        var plan = new RolloutPlan { Strategy = strategy, Groups = groups, Hosts = hosts.Count, InService = inService, LeastInService = lowest, Floor = behindBalancer ? least : 0 };
        if (plan.LeastInService < plan.Floor) throw TooLow(plan);
        return plan;
    }

    private static List<RolloutGroup> Groups(RolloutHost[] order, RolloutStrategy strategy)
    {
        var groups = new List<RolloutGroup>();
        int canary = Math.Min(strategy.Canary, order.Length);
        if (canary > 0) groups.Add(new RolloutGroup(1, order[..canary], canary < order.Length ? strategy.CanaryWait : TimeSpan.Zero));

        // Dealt out like cards: hosts that stand beside each other in one zone or auto scaling group fall into different groups.
        RolloutHost[] rest = order[canary..];
        var piles = new List<RolloutHost>[strategy.GroupsFor(rest.Length)];
        for (int i = 0; i < rest.Length; i++) (piles[i % piles.Length] ??= []).Add(rest[i]);
        foreach (List<RolloutHost> pile in piles) groups.Add(new RolloutGroup(groups.Count + 1, pile, TimeSpan.Zero));
        return groups;
    }

    private static void RequireManaged(IReadOnlyCollection<RolloutHost> hosts)
    {
        string[] lost = [.. hosts.Where(h => !h.IsManaged).Select(h => h.InstanceId).Order(StringComparer.Ordinal)];
        if (lost.Length == 0) return;
        string more = lost.Length > NamesShown ? $" and {lost.Length - NamesShown} more" : "";
        throw new CumulusException(ErrorIds.HostsUnreachable, FailureKind.Unavailable, $"SSM does not reach {lost.Length} of {hosts.Count} hosts: {string.Join(", ", lost.Take(NamesShown))}{more}. Nothing was started.")
        {
            Target = lost[0],
            Advice = "Give them an SSM agent and a role with AmazonSSMManagedInstanceCore, or replace them.",
        };
    }

    private static CumulusException TooLow(RolloutPlan plan)
    {
        int room = plan.InService - plan.Floor;
        string advice = room > 0
            ? $"Take at most {room} hosts at a time, such as -Strategy {room}; or lower the application's floor."
            : "Bring the unhealthy hosts back into service first, add hosts, or lower the application's floor.";
        return new CumulusException(
            ErrorIds.CapacityTooLow,
            FailureKind.Conflict,
            $"Strategy {plan.Strategy} would leave {Math.Max(0, plan.LeastInService)} of {plan.Hosts} hosts in service, and {plan.Floor} have to be ({plan.InService} are now). Nothing was started.")
        {
            Target = plan.Strategy.Text,
            Advice = advice,
        };
    }
}
