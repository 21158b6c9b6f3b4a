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
    /// Removes all that no running or finished install needs, the journal of a finished one first; nothing at all while a
    /// journal tells of something that is still to be undone. What cannot be removed
    /// now is left for the next time: the install is what it is by then.
    /// </summary>
    /// <param name="state">What is installed now.</param>
    /// <param name="workFolders">Host paths of the work folders that are done with.</param>
    public async Task SweepAsync(InstalledState state, IReadOnlyCollection<string> workFolders, Action<string>? log)
    {
        try
        {
            InstallJournal? journal = await InstallJournal.ReadAsync(paths, CancellationToken.None);
            if (journal is not null && journal.Transaction != state.Transaction) return;
            InstallJournal.Delete(paths);
            foreach (string unfinished in Directory.EnumerateFiles(paths.StateFolder, "*" + HostJson.Unfinished)) File.Delete(unfinished);
            foreach (string folder in workFolders.Select(paths.Full).Where(Directory.Exists)) Directory.Delete(folder, recursive: true);
            string work = Path.Combine(paths.StateFolder, Work);
            if (Directory.Exists(work)) Directory.Delete(work, recursive: true);

            HashSet<string> needed = [.. state.Originals.Values.Select(paths.Full)];
            foreach (string store in workFolders.Select(f => StoreOf(paths.Full(f))).Append(paths.StateFolder).Distinct()) Sweep(store, needed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log?.Invoke($"Not all of the work folder could be removed: {e.Message}");
        }
    }

    private void Sweep(string store, HashSet<string> needed)
    {
        string originals = Path.Combine(store, Originals);
        if (Directory.Exists(originals))
        {
            foreach (string file in Directory.EnumerateFileSystemEntries(originals).Where(f => !needed.Contains(f))) File.Delete(file);
        }

        foreach (string folder in (string[])[Path.Combine(store, Work), originals, store])
        {
            if (folder != paths.StateFolder && HostDisk.IsEmptyFolder(folder)) Directory.Delete(folder);
        }
    }

    private static string StoreOf(string workFolder) => Path.GetDirectoryName(Path.GetDirectoryName(workFolder))!;
}
