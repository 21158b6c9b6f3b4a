using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// One change of a host from what is installed to something else, as a whole or not at all. Everything is unfolded and on the disk before the first
/// service stops; each file is swapped by rename with the old one kept; the state document's taking its name is the commit; until then
/// whatever fails puts everything back.
/// </summary>
internal sealed class InstallTransaction(HostPaths paths, HostRequest request, InitScriptRunner scripts, HealthProbe probe, TimeProvider clock)
{
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly FileSystems _fileSystems = FileSystems.Of(paths);
    private readonly InstallStore _store = new(paths);

    /// <summary>Called after each step with its name.</summary>
    public Action<string>? OnStep { get; init; }

    public Func<string, long?> FreeBytes { get; init; } = HostSpace.FreeBytes;

    public required string BootId { get; init; }

    /// <summary>Works out what has to change, and what the state is then.</summary>
    public static HostChanges Plan(HostPaths paths, InstalledState state, InstallGoal goal, InstalledStamps? stamps, IHostView host) =>
        new InstallPlanner(paths, state, goal.Offers, host, stamps).Compute(goal.Staying, goal.KeepOldFiles, goal.Force);

    /// <returns>What was changed.</returns>
    public async Task<HostChanges> RunAsync(InstalledState state, InstallGoal goal, IBundleContent content, CancellationToken cancellationToken)
    {
        InstalledState now = state;
        try
        {
            InstalledStamps? stamps = InstalledStamps.Read(paths, state);
            DateTimeOffset looked = TimeProvider.System.GetUtcNow();
            HostChanges changes = Plan(paths, state, goal, stamps, new DiskView(paths, cancellationToken));
            foreach (string note in changes.Notes) request.Log?.Invoke(note);
            var book = new StampBook(paths, state, stamps, changes, looked);
            now = changes.IsEmpty && !goal.Force
                ? await CommitUnchangedAsync(state, goal, changes, book, cancellationToken)
                : await ChangeAsync(state, goal, changes, content, book, cancellationToken);
            return changes;
        }
        finally
        {
            _store.Sweep(now, _fileSystems.Stores, request.Log);
        }
    }

    private async Task<InstalledState> ChangeAsync(InstalledState state, InstallGoal goal, HostChanges changes, IBundleContent content, StampBook book, CancellationToken cancellationToken)
    {
        HostSpace.Require(paths, _fileSystems, changes, goal.Offers.Sum(o => o.Entries.Count), FreeBytes);
        using var journal = InstallJournal.Create(paths, _id);
        (JournalPlan plan, InstalledState next) = await StageAsync(journal, state, goal, changes, content, cancellationToken);
        InstalledState committed = await SwapAsync(journal, state, next, plan, book, cancellationToken);
        _store.Settle(committed, plan, clock.GetUtcNow(), request.Log, request.Warn);
        OnStep?.Invoke("settled");
        return committed;
    }

    /// <summary>Unfolds everything, and brings it and the whole plan to the disk.</summary>
    private async Task<(JournalPlan Plan, InstalledState Next)> StageAsync(InstallJournal journal, InstalledState state, InstallGoal goal, HostChanges changes, IBundleContent content, CancellationToken cancellationToken)
    {
        try
        {
            var stage = new InstallStage(paths, _fileSystems, _id, journal);
            IReadOnlyList<SwapStep> steps = await stage.PrepareAsync(changes, content, cancellationToken);
            InstalledState next = Next(state, goal, changes, stage.NewOriginals);
            bool keeps = next.Sequence != state.Sequence && state.Sequence > 0 && (next.KeepVersions > 0 || request.ConfirmTimeLimit is not null);
            var plan = new JournalPlan { New = goal.Context, Old = InstallGoal.ContextOf(state.Bundles), Keep = keeps ? state.Sequence : null, Steps = steps };
            OnStep?.Invoke("staged");
            journal.Add(plan);
            journal.Enter(InstallPhase.Staged);
            HostSync.Sync(paths, _fileSystems.Stores, steps.Where(s => s.New is not null).Select(s => s.New!));
            journal.FlushToDisk();
            return (plan, next);
        }
        catch
        {
            // Nothing has changed yet, so there is nothing to undo.
            InstallJournal.Delete(paths);
            throw;
        }
    }

    /// <summary>From the first script to the commit.</summary>
    private async Task<InstalledState> SwapAsync(InstallJournal journal, InstalledState state, InstalledState next, JournalPlan plan, StampBook book, CancellationToken cancellationToken)
    {
        try
        {
            OnStep?.Invoke("journal");
            journal.Enter(InstallPhase.Stopping);
            await new StopScripts(paths, scripts, request).RunAsync(plan, cancellationToken);
            OnStep?.Invoke("stopped");
            journal.Enter(InstallPhase.Swapping);
            var swap = new FileSwap(paths);
            foreach (SwapStep step in plan.Steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                swap.Apply(step);
                OnStep?.Invoke($"{step.Do} {step.Path}");
            }

            HostSync.Sync(paths, _fileSystems.Stores, plan.Steps.Where(s => s.New is not null).Select(s => s.Path));
            journal.Enter(InstallPhase.Swapped);
            OnStep?.Invoke("swapped");
            book.Look(plan.Steps);
            journal.Enter(InstallPhase.Starting);
            await scripts.RunAsync(ScriptPhase.Start, plan.New, null, cancellationToken);
            journal.Enter(InstallPhase.Started);
            OnStep?.Invoke("started");
            if (request.HealthCheck is { } check) await probe.RunAsync(check, scripts.Variables(ScriptPhase.Start, plan.New), request.Log, cancellationToken);
            InstalledState committed = WithFolders(next with { Committed = clock.GetUtcNow(), Unconfirmed = Confirmation(state, next) });
            if (plan.Keep is not null) KeptVersions.Of(paths, state).Keep(state);
            await CommitAsync(committed, cancellationToken);
            book.Write(committed);
            return committed;
        }
        catch (Exception failure)
        {
            // A commit that only looks like a failure must not be undone.
            InstalledState there = await InstalledState.ReadAsync(paths, CancellationToken.None);
            if (there.Transaction == _id) return there;
            string outcome = await new InstallUndo(paths, scripts, request, clock).UndoAsync(plan, _fileSystems.Stores, failure);
            if (failure is OperationCanceledException) throw;
            CumulusException undone = Failed(failure, outcome);
            undone.WasUndone = true;
            throw undone;
        }
    }

    private async Task<InstalledState> CommitUnchangedAsync(InstalledState state, InstallGoal goal, HostChanges changes, StampBook book, CancellationToken cancellationToken)
    {
        InstalledState next = Next(state, goal, changes, new Dictionary<string, string>());
        if (!state.IsSameVersionAs(next) || state.KeepVersions != next.KeepVersions || !state.Leftovers.SequenceEqual(next.Leftovers))
        {
            // The same files under another version's name: nothing of them needs to be kept.
            if (next.Sequence != state.Sequence && state.Sequence > 0 && (next.KeepVersions > 0 || request.ConfirmTimeLimit is not null)) KeptVersions.Of(paths, state).Keep(state);
            state = WithFolders(next with { Committed = clock.GetUtcNow(), Unconfirmed = Confirmation(state, next) });
            await CommitAsync(state, cancellationToken);
            book.Write(state);
        }
        else if (changes.HasRead)
        {
            book.Write(state);
        }

        return state;
    }

    private async Task CommitAsync(InstalledState state, CancellationToken cancellationToken)
    {
        OnStep?.Invoke("committing");
        await state.WriteAsync(paths, cancellationToken);
        OnStep?.Invoke("committed");
        HostDisk.FlushFolder(paths.StateFolder);
    }

    private InstalledState Next(InstalledState state, InstallGoal goal, HostChanges changes, IReadOnlyDictionary<string, string> newOriginals)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var originals = new Dictionary<string, string>(state.Originals);
        foreach (FileRestore restore in changes.Restores) originals.Remove(restore.Path);
        foreach ((string path, string kept) in newOriginals) originals[path] = kept;
        var next = new InstalledState
        {
            Transaction = _id,
            Sequence = state.Sequence,
            KeepVersions = request.KeepVersions ?? state.KeepVersions,
            TakenBack = goal.TakesBack ? new TakenBackInstall(now, [.. state.Bundles.Select(b => b.Digest)]) : null,
            Bundles = [.. goal.Staying, .. goal.Offers.Select(o => o.Record(now))],
            Leftovers = changes.Leftovers,
            Folders = [.. state.Folders.Union(changes.NewFolders.Select(f => f.Path))],
            Originals = originals,
            Stores = [.. state.Stores.Union(_fileSystems.Stores.Where(s => s != paths.StateFolderPath))],
        };
        return next.IsSameVersionAs(state) && state.Sequence > 0 ? next with { TakenBack = next.TakenBack ?? state.TakenBack } : next with { Sequence = state.Sequence + 1 };
    }

    private InstalledState WithFolders(InstalledState next) => next with { Folders = [.. next.Folders.Where(f => Directory.Exists(paths.Full(f)))] };

    private UnconfirmedInstall? Confirmation(InstalledState state, InstalledState next)
    {
        if (request.HealthCheck is not null) return null;
        if (next.Sequence == state.Sequence) return state.Unconfirmed;
        return request.ConfirmTimeLimit is { } limit ? new UnconfirmedInstall(clock.GetUtcNow() + limit, BootId, state.Unconfirmed?.Previous ?? state.Sequence) : null;
    }

    public static CumulusException Failed(Exception failure, string outcome)
    {
        if (failure is not CumulusException known)
        {
            string id = HostSpace.IsDiskFull(failure) ? ErrorIds.HostDiskFull : ErrorIds.InstallFailed;
            return new CumulusException(id, FailureKind.OperationFailed, $"The install failed: {failure.Message} {outcome}", failure);
        }

        return new CumulusException(known.ErrorId, known.Kind, $"{known.Message.TrimEnd('.')}. {outcome}", known) { Target = known.Target, Advice = known.Advice };
    }
}
