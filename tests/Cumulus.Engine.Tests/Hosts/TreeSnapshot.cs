using System.Security.Cryptography;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>A tree to the last byte: names, kinds, modes, owners, times of writing, links and contents.</summary>
public static class TreeSnapshot
{
    /// <param name="except">Paths below the root that do not count, with all below them.</param>
    public static IReadOnlyList<string> Of(string root, params string[] except)
    {
        var lines = new List<string>();
        // A folder's time changes with every name in it, and comes back with none.
        foreach (string item in Tool.Run("find", root, "-mindepth", "1", "(", "-type", "d", "-printf", "%P\t%y %m %U:%G\n", "-o", "-printf", "%P\t%y %m %U:%G %s %T@ %l\n", ")").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string path = item.Split('\t')[0];
            if (except.Any(e => path == e || path.StartsWith(e + "/", StringComparison.Ordinal))) continue;
            bool isFile = item[(path.Length + 1)..].StartsWith("f ", StringComparison.Ordinal);
            lines.Add(isFile ? $"{item} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(root, path))))}" : item);
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }
}
