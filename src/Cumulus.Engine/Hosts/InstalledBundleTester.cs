using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// Compares what lies on a host with what was installed: every file is read and hashed, on all processors. It needs no network, and
/// changes nothing.
/// </summary>
/// <param name="ignoreExtra">Files that nobody installed do not count.</param>
public sealed class InstalledBundleTester(HostInventory inventory, bool ignoreExtra = false)
{
    private const int MostInMessage = 10;
    private readonly HostPaths _paths = inventory.Paths;
    private readonly HashSet<string> _made = new(inventory.Installed.Folders, inventory.Paths.Comparer);

    public async Task<InstalledBundleTest> TestAsync(InstalledRecord record, CancellationToken cancellationToken)
    {
        // Where a later bundle has the same file, that one's lies there.
        BundleEntry[] entries = [.. record.Entries.Where(e => e.Type == BundleEntryType.Folder || inventory.OwnerOf(Place(record, e)) == record.Name)];
        var found = new InstalledDifference?[entries.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, entries.Length, options, async (i, stop) => found[i] = await CompareAsync(record, entries[i], stop));
        return new InstalledBundleTest
        {
            Name = record.Name,
            Version = record.Version,
            Environment = record.Environment,
            Files = entries.Count(e => e.Type != BundleEntryType.Folder),
            Path = _paths.Full(record.Path),
            Differences = [.. found.OfType<InstalledDifference>().Concat(ignoreExtra ? [] : Extra(record, cancellationToken)).OrderBy(d => d.Path, ArchiveName.Order)],
        };
    }

    /// <summary>The failure that a bundle with differences is, for a caller that must not go on.</summary>
    public static CumulusException Failure(InstalledBundleTest test)
    {
        string counts = string.Join(", ", test.Differences.GroupBy(d => d.Kind).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));
        string first = string.Join("; ", test.Differences.Take(MostInMessage).Select(d => $"{d.Path} ({(d.Change.Length > 0 ? d.Change : d.Kind.ToString().ToLowerInvariant())})"));
        return new CumulusException(
            ErrorIds.InstalledBundleTestFailed,
            FailureKind.SecurityViolation,
            $"Bundle '{test.Name}' {test.Version} is not as it was installed: {counts}. {first}{(test.Differences.Count > MostInMessage ? "; ..." : "")}")
        {
            Target = test.Name,
            Advice = "Install-Bundle puts changed and missing files right; the property Differences has all of them.",
        };
    }

    private async ValueTask<InstalledDifference?> CompareAsync(InstalledRecord record, BundleEntry entry, CancellationToken cancellationToken)
    {
        string hostPath = Place(record, entry);
        string path = _paths.Full(hostPath);
        try
        {
            if (HostDisk.Look(path) is not { } there) return new InstalledDifference(record.Name, DriftKind.Missing, path, "");
            string[] changes = [.. Changes(hostPath, entry, there)];
            bool sameSize = entry.Type == BundleEntryType.File && there.Type == BundleEntryType.File && there.Size == entry.Size;
            if (sameSize && await Hex.Sha256OfFileAsync(path, cancellationToken) != entry.Sha256) changes = ["content", .. changes];
            return changes.Length == 0 ? null : new InstalledDifference(record.Name, DriftKind.Changed, path, string.Join(", ", changes));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new InstalledDifference(record.Name, DriftKind.Missing, path, "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new InstalledDifference(record.Name, DriftKind.Unreadable, path, e.Message);
        }
    }

    private IEnumerable<string> Changes(string hostPath, BundleEntry entry, HostFile there)
    {
        bool isFolder = entry.Type == BundleEntryType.Folder;
        // A link that the host has may stand for a folder.
        if (isFolder ? !there.IsFolder : there.Type != entry.Type)
        {
            yield return $"{Word(entry.Type)} -> {Word(there.Type)}";
            yield break;
        }

        if (entry.Type == BundleEntryType.File && there.Size != entry.Size) yield return "content";
        if (entry.Type == BundleEntryType.Link && there.LinkTarget != entry.LinkTarget) yield return $"link {entry.LinkTarget} -> {there.LinkTarget}";
        // The mode of a folder that was there before is the host's own affair.
        bool hasMode = !_paths.Windows && (entry.Type == BundleEntryType.File || (isFolder && _made.Contains(hostPath)));
        if (hasMode && there.Mode != entry.Mode) yield return $"mode {EntryMode.Octal(entry.Mode)} -> {EntryMode.Octal(there.Mode)}";
    }

    /// <summary>What lies directly in the bundle's folders, of those that Cumulus made, and is nobody's. Folders are not gone into.</summary>
    private IEnumerable<InstalledDifference> Extra(InstalledRecord record, CancellationToken cancellationToken)
    {
        HashSet<string> known = new(inventory.Installed.Bundles.SelectMany(InstallPlanner.FoldersOf).Concat(_made).Concat(inventory.Installed.Leftovers.Select(l => l.Name)), _paths.Comparer);
        known.UnionWith(ArchiveName.Parents(_paths.StateFolderPath).Append(_paths.StateFolderPath));
        foreach (string folder in InstallPlanner.FoldersOf(record).Distinct(_paths.Comparer).Where(_made.Contains))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var there = new DirectoryInfo(_paths.Full(folder));
            if (!there.Exists) continue;
            foreach (FileSystemInfo item in there.EnumerateFileSystemInfos())
            {
                string hostPath = ArchiveName.Join(folder, item.Name);
                if (item.Name == FileSystems.StoreName || known.Contains(hostPath) || inventory.OwnerOf(hostPath) is not null) continue;
                yield return new InstalledDifference(record.Name, DriftKind.Extra, item.FullName, "");
            }
        }
    }

    private static string Place(InstalledRecord record, BundleEntry entry) => ArchiveName.Join(record.Path, entry.Name);

    private static string Word(BundleEntryType type) => type.ToString().ToLowerInvariant();
}
