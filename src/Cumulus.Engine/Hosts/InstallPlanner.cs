using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// Works out what has to change on a host: what is recorded as installed and the bundles on offer in, changes out. Files that
/// are already right are left alone; files of nobody are kept and given back later; folders that Cumulus did not make stay (D-21).
/// </summary>
/// <param name="stamps">What the files of the state looked like when they were known to be right.</param>
internal sealed class InstallPlanner(HostPaths paths, InstalledState state, IReadOnlyList<BundleOffer> offers, IHostView host, InstalledStamps? stamps = null)
{
    private readonly HostChanges _changes = new();
    private readonly Dictionary<string, (BundleEntry Entry, BundleOffer? Bundle, string BundleName)> _wanted = new(paths.Comparer);
    private readonly HashSet<string> _neededFolders = new(paths.Comparer);
    private readonly Dictionary<string, OwnedFile> _owned = new(paths.Comparer);
    private readonly Dictionary<string, string> _hashes = new(paths.Comparer);
    private readonly HashSet<string> _namedFolders = new(paths.Comparer);
    private readonly HashSet<string> _cleared = new(paths.Comparer);
    private readonly HashSet<string> _madeFolders = new(state.Folders, paths.Comparer);

    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNameConflict"/>: one bundle has a file where another needs a folder;
    /// <see cref="ErrorIds.InstallFailed"/>: something that is not Cumulus' own is in the way.</exception>
    /// <param name="force">Every file of the offers is placed, whatever lies there.</param>
    public HostChanges Compute(IReadOnlyList<InstalledRecord> staying, bool keepOldFiles, bool force = false)
    {
        CollectWanted(staying);
        CollectOwned();
        PlanOldFiles(keepOldFiles);
        _cleared.UnionWith(_changes.Clear.Select(c => c.Path));
        PlanFolders();
        PlanFiles(force);
        PlanOldFolders();
        return _changes;
    }

    private void CollectWanted(IReadOnlyList<InstalledRecord> staying)
    {
        foreach (InstalledRecord record in staying)
        {
            foreach (BundleEntry entry in record.Entries) Want(ArchiveName.Join(record.Path, entry.Name), entry, null, record.Name);
        }

        foreach (BundleOffer offer in offers)
        {
            foreach (BundleEntry entry in offer.Entries) Want(ArchiveName.Join(offer.Path, entry.Name), entry, offer, offer.Name);
        }

        foreach ((string path, var want) in _wanted)
        {
            for (string parent = Above(path); parent.Length > 0 && _neededFolders.Add(parent); parent = Above(parent))
            {
                if (!_wanted.TryGetValue(parent, out var other) || other.Entry.Type == BundleEntryType.Folder) continue;
                throw Conflict(parent, other.BundleName, path, want.BundleName);
            }
        }
    }

    private void Want(string path, BundleEntry entry, BundleOffer? offer, string bundle)
    {
        if (_wanted.TryGetValue(path, out var other))
        {
            bool folder = entry.Type == BundleEntryType.Folder;
            if (folder != (other.Entry.Type == BundleEntryType.Folder)) throw folder ? Conflict(path, other.BundleName, path, bundle) : Conflict(path, bundle, path, other.BundleName);
            if (!folder) _changes.Notes.Add($"Bundles '{other.BundleName}' and '{bundle}' both have {paths.Display(path)}; that of '{bundle}' counts.");
        }

        _wanted[path] = (entry, offer, bundle);
    }

    private void CollectOwned()
    {
        foreach (BundleEntry entry in state.Leftovers) _owned[entry.Name] = new OwnedFile(null, entry, null);
        int number = 0;
        foreach (InstalledRecord record in state.Bundles)
        {
            foreach (BundleEntry entry in record.Entries)
            {
                FileStamp? stamp = stamps?[number++];
                string path = ArchiveName.Join(record.Path, entry.Name);
                if (entry.Type == BundleEntryType.Folder) _namedFolders.Add(path);
                else _owned[path] = new OwnedFile(record.Name, entry, stamp);
            }
        }
    }

    private void PlanOldFiles(bool keepOldFiles)
    {
        foreach ((string path, OwnedFile owned) in _owned.Where(o => !IsWantedFile(o.Key)).OrderBy(o => o.Key, ArchiveName.Order))
        {
            if (host.Look(path) is not { Type: not BundleEntryType.Folder } there) continue;
            // A kept link to a folder may go on standing for one.
            bool inTheWay = IsBelowWantedFile(path) || _wanted.ContainsKey(path) || (_neededFolders.Contains(path) && !(there.LinkToFolder && keepOldFiles));
            if (inTheWay) _changes.Clear.Add(new FileRemoval(path, owned.Bundle, Outgoing(path, there, owned)));
            else if (keepOldFiles) _changes.Leftovers.Add(owned.Entry with { Name = path, DataOffset = null, DataLength = null });
            else if (state.Originals.TryGetValue(path, out string? kept)) _changes.Restores.Add(new FileRestore(path, kept, Outgoing(path, there, owned), owned.Bundle));
            else _changes.Removals.Add(new FileRemoval(path, owned.Bundle, Outgoing(path, there, owned)));
        }

        if (keepOldFiles) return;
        foreach ((string path, string kept) in state.Originals.OrderBy(o => o.Key, ArchiveName.Order))
        {
            bool free = !_wanted.ContainsKey(path) && !_neededFolders.Contains(path) && !IsBelowWantedFile(path);
            if (free && host.Look(path) is null) _changes.Restores.Add(new FileRestore(path, kept, null, _owned.GetValueOrDefault(path)?.Bundle));
        }
    }

    private void PlanFolders()
    {
        IEnumerable<string> restoredInto = _changes.Restores.SelectMany(r => ArchiveName.Parents(r.Path));
        IEnumerable<string> folders = _wanted.Where(w => w.Value.Entry.Type == BundleEntryType.Folder).Select(w => w.Key).Concat(_neededFolders).Concat(restoredInto);
        foreach (string path in folders.Distinct(paths.Comparer).OrderBy(p => p, ArchiveName.Order))
        {
            bool named = _wanted.TryGetValue(path, out var want);
            UnixFileMode mode = named ? want.Entry.Mode : EntryMode.DefaultFolder;
            HostFile? there = LookAfterClearing(path);
            if (there is null) _changes.NewFolders.Add((path, mode));
            else if (!there.IsFolder) throw InTheWay(path, "is a file");
            else if (MayChangeMode(path) && there.Mode != mode) _changes.Modes.Add((path, mode, there.Mode));
        }
    }

    // Of a folder that Cumulus made, and whose mode a bundle names or named: else a mode is the host's own affair.
    private bool MayChangeMode(string path)
    {
        if (paths.Windows || !_madeFolders.Contains(path)) return false;
        return _wanted.TryGetValue(path, out var want)
            ? want.Bundle is not null
            : _namedFolders.Contains(path);
    }

    private void PlanFiles(bool force)
    {
        foreach ((string path, var want) in _wanted)
        {
            if (want.Bundle is not { } bundle || want.Entry.Type == BundleEntryType.Folder) continue;
            HostFile? there = LookAfterClearing(path);
            if (there is { Type: BundleEntryType.Folder })
            {
                if (!_madeFolders.Contains(path)) throw InTheWay(path, "is a folder");
                there = null;
            }

            OwnedFile? owned = there is null ? null : _owned.GetValueOrDefault(path);
            if (owned is not null && !force && IsSame(path, there!, want.Entry, owned)) continue;
            OldFile? old = there is null ? null : owned is null ? OldFile.BeforeCumulus : Outgoing(path, there, owned);
            _changes.Places.Add(new FilePlacement(path, want.Entry, bundle, old));
        }

        // Sorted last: of many files few change.
        _changes.Places.Sort((one, other) => ArchiveName.Order.Compare(one.Path, other.Path));
    }

    private void PlanOldFolders()
    {
        HashSet<string> needed = new(_wanted.Where(w => w.Value.Entry.Type == BundleEntryType.Folder).Select(w => w.Key).Concat(_neededFolders), paths.Comparer);
        needed.UnionWith(_changes.Leftovers.Select(l => l.Name).Concat(_changes.Restores.Select(r => r.Path)).SelectMany(ArchiveName.Parents));
        List<string> unneeded = [.. state.Folders.Where(f => !needed.Contains(f)).OrderByDescending(f => f.Count(c => c == '/'))];
        if (unneeded.Count == 0) return;
        HashSet<string> inUse = new(state.Bundles.SelectMany(FoldersOf), paths.Comparer);
        foreach (string path in unneeded)
        {
            if (host.Look(path) is not { Type: BundleEntryType.Folder } there) continue;
            var removal = new FolderRemoval(path, there.Mode, inUse.Contains(path));
            if (_wanted.ContainsKey(path) || IsBelowWantedFile(path)) _changes.ClearFolders.Add(removal);
            else _changes.OldFolders.Add(removal);
        }
    }

    /// <summary>The folders that an installed bundle has or needs, some more than once.</summary>
    public static IEnumerable<string> FoldersOf(InstalledRecord record) =>
        record.Entries.SelectMany(e =>
        {
            string path = ArchiveName.Join(record.Path, e.Name);
            return e.Type == BundleEntryType.Folder ? ArchiveName.Parents(path).Append(path) : ArchiveName.Parents(path);
        });

    // What lies below a link that goes away is not what will lie there.
    private HostFile? LookAfterClearing(string path) =>
        _cleared.Count > 0 && (_cleared.Contains(path) || ArchiveName.Parents(path).Any(_cleared.Contains)) ? null : host.Look(path);

    private bool IsBelowWantedFile(string path) =>
        ArchiveName.Parents(path).Any(p => _wanted.TryGetValue(p, out var want) && want.Entry.Type != BundleEntryType.Folder);

    private bool IsWantedFile(string path) => _wanted.TryGetValue(path, out var want) && want.Entry.Type != BundleEntryType.Folder;

    private bool IsSame(string path, HostFile there, BundleEntry entry, OwnedFile owned)
    {
        if (there.Type != entry.Type) return false;
        if (entry.Type == BundleEntryType.Link) return there.LinkTarget == entry.LinkTarget;
        if ((!paths.Windows && there.Mode != entry.Mode) || there.Size != entry.Size || ContentOf(path, there, owned) != entry.Sha256) return false;
        if (there.Stamp is { } stamp) _changes.Proven[path] = stamp;
        _changes.HasRead |= _hashes.ContainsKey(path);
        return true;
    }

    /// <summary>What is to become of an own file that goes.</summary>
    private OldFile Outgoing(string path, HostFile there, OwnedFile owned)
    {
        BundleEntry entry = owned.Entry;
        bool asRecorded = there.Type == entry.Type
            && (entry.Type == BundleEntryType.Link ? there.LinkTarget == entry.LinkTarget : there.Size == entry.Size && ContentOf(path, there, owned) == entry.Sha256);
        return asRecorded ? new OldFile(entry.Sha256, ByHand: false) : new OldFile(null, ByHand: true);
    }

    // A file whose stamp is that of the recorded content was not written since, and need not be read.
    private string ContentOf(string path, HostFile there, OwnedFile owned)
    {
        if (owned.Stamp is { } stamp && there.Stamp is { } now && InstalledStamps.AreEqual(stamp, now)) return owned.Entry.Sha256!;
        if (_hashes.TryGetValue(path, out string? known)) return known;
        return _hashes[path] = host.Sha256(path);
    }

    private static string Above(string path) => path.LastIndexOf('/') is > 0 and int slash ? path[..slash] : "";

    private CumulusException Conflict(string file, string fileBundle, string folder, string folderBundle) =>
        new(ErrorIds.BundleNameConflict, FailureKind.Conflict, $"Bundle '{fileBundle}' has {paths.Display(file)}, which is no folder, but bundle '{folderBundle}' has {(file == folder ? "a folder of that name" : paths.Display(folder))}.")
        {
            Target = file,
        };

    private CumulusException InTheWay(string path, string what) =>
        new(ErrorIds.InstallFailed, FailureKind.Conflict, $"{paths.Full(path)} {what} that Cumulus did not put there, and a bundle needs its place.")
        {
            Target = paths.Full(path),
            Advice = "Move it away, or change the bundle's paths.",
        };

    /// <param name="Bundle">Null: of a version that is no longer installed.</param>
    private sealed record OwnedFile(string? Bundle, BundleEntry Entry, FileStamp? Stamp);
}
