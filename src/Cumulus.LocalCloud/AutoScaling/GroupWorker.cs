using System.Globalization;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.LoadBalancing;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>
/// Moves a group towards what it is told to be: instances through their states, unhealthy ones out, missing ones in. Whoever calls has the group's turn.
/// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html
/// </summary>
internal sealed class GroupWorker(InstanceLauncher launcher, TargetMonitor targets, HostFleet fleet, LifecycleNotifier notifier, TimeProvider time)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    /// <summary>Does all that can be done now.</summary>
    public async Task PassAsync(Group group, CancellationToken cancellationToken)
    {
        EndLateActions(group);
        CheckHealth(group);
        bool moved;
        do
        {
            moved = false;
            foreach (var instance in group.Instances)
                moved |= await StepAsync(group, instance, cancellationToken);
            moved |= await ScaleAsync(group, cancellationToken);
        }
        while (moved && !group.IsDeleted);
    }

    /// <summary>When there is something to do by itself; null: not before somebody asks.</summary>
    public static DateTimeOffset? NextDue(Group group)
    {
        var dues = group.Instances.SelectMany(instance => instance.Actions).Select(action => action.Deadline);
        if (group.RetryAt is { } retry)
            dues = dues.Append(retry);
        if (group.Settings.LooksAtTargets)
            dues = dues.Concat(group.Instances.Where(instance => instance.InServiceAt is not null).Select(instance => instance.InServiceAt!.Value + group.Settings.GracePeriod));
        return dues.Where(due => due > group.SeenAt).Select(due => (DateTimeOffset?)due).Min();
    }

    /// <summary>The instance begins to go, with an activity that says why.</summary>
    public ScalingActivity BeginTermination(Group group, GroupInstance instance, string cause)
    {
        group.Update(instance.ActivityId, activity => activity.EndTime is null ? activity.End(time.GetUtcNow(), "Cancelled") : activity);
        var activity = group.Begin(new ScalingActivity
        {
            Description = $"Terminating EC2 instance: {instance.Id}",
            Cause = cause,
            StartTime = time.GetUtcNow(),
            Details = Details(instance.Zone, null),
        });
        group.Replace(instance with { State = LifecycleStates.Terminating, Actions = [], ActivityId = activity.Id });
        return activity;
    }

    /// <summary>An action of a hook is over.</summary>
    public void Complete(Group group, GroupInstance instance, LifecycleAction action, string result)
    {
        // Whatever the result, an instance that goes is gone; what else it waits for is called off by ABANDON only.
        var left = result == LifecycleHook.Abandon ? [] : instance.Actions.Remove(action);
        var after = instance with { Actions = left };
        group.Replace(after);
        if (result == LifecycleHook.Abandon && !instance.IsTerminating)
        {
            group.Update(instance.ActivityId, activity => activity.End(time.GetUtcNow(), "Failed", $"Lifecycle action of hook {action.HookName} was abandoned."));
            BeginTermination(group, after, $"At {Now()} an instance was taken out of service in response to an abandoned launch lifecycle hook.");
        }
    }

    public string Now() => time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private void EndLateActions(Group group)
    {
        foreach (var (id, action) in group.Instances.SelectMany(instance => instance.Actions.Where(action => action.Deadline <= time.GetUtcNow()).Select(action => (instance.Id, action))))
        {
            if (group.Find(id) is { } instance && instance.Actions.Contains(action))
                Complete(group, instance, action, action.DefaultResult);
        }
    }

    private void CheckHealth(Group group)
    {
        if (group.Runs("HealthCheck"))
        {
            foreach (var instance in group.Instances.Where(instance => instance.IsHealthy && instance.Counts))
            {
                if (FaultOf(group, instance) is { } fault)
                    group.Replace(instance with { IsHealthy = false, UnhealthyBecause = fault });
            }
        }
        if (!group.Runs("ReplaceUnhealthy") || !group.Runs("Terminate"))
            return;
        foreach (var instance in group.Instances.Where(instance => !instance.IsHealthy && instance.Counts))
            BeginTermination(group, instance, $"At {Now()} an instance was taken out of service in response to {instance.UnhealthyBecause}.");
    }

    /// <summary>
    /// An instance that does not run is unhealthy at once; what load balancers say counts after the grace period
    /// (https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-check-grace-period.html).
    /// </summary>
    private string? FaultOf(Group group, GroupInstance instance)
    {
        if (fleet.Find(instance.Id) is { State: LocalCloudHostState.Stopped or LocalCloudHostState.Terminated })
            return "an EC2 health check indicating it has been terminated or stopped";
        return instance.IsInService && group.Settings.LooksAtTargets && instance.InServiceAt + group.Settings.GracePeriod <= time.GetUtcNow() &&
            targets.IsUnhealthy(group.Region, group.Settings.TargetGroups, group.Settings.LoadBalancers, instance.Id)
            ? "an ELB system health check failure"
            : null;
    }

    private async Task<bool> StepAsync(Group group, GroupInstance instance, CancellationToken cancellationToken)
    {
        switch (instance.State)
        {
            case LifecycleStates.Pending:
                await WaitOrProceedAsync(group, instance, LifecycleHook.Launching, LifecycleStates.PendingWait, LifecycleStates.PendingProceed, cancellationToken);
                return true;
            case LifecycleStates.PendingWait when instance.Actions.IsEmpty:
                group.Replace(instance with { State = LifecycleStates.PendingProceed });
                return true;
            case LifecycleStates.PendingProceed:
                var registers = group.Runs("AddToLoadBalancer");
                if (registers)
                    await targets.RegisterAsync(group.Region, group.Settings.TargetGroups, group.Settings.LoadBalancers, instance.Id, cancellationToken);
                group.Replace(instance with { State = LifecycleStates.InService, IsTarget = registers, InServiceAt = time.GetUtcNow() });
                group.Update(instance.ActivityId, activity => activity.End(time.GetUtcNow()));
                return true;
            case LifecycleStates.Terminating:
                await LeaveTargetsAsync(group, instance, cancellationToken);
                await WaitOrProceedAsync(group, group.Find(instance.Id)!, LifecycleHook.TerminatingTransition, LifecycleStates.TerminatingWait, LifecycleStates.TerminatingProceed, cancellationToken);
                return true;
            case LifecycleStates.TerminatingWait when instance.Actions.IsEmpty:
                group.Replace(instance with { State = LifecycleStates.TerminatingProceed });
                return true;
            case LifecycleStates.TerminatingProceed:
                await launcher.TerminateAsync(group.Region, [instance.Id], cancellationToken);
                group.Remove(instance.Id);
                group.Update(instance.ActivityId, activity => activity.End(time.GetUtcNow()));
                fleet.Signal(group.Region);
                return true;
            default:
                return false;
        }
    }

    /// <summary>No load balancer of the group sends it anything any more.</summary>
    public async Task LeaveTargetsAsync(Group group, GroupInstance instance, CancellationToken cancellationToken)
    {
        if (!instance.IsTarget)
            return;
        await targets.DeregisterAsync(group.Region, group.Settings.TargetGroups, group.Settings.LoadBalancers, instance.Id, cancellationToken);
        group.Replace(group.Find(instance.Id)! with { IsTarget = false });
    }

    private async Task WaitOrProceedAsync(Group group, GroupInstance instance, string transition, string wait, string proceed, CancellationToken cancellationToken)
    {
        var hooks = group.Hooks.Values.Where(hook => hook.Transition == transition).ToList();
        var actions = hooks.ConvertAll(hook => hook.Begin(time.GetUtcNow()));
        group.Replace(instance with { State = hooks.Count == 0 ? proceed : wait, Actions = [.. actions] });
        group.Update(instance.ActivityId, activity => activity with { StatusCode = hooks.Count == 0 ? "InProgress" : "MidLifecycleAction", Progress = hooks.Count == 0 ? 50 : 60 });
        foreach (var (hook, action) in hooks.Zip(actions))
            await notifier.TellAsync(group, hook, action, instance.Id, cancellationToken);
    }

    private async Task<bool> ScaleAsync(Group group, CancellationToken cancellationToken)
    {
        var (capacity, wanted) = (group.Capacity, group.Settings.Desired + (group.ActiveRefresh?.Extra ?? 0));
        if (capacity < wanted && group.Runs("Launch") && (group.RetryAt is null || group.RetryAt <= time.GetUtcNow()))
            return await LaunchAsync(group, wanted - capacity, cancellationToken);
        if (capacity <= wanted || !group.Runs("Terminate"))
            return false;
        var now = await SourceAsync(group, cancellationToken);
        var chosen = TerminationChoice.Choose(group.Instances, capacity - wanted, group.Settings.TerminationPolicies, instance => instance.Source == now);
        foreach (var instance in chosen)
        {
            BeginTermination(group, instance, string.Create(CultureInfo.InvariantCulture,
                $"{group.Request}At {Now()} an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from {capacity} to {wanted}.  At {Now()} instance {instance.Id} was selected for termination."));
        }
        return chosen.Count > 0;
    }

    /// <summary>What the group launches from now, resolved; unresolved when the template is gone, which then fits no instance.</summary>
    private async Task<LaunchSource> SourceAsync(Group group, CancellationToken cancellationToken)
    {
        var source = group.ActiveRefresh?.Source ?? group.Settings.Source;
        try
        {
            return await launcher.ResolveAsync(group.Region, source, cancellationToken);
        }
        catch (MotoException)
        {
            return source;
        }
    }

    /// <returns>False when nothing could be launched.</returns>
    private async Task<bool> LaunchAsync(Group group, int count, CancellationToken cancellationToken)
    {
        var capacity = group.Capacity;
        var cause = string.Create(CultureInfo.InvariantCulture,
            $"{group.Request}At {Now()} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from {capacity} to {capacity + count}.");
        try
        {
            var locations = await launcher.LocationsAsync(group.Region, group.Settings, cancellationToken);
            var source = group.ActiveRefresh?.Source ?? group.Settings.Source;
            foreach (var (location, share) in Spread(group, locations, count))
            {
                foreach (var instance in await launcher.LaunchAsync(group, source, location, share, cancellationToken))
                {
                    var activity = group.Begin(new ScalingActivity
                    {
                        Description = $"Launching a new EC2 instance: {instance.Id}", Cause = cause, StartTime = time.GetUtcNow(), Progress = 30, Details = Details(location.Zone, location.Subnet),
                    });
                    group.Add(instance with { ActivityId = activity.Id });
                }
            }
            (group.RetryAt, group.FailedLaunches) = (null, 0);
            fleet.Signal(group.Region);
            return true;
        }
        catch (MotoException e)
        {
            var wait = FirstRetry * Math.Pow(2, Math.Min(group.FailedLaunches++, 10));
            group.RetryAt = time.GetUtcNow() + (wait < LongestRetry ? wait : LongestRetry);
            group.Begin(new ScalingActivity { Description = $"Launching a new EC2 instance.  Status Reason: {e.Reason} Launching EC2 instance failed.", Cause = cause, StartTime = time.GetUtcNow() }
                .End(time.GetUtcNow(), "Failed", $"{e.Reason} Launching EC2 instance failed."));
            return false;
        }
    }

    /// <summary>Each instance goes where the group has fewest (https://docs.aws.amazon.com/autoscaling/ec2/userguide/auto-scaling-benefits.html).</summary>
    private static IEnumerable<(LaunchLocation Location, int Count)> Spread(Group group, IReadOnlyList<LaunchLocation> locations, int count)
    {
        var perZone = group.Instances.Where(instance => instance.Counts).GroupBy(instance => instance.Zone).ToDictionary(zone => zone.Key, zone => zone.Count());
        var shares = locations.ToDictionary(location => location, _ => 0);
        for (var i = 0; i < count; i++)
        {
            var next = locations.OrderBy(location => perZone.GetValueOrDefault(location.Zone)).ThenBy(location => shares[location]).First();
            shares[next]++;
            perZone[next.Zone] = perZone.GetValueOrDefault(next.Zone) + 1;
        }
        return shares.Where(pair => pair.Value > 0).Select(pair => (pair.Key, pair.Value));
    }

    private static string Details(string zone, string? subnet) =>
        subnet is null ? $$"""{"Availability Zone":"{{zone}}"}""" : $$"""{"Subnet ID":"{{subnet}}","Availability Zone":"{{zone}}"}""";
}
