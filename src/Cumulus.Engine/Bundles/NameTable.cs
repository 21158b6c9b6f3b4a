namespace Cumulus.Engine.Bundles;

/// <summary>
/// The names of one archive, to find two that would become one file, or a file that others need as their folder.
/// </summary>
internal sealed class NameTable(bool ignoreCase)
{
    private readonly Dictionary<string, (string Name, BundleEntryType Type, bool Implied)> _taken = new(StringComparer.Ordinal);

    /// <summary>The name that stands in the way, or null when there was none and the name is entered.</summary>
    public string? Add(string name, BundleEntryType type)
    {
        foreach (string parent in ArchiveName.Parents(name))
        {
            if (Enter(parent, BundleEntryType.Folder, implied: true) is { } other) return other;
        }

        return Enter(name, type, implied: false);
    }

    private string? Enter(string name, BundleEntryType type, bool implied)
    {
        string key = ArchiveName.Key(name, ignoreCase);
        if (!_taken.TryGetValue(key, out var there))
        {
            _taken[key] = (name, type, implied);
            return null;
        }

        if (there.Name != name || there.Type != type || type != BundleEntryType.Folder) return there.Name;
        if (!implied && !there.Implied) return there.Name;
        _taken[key] = (name, type, implied && there.Implied);
        return null;
    }
}
