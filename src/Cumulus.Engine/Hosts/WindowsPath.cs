namespace Cumulus.Engine.Hosts;

/// <summary>What calls of Windows itself need of a path; the runtime's own do this by themselves. Pure.</summary>
internal static class WindowsPath
{
    // MAX_PATH less the room for an 8.3 name that Windows asks of folders:
    // https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation
    private const int Short = 248;

    /// <summary>The full path in the form that has no limit of 260 characters, where it needs one.</summary>
    public static string Extended(string fullPath)
    {
        if (fullPath.Length < Short || fullPath.StartsWith(@"\\?\", StringComparison.Ordinal)) return fullPath;
        // In this form, Windows takes every character as it is.
        string path = fullPath.Replace('/', '\\');
        return path.StartsWith(@"\\", StringComparison.Ordinal) ? @"\\?\UNC\" + path[2..] : @"\\?\" + path;
    }
}
