namespace Cumulus.Engine.Configuration;

/// <summary>Paths with the wildcards of <see cref="NamePattern"/> in any component.</summary>
public static class PathPattern
{
    /// <summary>What is on the disk under a path. One that is there as it is written counts as it is written, brackets or not.</summary>
    /// <param name="full">Full path.</param>
    /// <returns>Full paths of files and folders in ordinal order; empty when nothing matches.</returns>
    public static IReadOnlyList<string> Expand(string full)
    {
        if (Path.Exists(full)) return [full];
        if (!NamePattern.HasWildcard(full)) return [];
        string root = Path.GetPathRoot(full)!;
        IEnumerable<string> found = [root];
        string[] parts = full[root.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        foreach (string part in parts)
        {
            found = [.. found.SelectMany(folder => Below(folder, part))];
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Below(string folder, string part)
    {
        string asWritten = Path.Combine(folder, part);
        if (Path.Exists(asWritten)) return [asWritten];
        if (!NamePattern.HasWildcard(part) || !Directory.Exists(folder)) return [];
        return Directory.EnumerateFileSystemEntries(folder).Where(item => NamePattern.Matches(part, Path.GetFileName(item)));
    }
}
