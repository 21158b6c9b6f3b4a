using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>Takes hosts out of their load balancers and puts them back, waiting for what is really so.</summary>
internal sealed class BalancerDoor(IApplicationFleet fleet, IReadOnlyList<Balancer> balancers, RolloutSettings settings, TimeProvider clock, Action<string> log)
{
    public bool HasBalancers => balancers.Count > 0;

    /// <summary>Each host's registrations and whether it takes traffic everywhere that it is registered.</summary>
    public async Task<Dictionary<string, (List<Registration> Registrations, bool InService)>> LookAsync(CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, (List<Registration> Registrations, bool InService)>(StringComparer.Ordinal);
        foreach (Balancer balancer in balancers)
        {
            foreach (TargetState target in await fleet.TargetsAsync(balancer, cancellationToken))
            {
                if (!target.IsRegistered) continue;
                (List<Registration> registrations, bool inService) = seen.GetValueOrDefault(target.Target.InstanceId, ([], true));
                registrations.Add(new Registration(balancer, target.Target));
                seen[target.Target.InstanceId] = (registrations, inService && target.IsInService);
            }
        }

        return seen;
    }

    /// <summary>Deregisters, and waits until open connections have ended.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> LeaveAsync(IReadOnlyList<JournalHost> hosts, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        TimeSpan longest = TimeSpan.Zero;
        foreach (IGrouping<Balancer, Registration> group in ByBalancer(hosts))
        {
            await fleet.DeregisterAsync(group.Key, [.. group.Select(r => r.Target)], cancellationToken);
            TimeSpan delay = await fleet.DrainTimeAsync(group.Key, cancellationToken);
            if (delay > longest) longest = delay;
        }

        // A classic load balancer does not tell of instances that drain.
        if (ByBalancer(hosts).Any(g => g.Key.IsClassic)) await Task.Delay(longest, clock, cancellationToken);
        HashSet<string> ids = [.. hosts.Select(h => h.InstanceId)];
        var limit = new WaitLimit(clock, longest + settings.DrainMargin);
        while (await IsDrainingAsync(hosts, ids, cancellationToken))
        {
            if (limit.Reached)
            {
                log($"Targets still drain after {limit.Elapsed.TotalSeconds:0} s, and are not waited for any longer.");
                break;
            }

            await limit.PauseAsync(settings.Poll, cancellationToken);
        }

        return clock.GetElapsedTime(started);
    }

    /// <summary>Registers, and waits until every target is healthy (G-05).</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.HealthCheckFailed"/>: the first host that is not, with the load balancer's reason.</exception>
    public async Task<TimeSpan> ReturnAsync(IReadOnlyList<JournalHost> hosts, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        foreach (IGrouping<Balancer, Registration> group in ByBalancer(hosts)) await fleet.RegisterAsync(group.Key, [.. group.Select(r => r.Target)], cancellationToken);
        var limit = new WaitLimit(clock, settings.HealthLimit);
        while (await FirstUnhealthyAsync(hosts, cancellationToken) is { } sick)
        {
            if (limit.Reached)
            {
                string why = sick.State is { } state ? $"{state.State}{(state.Reason is null ? "" : $", {state.Reason}")}{(state.Description is null ? "" : $": {state.Description}")}" : "not registered";
                throw new CumulusException(ErrorIds.HealthCheckFailed, FailureKind.OperationFailed, $"{sick.Registration.Target.InstanceId} is not healthy in {sick.Registration.Balancer} after {limit.Limit.TotalSeconds:0} s: {why}")
                {
                    Target = sick.Registration.Target.InstanceId,
                };
            }

            await limit.PauseAsync(settings.Poll, cancellationToken);
        }

        return clock.GetElapsedTime(started);
    }

    private async Task<bool> IsDrainingAsync(IReadOnlyList<JournalHost> hosts, HashSet<string> ids, CancellationToken cancellationToken)
    {
        foreach (IGrouping<Balancer, Registration> group in ByBalancer(hosts).Where(g => !g.Key.IsClassic))
        {
            IReadOnlyList<TargetState> targets = await fleet.TargetsAsync(group.Key, cancellationToken);
            if (targets.Any(t => t.State == "draining" && ids.Contains(t.Target.InstanceId))) return true;
        }

        return false;
    }

    private async Task<(Registration Registration, TargetState? State)?> FirstUnhealthyAsync(IReadOnlyList<JournalHost> hosts, CancellationToken cancellationToken)
    {
        foreach (IGrouping<Balancer, Registration> group in ByBalancer(hosts))
        {
            Dictionary<TargetId, TargetState> targets = (await fleet.TargetsAsync(group.Key, cancellationToken)).GroupBy(t => t.Target).ToDictionary(g => g.Key, g => g.First());
            foreach (Registration registration in group)
            {
                TargetState? state = targets.GetValueOrDefault(registration.Target);
                if (state is not { IsInService: true }) return (registration, state);
            }
        }

        return null;
    }

    private static IEnumerable<IGrouping<Balancer, Registration>> ByBalancer(IReadOnlyList<JournalHost> hosts) => hosts.SelectMany(h => h.Registrations).GroupBy(r => r.Balancer);
}
