namespace Cumulus.Engine.Configuration;

/// <summary>Where a configuration is looked for when none is named.</summary>
public static class ConfigurationSearch
{
    /// <summary>
    /// Full paths in the order of reading, so that a nearer file overrides a farther one: the machine's, the user's, the current folder's
    /// (section 3 of the old behaviour). Within one place <c>.conf</c> comes first, then <c>.yaml</c>, then <c>.yml</c>: the newer format has the last word.
    /// </summary>
    public static IReadOnlyList<string> Candidates(PathStyle style, string currentFolder, string? homeFolder)
    {
        string machine = style == PathStyle.Windows ? @"C:\" : "/etc";
        (string Folder, string Name)[] places = homeFolder is null
            ? [(machine, "cumulus"), (currentFolder, "cumulus")]
            : [(machine, "cumulus"), (homeFolder, ".cumulus"), (currentFolder, "cumulus")];
        string[] extensions = [".conf", ".yaml", ".yml"];
        return [.. places.SelectMany(p => extensions.Select(e => style.Resolve(p.Folder, p.Name + e, null))).Distinct()];
    }
}
