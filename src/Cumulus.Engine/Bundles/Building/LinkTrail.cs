namespace Cumulus.Engine.Bundles;

/// <summary>The links that led a walk to where it is, so that one that leads back is known before it is followed (D-42).</summary>
internal sealed class LinkTrail
{
    private static readonly StringComparison Case = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
    private readonly string _walked;
    private readonly string _real;
    private readonly LinkTrail? _from;
    private readonly string _left;

    private LinkTrail(string walked, string real, LinkTrail? from, string left) => (_walked, _real, _from, _left) = (walked, real, from, left);

    /// <summary>A walk that begins at a folder.</summary>
    public static LinkTrail Start(string folder) => new(folder, RealPath(folder), null, "");

    /// <summary>The trail behind a link to a folder.</summary>
    /// <param name="link">Full path of the link as it is walked.</param>
    /// <param name="circle">What to say when the link leads to a folder that the walk is in, as the rest of a sentence; null else.</param>
    public LinkTrail Follow(string link, out string? circle)
    {
        string left = RealFolder(Path.GetDirectoryName(link)!);
        var next = new LinkTrail(link, RealPath(link), this, left);
        bool back = false;
        for (LinkTrail trail = next; trail._from is not null && !back; trail = trail._from) back = IsWithin(trail._left, next._real);
        circle = back ? $"is a link that leads back to where it is: {next.Describe()}" : null;
        return next;
    }

    private string RealFolder(string folder) => _real.TrimEnd(Path.DirectorySeparatorChar) + folder[_walked.Length..];

    private static bool IsWithin(string folder, string other) =>
        folder.Equals(other, Case) || folder.StartsWith(Path.EndsInDirectorySeparator(other) ? other : other + Path.DirectorySeparatorChar, Case);

    private string Describe() => _from is null ? _walked : $"{_from.Describe()} > {_walked} -> {_real}";

    // With every link on the way followed.
    private static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        string current = Path.GetPathRoot(full)!;
        var rest = new Stack<string>(Components(full[current.Length..]));
        for (int links = 0; rest.TryPop(out string? component);)
        {
            if (component == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            string next = Path.Join(current, component);
            if (new DirectoryInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > 40) throw new IOException($"'{path}' leads through more than 40 links.");
            if (Path.IsPathRooted(target)) current = Path.GetPathRoot(target)!;
            foreach (string part in Components(target[(Path.GetPathRoot(target) ?? "").Length..])) rest.Push(part);
        }

        return current;
    }

    private static IEnumerable<string> Components(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(c => c != ".").Reverse();
}
