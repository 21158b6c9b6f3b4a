using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// The host as it will be once an interrupted install is undone, for a preview: <see cref="FileSwap.Undo(IReadOnlyList{SwapStep})"/> in thought alone.
/// </summary>
internal sealed class RecoveredView : IHostView
{
    private readonly HostPaths _paths;
    private readonly DiskView _disk;

    /// <summary>What is there instead of what the disk has, and under which path its content lies now.</summary>
    private readonly Dictionary<string, (HostFile? File, string From)> _changed;

    /// <param name="steps">Of the interrupted install; none: the host is as it is.</param>
    public RecoveredView(HostPaths paths, IReadOnlyList<SwapStep> steps, CancellationToken cancellationToken)
    {
        _paths = paths;
        _disk = new DiskView(paths, cancellationToken);
        _changed = new Dictionary<string, (HostFile?, string)>(paths.Comparer);
        foreach (SwapStep step in steps.Reverse()) Undo(step);
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallFailed"/>: the journal cannot be read.</exception>
    public static RecoveredView Of(HostPaths paths, InstalledState state, CancellationToken cancellationToken) =>
        InstallJournal.Read(paths) is { Plan: { } plan } journal && journal.Transaction != state.Transaction
            ? new RecoveredView(paths, plan.Steps, cancellationToken) { IsInterrupted = true }
            : new RecoveredView(paths, [], cancellationToken);

    /// <summary>There is something to undo.</summary>
    public bool IsInterrupted { get; private init; }

    public HostFile? Look(string hostPath) => _changed.TryGetValue(hostPath, out var there) ? there.File : _disk.Look(hostPath);

    public string Sha256(string hostPath) => _disk.Sha256(From(hostPath));

    /// <summary>Names of what lies in a folder.</summary>
    public IReadOnlyCollection<string> Names(string folder)
    {
        string path = _paths.Full(folder);
        IEnumerable<string> now = Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path).Select(p => ArchiveName.Join(folder, Path.GetFileName(p))) : [];
        IEnumerable<string> back = _changed.Keys.Where(p => ArchiveName.Parent(p).Equals(folder, _paths.Windows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));
        return [.. now.Concat(back).Distinct(_paths.Comparer).Where(p => Look(p) is not null).Select(p => p[(folder.Length + 1)..])];
    }

    /// <summary>Whether the owner may run the file; of a link, what it leads to.</summary>
    public bool IsExecutable(string hostPath) =>
        Look(hostPath) is { Type: BundleEntryType.File } file ? file.Mode.HasFlag(UnixFileMode.UserExecute) : InitScriptRunner.IsExecutable(new FileInfo(_paths.Full(From(hostPath))));

    private string From(string hostPath) => _changed.TryGetValue(hostPath, out var there) ? there.From : hostPath;

    private void Undo(SwapStep step)
    {
        switch (step.Do)
        {
            case SwapAction.MakeFolder:
                if (Look(step.Path) is { Type: BundleEntryType.Folder } && Names(step.Path).Count == 0) _changed[step.Path] = (null, step.Path);
                break;
            case SwapAction.Place when step.Old is null:
                if (_disk.Look(step.New!) is null && Look(step.Path) is not null) _changed[step.Path] = (null, step.Path);
                break;
            case SwapAction.Place or SwapAction.Remove:
                if (_disk.Look(step.Old!) is { } kept) _changed[step.Path] = (kept, step.Old!);
                break;
            case SwapAction.RemoveFolder:
                if (Look(step.Path) is null) _changed[step.Path] = (new HostFile(BundleEntryType.Folder, step.OldMode ?? EntryMode.DefaultFolder, 0, null), step.Path);
                break;
            case SwapAction.SetMode:
                if (Look(step.Path) is { Type: BundleEntryType.Folder } folder) _changed[step.Path] = (folder with { Mode = step.OldMode!.Value }, step.Path);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step), step.Do, "unknown step");
        }
    }
}
