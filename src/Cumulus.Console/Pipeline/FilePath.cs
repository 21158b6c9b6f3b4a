using Cumulus.Engine;

namespace Cumulus.Console.Pipeline;

/// <summary>Paths as a user writes them.</summary>
internal static class FilePath
{
    /// <summary>
    /// Full path. As in PowerShell, <c>~</c> is the home folder and both slashes part folders, so that a line does the same
    /// on every system.
    /// </summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.PathInvalid"/>: the path is empty or has a character that no path may have.</exception>
    public static string Resolve(string path, string currentFolder, string home, bool windows)
    {
        char separator = windows ? '\\' : '/';
        string local = windows ? path.Replace('/', separator) : path.Replace('\\', separator);
        if (local == "~" || local.StartsWith("~" + separator, StringComparison.Ordinal))
        {
            local = home + local[1..];
        }

        if (local.Length == 0 || local.Contains('\0'))
        {
            throw new CumulusException(ErrorIds.PathInvalid, FailureKind.InvalidInput, $"'{path}' is no path in the file system.") { Target = path };
        }

        return Path.GetFullPath(local, currentFolder);
    }
}
