namespace Cumulus.Engine.Hosts;

/// <summary>Puts back what an install has changed so far, or finishes one that had been committed.</summary>
internal sealed class InstallUndo(HostPaths paths, InitScriptRunner scripts, HostRequest request, TimeProvider clock)
{
    /// <summary>Undoes what a killed run left, or finishes the tidying of one that had committed.</summary>
    /// <returns>Whether a run had been interrupted.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallFailed"/>: not all could be undone, or the journal cannot be read.</exception>
    public async Task<bool> RecoverAsync(CancellationToken cancellationToken)
    {
        if (InstallJournal.Read(paths) is not { } journal) return false;
        InstalledState state = await InstalledState.ReadAsync(paths, cancellationToken);
        if (journal.Plan is { } plan)
        {
            if (state.Transaction == journal.Transaction)
            {
                request.Log?.Invoke("An earlier install was interrupted after its commit; it is finished first.");
                new InstallStore(paths).Settle(state, plan, clock.GetUtcNow(), request.Log, request.Warn);
            }
            else
            {
                request.Log?.Invoke($"An earlier install was interrupted ({journal.Phase}); it is undone first.");
                string outcome = await UndoAsync(plan, journal.WorkFolders, null);
                request.Log?.Invoke(outcome);
            }
        }

        new InstallStore(paths).Sweep(state, [], request.Log);
        return true;
    }

    /// <param name="folders">Host paths of a folder on each file system that was touched.</param>
    /// <param name="failure">What made it necessary; null: a kill.</param>
    /// <returns>What the host is like now, as a sentence.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallFailed"/>: not all could be undone; the journal stays for the next run.</exception>
    public async Task<string> UndoAsync(JournalPlan plan, IReadOnlyCollection<string> folders, Exception? failure)
    {
        try
        {
            new FileSwap(paths).Undo(plan.Steps);
            HostSync.Sync(paths, folders);
        }
        catch (Exception undone) when (failure is not null && undone is CumulusException or IOException)
        {
            string advice = (undone as CumulusException)?.Advice ?? "Install again: the next install undoes the rest first.";
            throw new CumulusException(ErrorIds.InstallFailed, FailureKind.OperationFailed, $"{failure!.Message} {undone.Message}", new AggregateException(failure, undone)) { Advice = advice };
        }

        request.Log?.Invoke("All files are back; the old version's services are started again.");
        string outcome = "The host is as it was before.";
        try
        {
            // Not the caller's token: after Ctrl+C the services have to come back all the same. Each script has its limit.
            await scripts.RunAsync(ScriptPhase.Start, plan.Old, s => s.Name[0] == 'S', CancellationToken.None);
        }
        catch (CumulusException e)
        {
            outcome = $"The files are as they were before, but the old version did not start again: {e.Message}";
        }

        InstallJournal.Delete(paths);
        return outcome;
    }
}
