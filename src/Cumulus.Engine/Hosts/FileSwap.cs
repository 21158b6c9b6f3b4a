using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>Does and undoes the steps of a journal.</summary>
internal sealed class FileSwap(HostPaths paths)
{
    public void Apply(SwapStep step)
    {
        string path = paths.Full(step.Path);
        switch (step.Do)
        {
            case SwapAction.MakeFolder:
                HostDisk.MakeFolder(path, step.Mode ?? EntryMode.DefaultFolder);
                break;
            case SwapAction.Place:
                if (step.Old is not null) HostDisk.KeepAside(path, paths.Full(step.Old));
                HostDisk.Rename(paths.Full(step.New!), path);
                break;
            case SwapAction.Remove:
                HostDisk.KeepAside(path, paths.Full(step.Old!));
                HostDisk.Delete(path, paths.Full(step.Old! + ".removed"));
                break;
            case SwapAction.RemoveFolder:
                if (HostDisk.IsEmptyFolder(path)) Directory.Delete(path);
                break;
            case SwapAction.SetMode:
                HostDisk.SetMode(path, step.Mode!.Value);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Do, "unknown step");
        }
    }

    /// <summary>Undoes all steps, the last first, whether they were done, half done or never begun; a second time it finds nothing to do.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallFailed"/>: some could not be undone; all others are.</exception>
    public void Undo(IReadOnlyList<SwapStep> steps)
    {
        var failures = new List<Exception>();
        foreach (SwapStep step in steps.Reverse())
        {
            try
            {
                Undo(step);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures.Add(e);
            }
        }

        if (failures.Count == 0) return;
        throw new CumulusException(
            ErrorIds.InstallFailed,
            FailureKind.OperationFailed,
            $"{failures.Count} changes could not be undone: {string.Join(" ", failures.Take(5).Select(e => e.Message))}",
            new AggregateException(failures))
        {
            Advice = "Remove the cause and install again: the next install undoes the rest first.",
        };
    }

    private void Undo(SwapStep step)
    {
        string path = paths.Full(step.Path);
        switch (step.Do)
        {
            case SwapAction.MakeFolder:
                if (HostDisk.IsEmptyFolder(path)) Directory.Delete(path);
                break;
            case SwapAction.Place when step.Old is null:
                // The staged file is gone from its place only when it took this one.
                string staged = paths.Full(step.New!);
                if (HostDisk.Look(staged) is null && HostDisk.Look(path) is not null) HostDisk.Rename(path, staged);
                break;
            case SwapAction.Place or SwapAction.Remove:
                string kept = paths.Full(step.Old!);
                bool begun = step.New is null || HostDisk.Look(paths.Full(step.New)) is null;
                if (begun && HostDisk.Look(kept) is not null) PutBack(kept, path);
                break;
            case SwapAction.RemoveFolder:
                if (HostDisk.Look(path) is null) HostDisk.MakeFolder(path, step.OldMode ?? EntryMode.DefaultFolder);
                break;
            case SwapAction.SetMode:
                if (HostDisk.Look(path) is { Type: BundleEntryType.Folder } folder && folder.Mode != step.OldMode) HostDisk.SetMode(path, step.OldMode!.Value);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Do, "unknown step");
        }
    }

    private static void PutBack(string kept, string path)
    {
        try
        {
            HostDisk.Rename(kept, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && HostDisk.AreEqual(kept, path))
        {
            // It never went, such as a file that nobody may change.
        }
    }
}
