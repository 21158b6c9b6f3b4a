namespace Cumulus.Engine.Bundles;

/// <summary>What git says of a work tree that paths of a bundle lie in.</summary>
/// <param name="HasChanged">
/// A file there that git knows was changed or deleted; where a path is ignored by git, such as the output of a build, any change in the work tree counts.
/// </param>
/// <param name="Unknown">Full paths of files and folders there that git neither knows nor ignores; folders end in a separator.</param>
public sealed record GitWorkTree(string Commit, bool HasChanged, IReadOnlyList<string> Unknown)
{
    /// <param name="bundled">
    /// Full paths of what goes in. A file that git does not know makes the origin dirty only if it is one of these: the archive of the last
    /// build, for one, is not.
    /// </param>
    public BundleOrigin Origin(IEnumerable<string> bundled) => new(Commit, HasChanged || HoldsAny(bundled));

    private bool HoldsAny(IEnumerable<string> bundled)
    {
        HashSet<string> files = [.. Unknown];
        string[] folders = [.. Unknown.Where(Path.EndsInDirectorySeparator)];
        return Unknown.Count > 0 && bundled.Any(b => files.Contains(b) || Array.Exists(folders, f => b.StartsWith(f, StringComparison.Ordinal)));
    }
}
