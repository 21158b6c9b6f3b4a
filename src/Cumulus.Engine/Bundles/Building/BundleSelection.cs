namespace Cumulus.Engine.Bundles;

/// <summary>Decides between sources of one name, and refuses those that no disk could hold side by side.</summary>
internal sealed class BundleSelection(string bundle)
{
    /// <returns>In <see cref="ArchiveName.Order"/>, each name once.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNameConflict"/></exception>
    public IReadOnlyList<BundleSource> Select(List<BundleSource> found)
    {
        found.Sort(static (a, b) => ArchiveName.Order.Compare(a.Name, b.Name) is var order and not 0 ? order : ArchiveName.Order.Compare(a.FullPath, b.FullPath));
        var chosen = new List<BundleSource>(found.Count);
        foreach (BundleSource source in found)
        {
            if (chosen.Count == 0 || chosen[^1].Name != source.Name) chosen.Add(source);
            else if (Wins(source, chosen[^1])) chosen[^1] = source;
        }

        CheckNames(chosen);
        HashSet<string> parents = Parents(chosen);
        return [.. chosen.Where(source => TellsSomething(source, parents))];
    }

    private bool Wins(BundleSource source, BundleSource other)
    {
        if (source.FullPath == other.FullPath) return false;
        bool bothFolders = source.Type == BundleEntryType.Folder && other.Type == BundleEntryType.Folder;
        if (source.Markers != other.Markers && (bothFolders || (source.Type != BundleEntryType.Folder && other.Type != BundleEntryType.Folder)))
        {
            return source.Markers > other.Markers;
        }

        if (bothFolders && source.Mode == other.Mode) return false;
        throw Conflict(source, other);
    }

    private void CheckNames(List<BundleSource> chosen)
    {
        var names = new NameTable(ignoreCase: true);
        foreach (BundleSource source in chosen)
        {
            if (names.Add(source.Name, source.Type) is { } other) throw Conflict(source, Owner(other, chosen));
        }
    }

    // Of the name itself, or, of a folder that is there only because something lies in it, of what lies there.
    private static BundleSource Owner(string name, List<BundleSource> chosen) =>
        chosen.Find(s => s.Name == name) ?? chosen.First(s => s.Name.StartsWith(name + "/", StringComparison.Ordinal));

    private static HashSet<string> Parents(List<BundleSource> chosen)
    {
        var parents = new HashSet<string>(StringComparer.Ordinal);
        ReadOnlySpan<char> last = [];
        foreach (BundleSource source in chosen)
        {
            ReadOnlySpan<char> parent = ArchiveName.Parent(source.Name);
            if (parent.SequenceEqual(last)) continue;
            last = parent;
            for (; parent.Length > 0 && parents.Add(parent.ToString()); parent = ArchiveName.Parent(parent))
            {
            }
        }

        return parents;
    }

    // A folder needs an entry only when nothing else tells of it.
    private static bool TellsSomething(BundleSource source, HashSet<string> parents) =>
        source.Type != BundleEntryType.Folder || source.Mode != EntryMode.DefaultFolder || !parents.Contains(source.Name);

    private CumulusException Conflict(BundleSource a, BundleSource b)
    {
        string why = a.Name == b.Name ? $"both become '{a.Name}'"
            : ArchiveName.Parents(a.Name).Contains(b.Name) ? $"become '{a.Name}' and '{b.Name}', which is no folder"
            : $"become '{a.Name}' and '{b.Name}', which are one name where case does not count";
        return new CumulusException(ErrorIds.BundleNameConflict, FailureKind.InvalidInput, $"In bundle '{bundle}', {b.FullPath} and {a.FullPath} {why}.")
        {
            Target = a.Name,
            Advice = "Leave one of the two out, or give one another name with a path rewrite.",
        };
    }
}
