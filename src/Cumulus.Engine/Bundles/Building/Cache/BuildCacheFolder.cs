namespace Cumulus.Engine.Bundles;

/// <summary>Where builds remember what they have done. It may be deleted at any time; a build without it is slower and gives the same bytes.</summary>
/// <param name="Path">Full path of the folder.</param>
/// <param name="Limit">Bytes of compressed content to keep.</param>
public sealed record BuildCacheFolder(string Path, long Limit = 2L << 30)
{
    /// <summary>Environment variable with the folder's path, such as one that a build server keeps between runs.</summary>
    public const string Variable = "CUMULUS_CACHE";

    /// <summary>Of <see cref="Variable"/>, else in the user's cache folder; null when the user has none, as in some boot scripts.</summary>
    public static BuildCacheFolder? Default { get; } = Find() is { } path ? new BuildCacheFolder(path) : null;

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return System.IO.Path.GetFullPath(given);
        if (OperatingSystem.IsWindows()) return Below(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "Cumulus", "cache");
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches && System.IO.Path.IsPathRooted(caches)) return Below(caches, "cumulus");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsMacOS() ? Below(home, "Library", "Caches", "cumulus") : Below(home, ".cache", "cumulus");
    }

    private static string? Below(string folder, params string[] names) =>
        folder.Length == 0 ? null : System.IO.Path.Combine([folder, .. names]);
}
