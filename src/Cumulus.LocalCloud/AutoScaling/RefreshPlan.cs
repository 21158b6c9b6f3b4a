namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>
/// What an instance refresh may do next: data in, data out. Rules: https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html (percentages),
/// .../asg-adding-checkpoints-instance-refresh.html (checkpoints).
/// </summary>
/// <param name="Refresh">With the counters brought up to date.</param>
/// <param name="Terminate">Instances to replace now.</param>
/// <param name="IsFinished">All that was to be replaced is.</param>
internal sealed record RefreshPlan(InstanceRefresh Refresh, IReadOnlyList<GroupInstance> Terminate, bool IsFinished)
{
    public static RefreshPlan Make(InstanceRefresh refresh, IReadOnlyList<GroupInstance> instances, int desired, DateTimeOffset now)
    {
        var preferences = refresh.Preferences;
        var old = instances.Where(instance => refresh.Old.Contains(instance.Id) && !instance.IsTerminating).ToList();
        var counted = instances.Where(instance => instance.Counts).ToList();
        var ready = counted.Count(instance => instance is { IsInService: true, IsHealthy: true } && IsWarm(instance));
        var warming = counted.Count(instance => !(instance.IsInService && IsWarm(instance)) && !refresh.Before.Contains(instance.Id));
        var gone = refresh.Old.Count - old.Count;
        // What is missing altogether has not even begun to warm up.
        var missing = Math.Max(0, desired - counted.Count);
        var done = gone - Math.Min(gone, warming + missing);
        if (done > refresh.Done)
            refresh = refresh with { Done = done, LastProgress = now };
        // A rollback knows no checkpoints.
        var checkpoints = refresh.IsRollback ? [] : preferences.Checkpoints;
        refresh = PassCheckpoints(refresh, checkpoints, now);
        if (done == refresh.Old.Count || (checkpoints.Count > 0 && refresh.CheckpointsPassed == checkpoints.Count))
            return new RefreshPlan(refresh with { Extra = 0 }, [], IsFinished: true);

        var limit = checkpoints.Count == 0 ? refresh.Old.Count : Share(refresh, checkpoints[refresh.CheckpointsPassed]);
        var room = Math.Max(0, limit - gone);
        var least = (int)Math.Ceiling(desired * preferences.MinHealthy / 100.0);
        var most = (int)Math.Floor(desired * preferences.MaxHealthy / 100.0);
        // With all of them to be healthy all the time, the new one comes first.
        var extra = preferences.MaxHealthy > 100 ? Math.Max(1, most - desired) : preferences.MinHealthy == 100 ? 1 : 0;
        var free = ready - least;
        if (free <= 0 && warming == 0 && missing == 0 && extra == 0)
            free = 1;
        var terminate = old.Where(instance => MayGo(instance, preferences)).OrderBy(instance => instance.LaunchedAt).Take(Math.Clamp(free, 0, room)).ToList();
        return new RefreshPlan(refresh with { Extra = Math.Min(extra, room - terminate.Count) }, terminate, IsFinished: false);

        bool IsWarm(GroupInstance instance) => refresh.Before.Contains(instance.Id) || instance.InServiceAt + preferences.Warmup <= now;
    }

    /// <summary>The last checkpoint is the end, also where it is less than all.</summary>
    private static InstanceRefresh PassCheckpoints(InstanceRefresh refresh, IReadOnlyList<int> checkpoints, DateTimeOffset now)
    {
        while (refresh.CheckpointsPassed < checkpoints.Count && refresh.Done >= Share(refresh, checkpoints[refresh.CheckpointsPassed]))
        {
            if (refresh.CheckpointsPassed < checkpoints.Count - 1)
            {
                refresh = refresh with { AtCheckpointSince = refresh.AtCheckpointSince ?? now };
                if (refresh.AtCheckpointSince + refresh.Preferences.CheckpointDelay > now)
                    return refresh;
            }
            // Waiting is no lack of progress.
            refresh = refresh with { CheckpointsPassed = refresh.CheckpointsPassed + 1, AtCheckpointSince = null, LastProgress = now };
        }
        return refresh;
    }

    private static int Share(InstanceRefresh refresh, int percentage) => (int)Math.Ceiling(refresh.Old.Count * percentage / 100.0);

    private static bool MayGo(GroupInstance instance, RefreshPreferences preferences) =>
        instance.State == LifecycleStates.Standby ? preferences.OfStandby == "Terminate" : instance.IsInService && (!instance.IsProtected || preferences.OfProtected == "Refresh");
}
