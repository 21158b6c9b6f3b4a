using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>Moves an instance refresh on. Whoever calls has the group's turn.</summary>
internal sealed class RefreshWorker(GroupWorker worker, InstanceLauncher launcher, MotoClient moto, TimeProvider time)
{
    private const int MostFailedLaunches = 3;

    /// <summary>https://docs.aws.amazon.com/autoscaling/ec2/userguide/troubleshooting-asg-instance-refresh.html.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    private static readonly TimeSpan AlarmInterval = TimeSpan.FromSeconds(1);

    /// <returns>True when something has changed, so that there may be more to do.</returns>
    public async Task<bool> StepAsync(Group group, CancellationToken cancellationToken)
    {
        if (group.ActiveRefresh is not { } refresh)
            return false;
        var after = refresh.Status switch
        {
            InstanceRefresh.Pending => Begin(group, refresh, await launcher.ResolveAsync(group.Region, refresh.Source ?? group.Settings.Source, cancellationToken)),
            InstanceRefresh.Cancelling => group.Instances.All(instance => instance is { IsTerminating: false, IsInService: true } or { State: LifecycleStates.Standby })
                ? refresh.End("Cancelled", time.GetUtcNow())
                : refresh,
            _ => await MoveAsync(group, refresh, cancellationToken),
        };
        group.Update(after);
        return after != refresh;
    }

    /// <summary>When time alone makes a difference; null: it does not.</summary>
    public static DateTimeOffset? NextDue(Group group)
    {
        if (group.ActiveRefresh is not { } refresh)
            return null;
        var dues = group.Instances.Where(instance => instance.InServiceAt is not null).Select(instance => instance.InServiceAt!.Value + refresh.Preferences.Warmup).ToList();
        dues.Add(refresh.LastProgress + Patience);
        if (refresh.AtCheckpointSince is { } since)
            dues.Add(since + refresh.Preferences.CheckpointDelay);
        if (refresh.BakedAt is { } baked)
            dues.Add(baked);
        if (refresh.Preferences.Alarms.Count > 0)
            dues.Add(group.SeenAt + AlarmInterval);
        return dues.Where(due => due > group.SeenAt).Select(due => (DateTimeOffset?)due).Min();
    }

    /// <summary>Every instance that the refresh has made goes again, for one of what the group was.</summary>
    public async Task<InstanceRefresh> BeginRollbackAsync(Group group, InstanceRefresh refresh, string reason, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var before = await launcher.ResolveAsync(group.Region, group.Settings.Source, cancellationToken);
        (group.RetryAt, group.FailedLaunches) = (null, 0);
        return refresh with
        {
            Status = InstanceRefresh.RollbackInProgress,
            RollbackReason = reason,
            RollbackStart = now,
            PercentageBefore = refresh.Percentage,
            Source = null,
            Old = [.. group.Instances.Where(instance => instance is { IsTerminating: false } && instance.Source != before).Select(instance => instance.Id)],
            Before = [.. group.Instances.Select(instance => instance.Id)],
            Done = 0,
            BakedAt = null,
            AtCheckpointSince = null,
            LastProgress = now,
        };
    }

    private InstanceRefresh Begin(Group group, InstanceRefresh refresh, LaunchSource source)
    {
        var preferences = refresh.Preferences;
        var old = group.Instances.Where(instance => !instance.IsTerminating &&
            !(preferences.SkipsMatching && instance.Source == source) &&
            !(preferences.OfStandby == "Ignore" && instance.State == LifecycleStates.Standby) &&
            !(preferences.OfProtected == "Ignore" && instance.IsProtected));
        return refresh with
        {
            Status = InstanceRefresh.InProgress,
            Old = [.. old.Select(instance => instance.Id)],
            Before = [.. group.Instances.Select(instance => instance.Id)],
            Source = source,
            LastProgress = time.GetUtcNow(),
        };
    }

    private async Task<InstanceRefresh> MoveAsync(Group group, InstanceRefresh refresh, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await FaultOfAsync(group, refresh, cancellationToken) is { } fault)
        {
            if (refresh.IsRollback)
                return refresh.End("RollbackFailed", now, fault);
            return refresh.Preferences.RollsBack
                ? await BeginRollbackAsync(group, refresh, fault, cancellationToken)
                : refresh.End("Failed", now, fault);
        }
        var plan = RefreshPlan.Make(refresh, group.Instances, group.Settings.Desired, now);
        foreach (var instance in plan.Terminate)
            worker.BeginTermination(group, instance, $"At {worker.Now()} an instance was taken out of service in response to an instance refresh.");
        return plan.IsFinished ? Finish(group, plan.Refresh, now) : plan.Refresh;
    }

    private static InstanceRefresh Finish(Group group, InstanceRefresh refresh, DateTimeOffset now)
    {
        if (refresh.IsRollback)
            return refresh.End("RollbackSuccessful", now);
        if (refresh.Preferences.BakeTime > TimeSpan.Zero)
        {
            refresh = refresh with { Status = InstanceRefresh.Baking, BakedAt = refresh.BakedAt ?? now + refresh.Preferences.BakeTime, LastProgress = now };
            if (refresh.BakedAt > now)
                return refresh;
        }
        if (refresh.Desired is not null)
            group.Settings = group.Settings.With(refresh.Desired);
        return refresh.End("Successful", now);
    }

    private async Task<string?> FaultOfAsync(Group group, InstanceRefresh refresh, CancellationToken cancellationToken)
    {
        if (group.FailedLaunches >= MostFailedLaunches)
            return $"Instance refresh failed: {group.Activities.Find(activity => activity.StatusCode == "Failed")?.StatusMessage}";
        if (refresh.AtCheckpointSince is null && refresh.BakedAt is null && time.GetUtcNow() - refresh.LastProgress >= Patience)
            return "Instance refresh failed: instances did not become healthy in time.";
        if (refresh.IsRollback || refresh.Preferences.Alarms.Count == 0)
            return null;
        var arguments = new QueryArguments();
        arguments.AddList("AlarmNames.member", refresh.Preferences.Alarms);
        var answer = await moto.CallAsync("monitoring", group.Region, "DescribeAlarms", arguments, cancellationToken);
        var alarm = answer.Descendants("member").FirstOrDefault(member => member.Element("StateValue")?.Value == "ALARM");
        return alarm is null ? null : $"Alarm {alarm.Element("AlarmName")?.Value} is in ALARM state.";
    }
}
