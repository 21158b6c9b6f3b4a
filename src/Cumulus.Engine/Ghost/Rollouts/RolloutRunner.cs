using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>
/// Carries a plan out, group after group: out of the load balancers, change, back in, healthy. The first group that fails stops it, and everything that moved goes back.
/// <see cref="RolloutInvariants"/> are checked before and after every group.
/// </summary>
/// <param name="scalingGroups">Names of the application's Auto Scaling groups.</param>
/// <param name="present">Ids of the application's instances that there still are.</param>
internal sealed class RolloutRunner(IApplicationFleet fleet, Func<CancellationToken, Task<HashSet<string>>> present, RolloutJournalStore journals, BalancerDoor door, IReadOnlyList<string> scalingGroups, RolloutSettings settings, TimeProvider clock, Action<string> log)
{
    private RolloutJournal? _journal;
    private string? _version;

    /// <summary>What has been written down; null before the beginning.</summary>
    public RolloutJournal? Journal => _journal;

    /// <summary>Goes on from what an interrupted run wrote.</summary>
    public void Resume(RolloutJournal journal, string version) => (_journal, _version) = (journal, version);

    /// <summary>Writes the plan down, then suspends what would launch or terminate instances meanwhile.</summary>
    public async Task BeginAsync(RolloutJournal journal, CancellationToken cancellationToken)
    {
        var before = new Dictionary<string, IReadOnlyList<string>>();
        var ours = new Dictionary<string, IReadOnlyList<string>>();
        foreach (string name in scalingGroups)
        {
            if (await fleet.ScalingGroupAsync(name, cancellationToken) is not { } group) continue;
            before[name] = group.Suspended;
            ours[name] = ProcessHold.Needed(group);
        }

        await WriteAsync(journal with { SuspendedBefore = before, Suspended = ours }, cancellationToken);
        foreach ((string name, IReadOnlyList<string> processes) in ours)
        {
            if (processes.Count == 0) continue;
            await fleet.SuspendAsync(name, processes, cancellationToken);
            log($"{name}: {string.Join(" and ", processes)} suspended.");
        }
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.RolloutFailed"/>: a group failed, with the cause on its first host; nothing has been taken back yet. Or <see cref="ErrorIds.InvariantBroken"/>.</exception>
    public async Task<IReadOnlyList<HostOutcome>> RunAsync(IRolloutWork work, CancellationToken cancellationToken)
    {
        var outcomes = new List<HostOutcome>();
        foreach (JournalGroup planned in _journal!.Groups)
        {
            await RequireInvariantsAsync($"Before group {planned.Number}", cancellationToken);
            outcomes.AddRange(await RunAsync(planned, work, cancellationToken));
            await RequireInvariantsAsync($"After group {planned.Number}", cancellationToken);
            if (planned.WaitAfter <= TimeSpan.Zero) continue;
            log($"Waiting {planned.WaitAfter.TotalSeconds:0} s after group {planned.Number}.");
            await Task.Delay(planned.WaitAfter, clock, cancellationToken);
            await RequireInvariantsAsync($"After the wait for group {planned.Number}", cancellationToken);
        }

        return outcomes;
    }

    /// <summary>Everything that moved goes back, the last group first, in the same portions. What fails there is told, and the rest goes on.</summary>
    /// <returns>What could not be taken back, as sentences.</returns>
    public async Task<IReadOnlyList<string>> TakeBackAsync(IRolloutWork work, CancellationToken cancellationToken)
    {
        var left = new List<string>();
        HashSet<string> there = await present(cancellationToken);
        foreach (JournalGroup touched in _journal!.Groups.Where(g => g.IsTouched).Reverse().ToArray())
        {
            JournalGroup group = touched with { Hosts = [.. touched.Hosts.Where(h => there.Contains(h.InstanceId))] };
            foreach (JournalHost gone in touched.Hosts.Except(group.Hosts)) log($"{gone.InstanceId} is gone, and needs no way back.");
            try
            {
                log($"Group {group.Number} goes back: {group.Hosts.Count} hosts.");
                if (group.Phase is GroupPhase.Done or GroupPhase.Returning) await door.LeaveAsync(group.Hosts, cancellationToken);
                string[] failed = [];
                if (group.Phase != GroupPhase.Leaving)
                {
                    IReadOnlyList<HostOutcome> outcomes = await work.TakeBackAsync(group.Hosts, cancellationToken);
                    failed = [.. outcomes.Where(o => !o.Succeeded).Select(o => $"{o.InstanceId}: {o.Status}{Tail(o)}")];
                }

                // A host that could not go back stays out of the load balancers.
                JournalHost[] well = [.. group.Hosts.Where(h => !failed.Any(f => f.StartsWith(h.InstanceId, StringComparison.Ordinal)))];
                await door.ReturnAsync(well, cancellationToken);
                left.AddRange(failed);
                if (failed.Length == 0) await EnterAsync(group.Number, GroupPhase.TakenBack, cancellationToken);
            }
            catch (CumulusException e) when (e.ErrorId != ErrorIds.RolloutInterrupted)
            {
                left.Add($"Group {group.Number}: {e.Message}");
                log($"Group {group.Number} is not all back: {e.Message}");
            }
        }

        return left;
    }

    /// <summary>All hosts have accepted: from here on it is finished and not taken back.</summary>
    public Task AcceptAsync(CancellationToken cancellationToken) => WriteAsync(_journal! with { Accepted = true }, cancellationToken);

    /// <summary>Resumes what was suspended, sees that nothing is left so, and takes the journal away.</summary>
    /// <param name="keepJournal">Something is still to be taken back.</param>
    public async Task EndAsync(bool keepJournal, CancellationToken cancellationToken)
    {
        if (_journal is null) return;
        await ProcessHold.ResumeAsync(fleet, _journal, log, cancellationToken);
        foreach (string broken in RolloutInvariants.Check(await SnapshotAsync("At the end", ended: true, cancellationToken) with { Floor = 0 })) log($"At the end: {broken}");
        if (!keepJournal) await journals.RemoveAsync(_journal.Application, cancellationToken);
    }

    private async Task<IReadOnlyList<HostOutcome>> RunAsync(JournalGroup planned, IRolloutWork work, CancellationToken cancellationToken)
    {
        JournalGroup group = await WithRegistrationsAsync(planned, cancellationToken);
        string title = $"group {group.Number} of {_journal!.Groups.Count}  [{group.Hosts.Count} hosts]";
        bool leaves = group.Hosts.Any(h => h.Registrations.Count > 0);
        TimeSpan drained = TimeSpan.Zero;
        TimeSpan healthy = TimeSpan.Zero;
        if (leaves)
        {
            await EnterAsync(group.Number, GroupPhase.Leaving, cancellationToken);
            drained = await door.LeaveAsync(group.Hosts, cancellationToken);
            await PauseAsync(settings.WaitBefore, cancellationToken);
        }

        await EnterAsync(group.Number, GroupPhase.Changing, cancellationToken);
        long started = clock.GetTimestamp();
        IReadOnlyList<HostOutcome> outcomes = await work.ApplyAsync(group.Hosts, cancellationToken);
        TimeSpan deployed = clock.GetElapsedTime(started);
        if (outcomes.FirstOrDefault(o => !o.Succeeded) is { } first) throw Failed(group, outcomes, first);
        if (leaves)
        {
            await PauseAsync(settings.WaitAfter, cancellationToken);
            await EnterAsync(group.Number, GroupPhase.Returning, cancellationToken);
            try
            {
                healthy = await door.ReturnAsync(group.Hosts, cancellationToken);
            }
            catch (CumulusException e) when (e.ErrorId == ErrorIds.HealthCheckFailed)
            {
                throw new CumulusException(ErrorIds.RolloutFailed, FailureKind.OperationFailed, $"{title}: {e.Message}", e) { Target = e.Target, Advice = $"Get-GhostJobLog {_journal.Job} has what {e.Target} wrote." };
            }
        }

        await EnterAsync(group.Number, GroupPhase.Done, cancellationToken);
        log(leaves ? $"{title}  drained {Text(drained)}, deployed {Text(deployed)}, healthy {Text(healthy)}" : $"{title}  deployed {Text(deployed)}");
        return outcomes;
    }

    // What a host is registered with is looked at when its turn comes: it may have changed since the plan.
    private async Task<JournalGroup> WithRegistrationsAsync(JournalGroup planned, CancellationToken cancellationToken)
    {
        if (!RolloutStrategy.Parse(_journal!.Strategy).TakesOut || !door.HasBalancers) return planned;
        var seen = await door.LookAsync(cancellationToken);
        JournalGroup group = planned with { Hosts = [.. planned.Hosts.Select(h => h with { Registrations = seen.TryGetValue(h.InstanceId, out var there) ? there.Registrations : [] })] };
        _journal = _journal with { Groups = [.. _journal.Groups.Select(g => g.Number == group.Number ? group : g)] };
        return group;
    }

    private async Task RequireInvariantsAsync(string step, CancellationToken cancellationToken) => RolloutInvariants.Require(await SnapshotAsync(step, ended: false, cancellationToken));

    private async Task<RolloutSnapshot> SnapshotAsync(string step, bool ended, CancellationToken cancellationToken)
    {
        HashSet<string> hosts = [.. _journal!.Groups.SelectMany(g => g.Hosts).Select(h => h.InstanceId)];
        int healthy = door.HasBalancers ? (await door.LookAsync(cancellationToken)).Count(s => s.Value.InService && hosts.Contains(s.Key)) : hosts.Count;
        var groups = new List<ScalingGroupSnapshot>();
        foreach (string name in scalingGroups)
        {
            if (await fleet.ScalingGroupAsync(name, cancellationToken) is not { } group) continue;
            groups.Add(new ScalingGroupSnapshot(name, _journal.SuspendedBefore.GetValueOrDefault(name, []), _journal.Suspended.GetValueOrDefault(name, []), group.Suspended));
        }

        return new RolloutSnapshot { Step = step, HasEnded = ended, HealthyInService = healthy, Floor = _journal.Floor, ScalingGroups = groups };
    }

    private async Task EnterAsync(int number, GroupPhase phase, CancellationToken cancellationToken) =>
        await WriteAsync(_journal! with { Groups = [.. _journal.Groups.Select(g => g.Number == number ? g with { Phase = phase } : g)] }, cancellationToken);

    private async Task WriteAsync(RolloutJournal journal, CancellationToken cancellationToken)
    {
        _version = await journals.WriteAsync(journal, _version, cancellationToken);
        _journal = journal;
    }

    private Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken) => pause > TimeSpan.Zero ? Task.Delay(pause, clock, cancellationToken) : Task.CompletedTask;

    /// <summary>One cause chain: deployment, group, instance, the last lines of what failed there, and what to run next.</summary>
    private CumulusException Failed(JournalGroup group, IReadOnlyList<HostOutcome> outcomes, HostOutcome first)
    {
        string how = first.ExitCode is { } code ? $"exit code {code}" : first.Status;
        return new CumulusException(
            ErrorIds.RolloutFailed,
            FailureKind.OperationFailed,
            $"group {group.Number} of {_journal!.Groups.Count}: {outcomes.Count(o => !o.Succeeded)} of {group.Hosts.Count} hosts failed. First {first.InstanceId}, {how}{Tail(first)}")
        {
            Target = first.InstanceId,
            Advice = $"Get-GhostJobLog {_journal.Job} has the output of every host.",
        };
    }

    private static string Tail(HostOutcome outcome) => outcome.LastLines.Count == 0 ? "" : $": {string.Join(" | ", outcome.LastLines)}";

    private static string Text(TimeSpan time) => $"{Math.Ceiling(time.TotalSeconds):0} s";
}
