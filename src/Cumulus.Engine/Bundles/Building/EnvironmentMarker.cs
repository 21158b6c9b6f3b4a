namespace Cumulus.Engine.Bundles;

/// <summary>
/// The marker <c>__cumulus-ENV__</c> at the start of a file's or folder's name: it belongs to that environment alone and
/// loses the marker in the bundle (the intended column of the old documents, D-14).
/// </summary>
public static class EnvironmentMarker
{
    private const string Start = "__cumulus-";
    private const string End = "__";

    /// <summary>Reads the markers off every component of an archive name.</summary>
    /// <param name="environment">Null: no environment, so that whatever is marked stays out.</param>
    /// <returns>Null when the name belongs to another environment; else the name without markers and how many it had.</returns>
    public static (string Name, int Markers)? Strip(string name, string? environment)
    {
        if (!name.Contains(Start, StringComparison.Ordinal)) return (name, 0);
        int markers = 0;
        var kept = new List<string>();
        foreach (string component in name.Split('/'))
        {
            string rest = component;
            while (rest.StartsWith(Start, StringComparison.Ordinal))
            {
                if (environment is not null && rest.StartsWith(Start + environment + End, StringComparison.Ordinal))
                {
                    markers++;
                    rest = rest[(Start.Length + environment.Length + End.Length)..];
                }
                else if (rest.IndexOf(End, Start.Length, StringComparison.Ordinal) > Start.Length)
                {
                    return null;
                }
                else
                {
                    break;
                }
            }

            if (rest.Length > 0) kept.Add(rest);
        }

        return (string.Join('/', kept), markers);
    }
}
