using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Bundles;

/// <summary>Applies path rewrites: whole leading components, once for each rewrite, in their order (D-15).</summary>
public static class PathRewriter
{
    public static string Apply(string name, IReadOnlyList<PathRewrite> rewrites) =>
        rewrites.Count == 0 ? name : rewrites.Aggregate(name, (current, rewrite) => Apply(current, Tidy(rewrite.Target), Tidy(rewrite.Destination)));

    private static string Apply(string name, string target, string destination)
    {
        if (target.Length == 0) return ArchiveName.Join(destination, name);
        if (name == target) return destination;
        return name.StartsWith(target + "/", StringComparison.Ordinal) ? ArchiveName.Join(destination, name[(target.Length + 1)..]) : name;
    }

    private static string Tidy(string path) => path.Replace('\\', '/').Trim('/');
}
