namespace Cumulus.Console.Pipeline;

/// <summary>Paths as a user writes them.</summary>
internal static class FilePath
{
    /// <summary>
    /// Full path. As in PowerShell, <c>~</c> is the home folder and both slashes part folders, so that a line does the same
    /// on every system.
    /// </summary>
    /// <exception cref="ArgumentException">The path is empty or has a character that no path may have.</exception>
    public static string Resolve(string path, string currentFolder, string home, bool windows)
    {
        char separator = windows ? '\\' : '/';
        string local = windows ? path.Replace('/', separator) : path.Replace('\\', separator);
        if (local == "~" || local.StartsWith("~" + separator, StringComparison.Ordinal))
        {
            local = home + local[1..];
        }

        return Path.GetFullPath(local, currentFolder);
    }
}
