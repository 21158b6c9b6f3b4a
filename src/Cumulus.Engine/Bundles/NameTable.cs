namespace Cumulus.Engine.Bundles;

/// <summary>
/// The names of one archive, to find two that would become one file, or a file that others need as their folder.
/// </summary>
internal sealed class NameTable(bool ignoreCase)
{
    private readonly Dictionary<string, (string Name, BundleEntryType Type, bool Implied)> _taken =
        new(ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private string _lastParent = "";

    /// <summary>The name that stands in the way, or null when there was none and the name is entered.</summary>
    public string? Add(string name, BundleEntryType type)
    {
        // Names come folder by folder, so that the same parent is asked for again and again.
        ReadOnlySpan<char> parent = ArchiveName.Parent(name);
        if (parent.Length > 0 && !parent.SequenceEqual(_lastParent))
        {
            if (EnterFolders(parent.ToString()) is { } other) return other;
            _lastParent = parent.ToString();
        }

        return Enter(name, type, implied: false);
    }

    private string? EnterFolders(string folder)
    {
        // A folder that was entered was entered with all above it.
        if (_taken.TryGetValue(folder, out var there) && there.Name == folder && there.Type == BundleEntryType.Folder) return null;
        return ArchiveName.Parents(folder).Append(folder).Select(f => Enter(f, BundleEntryType.Folder, implied: true)).FirstOrDefault(other => other is not null);
    }

    private string? Enter(string name, BundleEntryType type, bool implied)
    {
        if (!_taken.TryGetValue(name, out var there))
        {
            _taken[name] = (name, type, implied);
            return null;
        }

        if (there.Name != name || there.Type != type || type != BundleEntryType.Folder) return there.Name;
        if (!implied && !there.Implied) return there.Name;
        _taken[name] = (name, type, implied && there.Implied);
        return null;
    }
}
