namespace Cumulus.Engine.Bundles;

/// <summary>Finds links that are kept and point to nothing in the bundle: allowed, and worth a word.</summary>
internal static class DanglingLinks
{
    private const int MostLinks = 40;

    public static void Tell(string bundle, IReadOnlyList<BundleSource> sources, Action<string> warn)
    {
        BundleSource[] links = [.. sources.Where(s => s.Type == BundleEntryType.Link)];
        if (links.Length == 0) return;
        Dictionary<string, BundleSource?> names = sources.ToDictionary(s => s.Name, BundleSource? (s) => s, StringComparer.Ordinal);
        foreach (string parent in sources.SelectMany(s => ArchiveName.Parents(s.Name))) names.TryAdd(parent, null);
        foreach (BundleSource link in links.Where(l => !LeadsSomewhere(l, names)))
        {
            warn($"In bundle '{bundle}', the link '{link.Name}' points to '{link.LinkTarget}', which is not in the bundle. It is kept.");
        }
    }

    private static bool LeadsSomewhere(BundleSource link, Dictionary<string, BundleSource?> names)
    {
        var at = new List<string>();
        var rest = new Stack<string>(link.Name.Split('/').Reverse());
        for (int links = 0; rest.TryPop(out string? component);)
        {
            if (component == "..")
            {
                if (at.Count > 0) at.RemoveAt(at.Count - 1);
                continue;
            }

            at.Add(component);
            if (!names.TryGetValue(string.Join('/', at), out BundleSource? source)) return false;
            if (source?.LinkTarget is not { } target) continue;
            if (++links > MostLinks) return false;
            at.RemoveAt(at.Count - 1);
            foreach (string part in target.Split('/').Where(p => p is not ("" or ".")).Reverse()) rest.Push(part);
        }

        return true;
    }
}
