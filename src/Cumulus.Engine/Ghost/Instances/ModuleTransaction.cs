using Cumulus.Engine.Ghost.Modules;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Ghost.Instances;

/// <summary>The switch of a module's link with its scripts, as a whole or not at all. The journal tells of each step before it is done; the state's taking its name is the commit.</summary>
internal sealed class ModuleTransaction(ModuleHome home, HostRequest request, ProcessRunner runner, TimeProvider clock)
{
    public Action<string>? OnStep { get; init; }

    /// <summary>Undoes what a killed run left, or finishes the tidying of one that had committed.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        if (await ModuleState.ReadAsync<ModuleJournal>(home.JournalFile, j => j.Schema <= ModuleJournal.CurrentSchema, cancellationToken) is not { } journal) return;
        ModuleState state = await ModuleState.ReadAsync(home, cancellationToken);
        if (state.Transaction == journal.Transaction)
        {
            request.Log?.Invoke($"{home.Module}: an earlier install was interrupted after its commit; it is finished first.");
            Sweep(state, journal);
            return;
        }

        request.Log?.Invoke($"{home.Module}: an earlier install was interrupted; it is undone first.");
        await UndoAsync(journal, state);
    }

    public Task EnterAsync(ModuleJournal journal, CancellationToken cancellationToken) => HostJson.WriteWholeAsync(home.JournalFile, journal, cancellationToken);

    /// <param name="next">The last of its releases is what is to be installed; none: the module goes away.</param>
    /// <exception cref="CumulusException">With everything put back.</exception>
    public async Task RunAsync(ModuleJournal journal, ModuleState state, ModuleState next, CancellationToken cancellationToken)
    {
        ModuleState committed = next with { Transaction = journal.Transaction };
        try
        {
            ModuleRelease subject = next.Current ?? state.Current!;
            if (next.Current is { } release) await ScriptAsync(ModuleInfo.PreDeploy, release, cancellationToken);
            OnStep?.Invoke("pre_deploy");
            string path = home.Paths.Full(subject.Path);
            string? aside = AsideOf(journal, state, subject, path, next.Current is null);
            journal = journal with { Path = subject.Path, OldPath = state.Current?.Path, Aside = aside, Switching = true };
            committed = committed with { Original = next.Current is null ? null : state.Original ?? aside };
            await EnterAsync(journal, cancellationToken);
            HostDisk.FlushFolder(home.StateFolder);
            Switch(journal, path, next.Current);
            OnStep?.Invoke("switched");
            if (next.Current is { } there)
            {
                await ScriptAsync(ModuleInfo.PostDeploy, there, cancellationToken);
                OnStep?.Invoke("post_deploy");
                if (request.HealthCheck is { } check) await new HealthProbe(home.Paths, runner, clock).RunAsync(check, await VariablesAsync(there, cancellationToken), request.Log, cancellationToken);
            }

            OnStep?.Invoke("committing");
            await committed.WriteAsync(home, cancellationToken);
        }
        catch (Exception failure)
        {
            ModuleState there = await ModuleState.ReadAsync(home, CancellationToken.None);
            if (there.Transaction != journal.Transaction)
            {
                string outcome = await UndoAsync(journal, state);
                if (failure is OperationCanceledException) throw;
                CumulusException undone = InstallTransaction.Failed(failure, outcome);
                undone.WasUndone = true;
                throw undone;
            }
        }

        HostDisk.FlushFolder(home.StateFolder);
        OnStep?.Invoke("committed");
        Sweep(committed, journal);
    }

    /// <summary>Puts back what the journal tells of. The old release's services are told again, whatever the token says by then.</summary>
    /// <returns>What the instance is like now, as a sentence.</returns>
    public async Task<string> UndoAsync(ModuleJournal journal, ModuleState state)
    {
        string outcome = "The module is as it was before.";
        if (journal is { Switching: true, Path: { } hostPath })
        {
            PutBack(journal, state.Current, hostPath, home.Paths.Full(hostPath));
            outcome = await RestartAsync(state, outcome);
        }

        if (!journal.WasThere && journal.Release is { } release) WorkTrees.Remove(home.Release(release));
        File.Delete(home.JournalFile);
        return outcome;
    }

    private void PutBack(ModuleJournal journal, ModuleRelease? current, string hostPath, string path)
    {
        string? aside = journal.Aside is { } kept ? home.Paths.Full(kept) : null;
        if (journal.Release is null)
        {
            if (aside is not null && !ModuleLink.IsLink(path)) MoveBack(path, aside);
            ModuleLink.Point(path, home.Release(current!.Folder), home.Paths.Root is not null);
        }
        else if (aside is not null && HostDisk.Look(aside) is not null)
        {
            ModuleLink.Remove(path);
            MoveBack(aside, path);
        }
        else if (current?.Path == hostPath)
        {
            ModuleLink.Point(path, home.Release(current.Folder), home.Paths.Root is not null);
        }
        else if (ModuleLink.LeadsTo(path, home.Release(journal.Release)))
        {
            ModuleLink.Remove(path);
        }
    }

    private async Task<string> RestartAsync(ModuleState state, string outcome)
    {
        if (state.Current is not { } current) return outcome;
        try
        {
            await ScriptAsync(ModuleInfo.PostDeploy, current, CancellationToken.None);
            return outcome;
        }
        catch (CumulusException e)
        {
            return $"The link leads to version {current.Version} again, but its post_deploy failed: {e.Message}";
        }
    }

    // What lay at the path before Cumulus makes way once, and comes back when the module goes (G-14).
    private static string? AsideOf(ModuleJournal journal, ModuleState state, ModuleRelease subject, string path, bool goes)
    {
        if (goes) return state.Original;
        if (state.Current?.Path == subject.Path && ModuleLink.IsLink(path)) return null;
        return HostDisk.Look(path) is null ? null : $"{subject.Path}.before-cumulus-{journal.Transaction[..8]}";
    }

    private void Switch(ModuleJournal journal, string path, ModuleRelease? release)
    {
        if (release is null)
        {
            ModuleLink.Remove(path);
            if (journal.Aside is { } original) MoveBack(home.Paths.Full(original), path);
            return;
        }

        if (journal.Aside is { } aside)
        {
            request.Warn?.Invoke($"{path} was there before the module: it is {home.Paths.Full(aside)} now.");
            MoveBack(path, home.Paths.Full(aside));
        }

        ModuleLink.Point(path, home.Release(release.Folder), home.Paths.Root is not null);
    }

    /// <summary>Moves a file or folder, if it is there and its place is free: this may be done a second time.</summary>
    private static void MoveBack(string from, string to)
    {
        if (HostDisk.Look(from) is not { } there || HostDisk.Look(to) is not null) return;
        if (there.Type == Bundles.BundleEntryType.Folder) Directory.Move(from, to);
        else HostDisk.Rename(from, to);
    }

    private async Task ScriptAsync(string name, ModuleRelease release, CancellationToken cancellationToken)
    {
        string tree = home.Release(release.Folder);
        string path = Path.Combine(tree, ModuleInfo.Folder, OperatingSystem.IsWindows() ? name + ".ps1" : name);
        if (!File.Exists(path)) return;
        var script = new ModuleScript
        {
            Name = name,
            Module = home.Module,
            Path = path,
            Folder = tree,
            Variables = await VariablesAsync(release, cancellationToken),
            TimeLimit = request.ScriptTimeLimit,
            Log = request.Log,
        };
        await script.RunAsync(runner, cancellationToken);
    }

    private async Task<Dictionary<string, string?>> VariablesAsync(ModuleRelease release, CancellationToken cancellationToken) =>
        (await ModuleInfo.ReadAsync(home.Release(release.Folder), cancellationToken)).ScriptVariables(release.User);

    /// <summary>Takes releases away that are no longer listed, exactly those (G-14), and then the journal.</summary>
    private void Sweep(ModuleState state, ModuleJournal journal)
    {
        if (journal.OldPath is { } old && old != state.Current?.Path) ModuleLink.Remove(home.Paths.Full(old));
        string all = home.Paths.Full(home.ReleasesPath);
        HashSet<string> kept = [.. state.Releases.Select(r => r.Folder)];
        try
        {
            foreach (string release in Directory.Exists(all) ? Directory.EnumerateDirectories(all) : [])
            {
                if (!kept.Contains(Path.GetFileName(release))) WorkTrees.Remove(release);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            request.Warn?.Invoke($"Not all old releases of {home.Module} could be removed: {e.Message}");
        }

        File.Delete(home.JournalFile);
    }
}
