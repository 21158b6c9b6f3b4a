using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>Gathers the stamps of an install's files, those that stayed and those that came.</summary>
/// <param name="stamps">What was known before; null: nothing.</param>
/// <param name="looked">When planning began to look at the files.</param>
internal sealed class StampBook(HostPaths paths, InstalledState state, InstalledStamps? stamps, HostChanges changes, DateTimeOffset looked)
{
    private readonly Dictionary<string, FileStamp?> _fresh = [];
    private Dictionary<string, FileStamp>? _before;

    /// <summary>After the swap and before any script: what a script does to a file has to show.</summary>
    public void Look(IReadOnlyList<SwapStep> steps)
    {
        foreach (SwapStep step in steps.Where(s => s.Do == SwapAction.Place))
        {
            // By the system's own clock, which is that of its files.
            _fresh[step.Path] = InstalledStamps.Trusted(HostDisk.Look(paths.Full(step.Path))?.Stamp, TimeProvider.System.GetUtcNow());
        }
    }

    public void Write(InstalledState next) => InstalledStamps.Write(paths, next, Of);

    private FileStamp? Of(string path) =>
        _fresh.TryGetValue(path, out FileStamp? fresh) ? fresh
        : changes.Proven.TryGetValue(path, out FileStamp proven) ? InstalledStamps.Trusted(proven, looked)
        : Before(path);

    private FileStamp? Before(string path)
    {
        _before ??= ReadBefore();
        return _before.TryGetValue(path, out FileStamp known) ? known : null;
    }

    private Dictionary<string, FileStamp> ReadBefore()
    {
        var before = new Dictionary<string, FileStamp>();
        int number = 0;
        foreach (InstalledRecord record in state.Bundles)
        {
            foreach (BundleEntry entry in record.Entries)
            {
                if (stamps?[number++] is { } stamp) before[ArchiveName.Join(record.Path, entry.Name)] = stamp;
            }
        }

        return before;
    }
}
