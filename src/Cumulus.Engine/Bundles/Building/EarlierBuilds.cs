namespace Cumulus.Engine.Bundles;

/// <summary>
/// Tells the products of builds in the folder that bundles are written to, which may be a folder that is bundled: what an
/// earlier version was packed into must not go into the next one. What a killed build left there goes.
/// </summary>
internal static class EarlierBuilds
{
    private const string Signature = ".manifest.sig";
    private const string Unfinished = ".tmp";
    private const int UniqueLength = 33;

    // A file that was made just now may not be locked yet.
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(1);

    /// <summary>What a build puts behind the names of archive and manifest until both are whole. While it runs it holds a lock on the manifest's, which is there first and goes last.</summary>
    public static string NewEnding() => $".{Guid.NewGuid():N}{Unfinished}";

    /// <summary>Removes what builds left that were killed. Those that run next to us keep theirs.</summary>
    public static void Sweep(string folder, DateTimeOffset now, Action<string>? log)
    {
        foreach (string path in Directory.EnumerateFiles(folder, "*" + Unfinished).Where(p => IsUnfinished(Path.GetFileName(p))).ToList())
        {
            string ending = path[^(Unfinished.Length + UniqueLength)..];
            string whole = path[..^ending.Length];
            string guard = IsManifest(Path.GetFileName(whole)) ? path : whole + BundleManifest.Suffix + ending;
            try
            {
                if (now - File.GetLastWriteTimeUtc(path) < Young || IsLocked(guard)) continue;
                File.Delete(path);
                log?.Invoke($"Removed {path}, which a build left that was killed.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                log?.Invoke($"{path}, which a build left that was killed, could not be removed: {e.Message}");
            }
        }
    }

    /// <returns>Names of archives that have a manifest beside them, of manifests and signatures, and of what builds that run or were killed left.</returns>
    /// <param name="known">Full paths that stay out anyway, and are nothing to tell of.</param>
    public static HashSet<string> Among(IReadOnlyCollection<FoundItem> items, IReadOnlySet<string> known, string folder)
    {
        HashSet<string> files = [.. items.Where(i => i.Kind == ItemKind.File).Select(i => i.Name)];
        return [.. files.Where(f => IsProduct(f, files) && !known.Contains(Path.Join(folder, f)))];
    }

    private static bool IsProduct(string name, HashSet<string> files)
    {
        if (BundleFormats.Of(name) is not null) return files.Contains(name + BundleManifest.Suffix);
        return IsManifest(name) || IsUnfinished(name);
    }

    private static bool IsLocked(string guard)
    {
        if (!File.Exists(guard)) return false;
        try
        {
            File.OpenHandle(guard, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static bool IsManifest(string name) => Without(name, BundleManifest.Suffix) is not null || Without(name, Signature) is not null;

    // ARCHIVE.32 digits.tmp, and the same of the manifest.
    private static bool IsUnfinished(string name)
    {
        if (!name.EndsWith(Unfinished, StringComparison.Ordinal) || name.Length <= Unfinished.Length + UniqueLength) return false;
        string unique = name[^(Unfinished.Length + UniqueLength)..^Unfinished.Length];
        string whole = name[..^(Unfinished.Length + UniqueLength)];
        return unique[0] == '.' && unique.Skip(1).All(char.IsAsciiHexDigitLower) && (BundleFormats.Of(whole) is not null || IsManifest(whole));
    }

    // The archive that a name belongs to.
    private static string? Without(string name, string suffix) =>
        name.EndsWith(suffix, StringComparison.Ordinal) && BundleFormats.Of(name[..^suffix.Length]) is not null ? name[..^suffix.Length] : null;
}
