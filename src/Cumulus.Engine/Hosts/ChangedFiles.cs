using System.Globalization;

namespace Cumulus.Engine.Hosts;

/// <summary>Own files that somebody changed on the host and that had to make way: they lie in <c>changed/TIME</c>, by their paths, until there are too many.</summary>
internal sealed class ChangedFiles(HostPaths paths)
{
    /// <summary>Of installs that met such files.</summary>
    private const int MostFolders = 10;
    private const long MostBytes = 256L << 20;

    private string Folder => Path.Combine(paths.StateFolder, "changed");

    /// <returns>Full path of each file and of where it is now.</returns>
    public IReadOnlyList<(string Path, string Kept)> TakeOver(IEnumerable<SwapStep> steps, DateTimeOffset now)
    {
        string? folder = null;
        var kept = new List<(string, string)>();
        foreach (SwapStep step in steps.Where(s => s is { ByHand: true, Old: not null }))
        {
            string from = paths.Full(step.Old!);
            if (HostDisk.Look(from) is null) continue;
            folder ??= Path.Combine(Folder, now.UtcDateTime.ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture));
            string to = Path.Combine(folder, step.Path.Replace(":", "", StringComparison.Ordinal).Replace('/', Path.DirectorySeparatorChar));
            HostDisk.MakePrivateFolder(Path.GetDirectoryName(to)!);
            HostDisk.Rename(from, to);
            kept.Add((paths.Full(step.Path), to));
        }

        return kept;
    }

    /// <summary>Removes the oldest while there is more than enough; what came last stays, whatever its size.</summary>
    public void Prune()
    {
        if (!Directory.Exists(Folder)) return;
        long bytes = 0;
        int number = 0;
        foreach (DirectoryInfo folder in new DirectoryInfo(Folder).EnumerateDirectories().OrderByDescending(f => f.Name, StringComparer.Ordinal))
        {
            bytes += folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.LinkTarget is null ? f.Length : 0);
            number++;
            if (number > 1 && (number > MostFolders || bytes > MostBytes)) folder.Delete(recursive: true);
        }
    }
}
