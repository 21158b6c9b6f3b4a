namespace Cumulus.Engine.Hosts;

/// <summary>The folders beside the state document, in the state folder and, for other file systems, in their own <c>.cumulus</c>.</summary>
internal sealed class InstallStore(HostPaths paths)
{
    /// <summary>A running install's files, in a folder for each transaction.</summary>
    public const string Work = "work";

    /// <summary>Downloads that broke, for the next run to go on with. Nothing here is swept: whoever fetches does it.</summary>
    public const string Partial = "partial";

    /// <summary>Files that were there before Cumulus.</summary>
    public const string Originals = "originals";

    /// <summary>
    /// After a commit: what made way goes to where it is kept, and the journal goes. Can be done again after a kill at any point. What
    /// cannot be done now is left for the next time: the install is what it is by then.
    /// </summary>
    public void Settle(InstalledState committed, JournalPlan plan, DateTimeOffset now, Action<string>? log, Action<string>? warn)
    {
        try
        {
            if (plan.Keep is { } sequence) KeptVersions.Of(paths, committed).TakeOver(sequence, plan.Steps);
            foreach ((string path, string kept) in new ChangedFiles(paths).TakeOver(plan.Steps, now))
            {
                (warn ?? log)?.Invoke($"{path} was changed by hand since its install. That file is now {kept}.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            (warn ?? log)?.Invoke($"Not all of the old version's files could be kept: {e.Message}");
        }
    }

    /// <summary>
    /// Removes all that no running or finished install needs, the journal of a finished one first; nothing at all while a
    /// journal tells of something that is still to be undone.
    /// </summary>
    /// <param name="state">What is installed now.</param>
    /// <param name="stores">Host paths of further stores than the state's.</param>
    public void Sweep(InstalledState state, IEnumerable<string> stores, Action<string>? log)
    {
        try
        {
            if (InstallJournal.Read(paths) is { } journal)
            {
                if (journal.Plan is not null && journal.Transaction != state.Transaction) return;
                InstallJournal.Delete(paths);
                stores = stores.Concat(journal.WorkFolders.Select(f => KeptVersions.StoreOf(f + "/")));
            }

            foreach (string unfinished in Directory.EnumerateFiles(paths.StateFolder, "*" + HostJson.Unfinished)) File.Delete(unfinished);
            HashSet<string> needed = [.. state.Originals.Values.Select(paths.Full)];
            string[] all = [.. stores.Concat(state.Stores).Append(paths.StateFolderPath).Distinct()];
            foreach (string store in all.Select(paths.Full).Where(Directory.Exists)) SweepStore(store, needed);
            new KeptVersions(paths, all).Prune(state.KeepVersions, state.Unconfirmed?.Previous, state.Sequence);
            new ChangedFiles(paths).Prune();
            foreach (string store in all.Select(paths.Full).Where(s => s != paths.StateFolder && HostDisk.IsEmptyFolder(s))) Directory.Delete(store);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log?.Invoke($"Not all of the work folder could be removed: {e.Message}");
        }
    }

    private static void SweepStore(string store, HashSet<string> needed)
    {
        string work = Path.Combine(store, Work);
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        string originals = Path.Combine(store, Originals);
        if (!Directory.Exists(originals)) return;
        foreach (string file in Directory.EnumerateFileSystemEntries(originals).Where(f => !needed.Contains(f))) File.Delete(file);
        if (HostDisk.IsEmptyFolder(originals)) Directory.Delete(originals);
    }
}
