using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Ghost.Rollouts;

namespace Cumulus.Engine.Ghost.Deployments;

/// <summary>What an application runs on now.</summary>
internal sealed record FleetSurvey
{
    public required GhostApplication Application { get; init; }

    public required IReadOnlyList<RolloutHost> Hosts { get; init; }

    /// <summary>Instances that are on their way.</summary>
    public required IReadOnlyList<string> Pending { get; init; }

    public required IReadOnlyList<string> ScalingGroups { get; init; }

    public required IReadOnlyList<Balancer> Balancers { get; init; }

    /// <summary>Instances by their tags, and of no other application: one without a colour has none of the coloured ones (G-18). Those that their group is terminating are left out.</summary>
    public static async Task<FleetSurvey> ReadAsync(IApplicationFleet fleet, GhostApplication application, CancellationToken cancellationToken)
    {
        IReadOnlyList<FleetInstance> instances = await InstancesAsync(fleet, application, cancellationToken);
        string[] names = [.. instances.Select(i => i.ScalingGroup).Append(application.Autoscale?.Name).OfType<string>().Where(n => n.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        var groups = new List<ScalingGroup>();
        foreach (string name in names)
        {
            if (await fleet.ScalingGroupAsync(name, cancellationToken) is { } group) groups.Add(group);
        }

        Dictionary<string, ScalingInstance> members = groups.SelectMany(g => g.Instances).GroupBy(i => i.InstanceId).ToDictionary(g => g.Key, g => g.First());
        FleetInstance[] staying = [.. instances.Where(i => !members.TryGetValue(i.InstanceId, out ScalingInstance? member) || !member.IsLeaving)];
        Balancer[] balancers = [.. groups.SelectMany(g => g.Balancers).Distinct()];
        var health = await new BalancerDoor(fleet, balancers, new RolloutSettings(), TimeProvider.System, _ => { }).LookAsync(cancellationToken);
        bool Pends(FleetInstance i) => !i.IsRunning || (members.TryGetValue(i.InstanceId, out ScalingInstance? member) && member.IsPending);
        return new FleetSurvey
        {
            Application = application,
            Hosts = [.. staying.Where(i => !Pends(i)).Select(i => new RolloutHost
            {
                InstanceId = i.InstanceId,
                Platform = i.Platform,
                Zone = i.Zone,
                ScalingGroup = i.ScalingGroup,
                IsManaged = i.IsManaged,
                IsInService = balancers.Length == 0 || (health.TryGetValue(i.InstanceId, out var seen) && seen.InService),
            })],
            Pending = [.. staying.Where(Pends).Select(i => i.InstanceId)],
            ScalingGroups = [.. groups.Select(g => g.Name)],
            Balancers = balancers,
        };
    }

    /// <summary>Ids of the instances that pend or run.</summary>
    public static async Task<HashSet<string>> PresentAsync(IApplicationFleet fleet, GhostApplication application, CancellationToken cancellationToken) =>
        [.. (await InstancesAsync(fleet, application, cancellationToken)).Select(i => i.InstanceId)];

    private static Task<IReadOnlyList<FleetInstance>> InstancesAsync(IApplicationFleet fleet, GhostApplication application, CancellationToken cancellationToken)
    {
        ApplicationKey key = application.Key;
        var tags = new Dictionary<string, string> { ["app"] = key.Name, ["env"] = key.Env, ["role"] = key.Role };
        if (key.Colour is not null) tags["color"] = key.Colour;
        return fleet.InstancesAsync(tags, key.Colour is null ? ["color"] : [], cancellationToken);
    }

    /// <exception cref="CumulusException">As <see cref="RolloutPlanner.Plan"/>.</exception>
    public RolloutPlan Plan(RolloutStrategy strategy, CapacityFloor? floor) => RolloutPlanner.Plan(Hosts, strategy, Balancers.Count > 0, floor);

    /// <summary>Waits until no instance is on its way, or for as long as <see cref="RolloutSettings.PendingLimit"/> says (G-19).</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.OperationTimedOut"/></exception>
    public async Task<FleetSurvey> WaitForPendingAsync(IApplicationFleet fleet, RolloutSettings settings, TimeProvider clock, Action<string> log, CancellationToken cancellationToken)
    {
        FleetSurvey now = this;
        var limit = new WaitLimit(clock, settings.PendingLimit);
        while (now.Pending.Count > 0)
        {
            if (limit.Elapsed < settings.Poll) log($"Waiting for {now.Pending.Count} instances that are still pending: {string.Join(", ", now.Pending.Take(5))}.");
            if (limit.Reached)
            {
                throw new CumulusException(ErrorIds.OperationTimedOut, FailureKind.Timeout, $"{string.Join(", ", now.Pending.Take(5))} are still pending after {limit.Limit.TotalMinutes:0} minutes. Nothing was started.") { Target = now.Pending[0], Advice = "Look why they do not come into service." };
            }

            await limit.PauseAsync(settings.Poll, cancellationToken);
            now = await ReadAsync(fleet, Application, cancellationToken);
        }

        return now;
    }
}
