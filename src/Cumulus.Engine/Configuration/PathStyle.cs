namespace Cumulus.Engine.Configuration;

/// <summary>
/// How paths are written on a system, as pure functions that touch no disk, so that both systems' rules hold and are tested on either.
/// Configurations may use <c>/</c> and <c>\</c> on both systems, as the old program allowed.
/// </summary>
public sealed class PathStyle
{
    public static readonly PathStyle Unix = new('/');

    public static readonly PathStyle Windows = new('\\');

    private PathStyle(char separator) => Separator = separator;

    /// <summary>The style of the system that this runs on.</summary>
    public static PathStyle Current => OperatingSystem.IsWindows() ? Windows : Unix;

    public char Separator { get; }

    /// <summary>True for <c>/x</c> on Unix, for <c>C:\x</c> and <c>\\server\share</c> on Windows.</summary>
    public bool IsAbsolute(string path)
    {
        string p = path.Replace('\\', '/');
        return this == Unix ? p.StartsWith('/') : p.StartsWith("//", StringComparison.Ordinal) || (HasDrive(p) && p.Length > 2 && p[2] == '/');
    }

    /// <summary>The full path that <paramref name="written"/> means in <paramref name="folder"/>: <c>~</c> expanded, <c>.</c> and <c>..</c> resolved.</summary>
    /// <param name="home">Folder for <c>~</c>; null leaves the tilde as an ordinary name.</param>
    public string Resolve(string folder, string written, string? home)
    {
        string path = ExpandHome(written, home);
        if (IsAbsolute(path)) return Normalize(path);
        string p = path.Replace('\\', '/');
        if (this == Windows && p.StartsWith('/')) return Normalize(Root(folder) + p);
        if (this == Windows && HasDrive(p))
            return string.Equals(Root(folder), p[..2], StringComparison.OrdinalIgnoreCase) ? Normalize(folder + "/" + p[2..]) : Normalize(p[..2] + "/" + p[2..]);
        return Normalize(folder + "/" + p);
    }

    /// <summary>The folder that holds a file, of a full path.</summary>
    public string FolderOf(string fullPath) => Resolve(fullPath, "..", null);

    /// <summary>True when both name the same place, by the letters alone.</summary>
    public bool AreSame(string a, string b) =>
        string.Equals(Normalize(a), Normalize(b), this == Windows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    /// <summary><c>~</c> and <c>~/x</c> with the home folder put in.</summary>
    public static string ExpandHome(string written, string? home) =>
        home is not null && (written == "~" || written.StartsWith("~/", StringComparison.Ordinal) || written.StartsWith("~\\", StringComparison.Ordinal))
            ? home + written[1..]
            : written;

    /// <summary>
    /// The name that a written path gets in an archive: <c>/</c> between components, without drive letter, leading <c>/</c> and <c>./</c>
    /// (section 4.2 of the old behaviour). <c>..</c> is resolved, and dropped where nothing is left to leave, since a name in an archive never climbs (D-22).
    /// </summary>
    public static string ArchiveName(string written)
    {
        string path = written.Replace('\\', '/');
        return string.Join('/', Components(HasDrive(path) ? path[2..] : path));
    }

    private static bool HasDrive(string path) => path.Length >= 2 && path[1] == ':' && char.IsAsciiLetter(path[0]);

    private static string Root(string folder) => HasDrive(folder) ? folder[..2] : "";

    private string Normalize(string path)
    {
        string p = path.Replace('\\', '/');
        string root = p.StartsWith('/') ? "/" : "";
        if (this == Windows)
        {
            root = p.StartsWith("//", StringComparison.Ordinal) ? "//" : HasDrive(p) ? p[..2] + "/" : root;
            p = HasDrive(p) ? p[2..] : p;
        }

        return (root + string.Join('/', Components(p))).Replace('/', Separator);
    }

    private static List<string> Components(string path)
    {
        var components = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != "..") components.Add(part);
            else if (components.Count > 0) components.RemoveAt(components.Count - 1);
        }

        return components;
    }
}
