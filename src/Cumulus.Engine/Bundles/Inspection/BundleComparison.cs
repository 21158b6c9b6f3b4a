namespace Cumulus.Engine.Bundles;

/// <summary>What differs between two bundles, from their manifests alone. Pure.</summary>
public static class BundleComparison
{
    /// <returns>Every name of either, equal ones too, in <see cref="ArchiveName.Order"/>; a renamed file under its new name alone.</returns>
    public static IReadOnlyList<BundleDifference> Compare(BundleManifest old, BundleManifest now)
    {
        Dictionary<string, BundleEntry> before = old.Entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
        HashSet<string> names = [.. now.Entries.Select(e => e.Name)];
        List<BundleEntry> removed = [.. old.Entries.Where(e => !names.Contains(e.Name))];
        Dictionary<BundleEntry, BundleEntry> renamed = Renamed(removed, now.Entries.Where(e => !before.ContainsKey(e.Name)));
        HashSet<BundleEntry> gone = [.. removed.Except(renamed.Values)];

        IEnumerable<BundleDifference> differences = now.Entries.Select(e => Of(before.GetValueOrDefault(e.Name) ?? renamed.GetValueOrDefault(e), e))
            .Concat(gone.Select(e => Of(e, null)));
        return [.. differences.OrderBy(d => d.Name, ArchiveName.Order)];

        BundleDifference Of(BundleEntry? was, BundleEntry? entry) => new()
        {
            Bundle = now.Name,
            Kind = KindOf(was, entry),
            Old = was,
            New = entry,
            OldVersion = old.Version,
            NewVersion = now.Version,
        };
    }

    /// <summary>Such as <c>2 added, 1 changed, 40 equal</c>.</summary>
    public static string Summary(IReadOnlyList<BundleDifference> differences) =>
        string.Join(", ", differences.GroupBy(d => d.Kind).OrderBy(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}")) is { Length: > 0 } text
            ? text
            : "both are empty";

    /// <summary>New entries, each with the one it was. Of several files with the same bytes, those with the same last component go together first.</summary>
    private static Dictionary<BundleEntry, BundleEntry> Renamed(IReadOnlyList<BundleEntry> removed, IEnumerable<BundleEntry> added)
    {
        ILookup<string, BundleEntry> free = removed.Where(HasContent).ToLookup(e => e.Sha256!);
        var pairs = new Dictionary<BundleEntry, BundleEntry>();
        foreach (IGrouping<string, BundleEntry> same in added.Where(HasContent).GroupBy(e => e.Sha256!))
        {
            List<BundleEntry> left = [.. free[same.Key]];
            foreach (BundleEntry entry in same)
            {
                if (left.Find(e => LastPart(e) == LastPart(entry)) is { } sameName) Pair(entry, sameName);
            }

            foreach (BundleEntry entry in same.Where(e => !pairs.ContainsKey(e)))
            {
                if (left.Count > 0) Pair(entry, left[0]);
            }

            void Pair(BundleEntry entry, BundleEntry was)
            {
                pairs.Add(entry, was);
                left.Remove(was);
            }
        }

        return pairs;
    }

    // All empty files have the same bytes, and that says nothing of where they came from.
    private static bool HasContent(BundleEntry entry) => entry is { Type: BundleEntryType.File, Size: > 0, Sha256: not null };

    private static string LastPart(BundleEntry entry) => entry.Name[(entry.Name.LastIndexOf('/') + 1)..];

    private static DifferenceKind KindOf(BundleEntry? old, BundleEntry? now)
    {
        if (old is null) return DifferenceKind.Added;
        if (now is null) return DifferenceKind.Removed;
        if (old.Name != now.Name) return DifferenceKind.Renamed;
        // Where the bytes lie in the archive is no difference of content.
        return old with { DataOffset = null, DataLength = null } == now with { DataOffset = null, DataLength = null } ? DifferenceKind.Equal : DifferenceKind.Changed;
    }
}
