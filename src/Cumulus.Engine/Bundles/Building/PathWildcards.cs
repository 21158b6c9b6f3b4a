using System.Text;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Paths with PowerShell's wildcards: <c>*</c>, <c>?</c> and <c>[a-c]</c> within a component, a backtick before what is meant as it
/// is, case does not matter. What is hidden (on Unix a name that begins with a dot) is found only by a component that begins with a dot.
/// </summary>
public static class PathWildcards
{
    private static readonly char[] Separators = ['/', '\\'];

    /// <summary>What a path names, with wildcards or without. One that is there as it is written counts as it is written, brackets or not.</summary>
    /// <param name="path">As the user wrote it.</param>
    /// <param name="resolve">Makes a path a full one; it gets <c>.</c> for a pattern without a folder.</param>
    /// <returns>Full paths; one without wildcards need not exist.</returns>
    /// <exception cref="CumulusException">As <see cref="Expand"/>.</exception>
    public static IReadOnlyList<string> Resolve(string path, Func<string, string> resolve) =>
        resolve(path) is var full && Path.Exists(full) ? [full]
        : HasWildcard(path) ? Expand(path, resolve)
        : [resolve(Unescape(path))];

    /// <summary>As <see cref="Resolve"/>, but of what wildcards find only archives: a pattern such as <c>out/*</c> finds manifests too.</summary>
    /// <exception cref="CumulusException">As <see cref="Expand"/>; <see cref="ErrorIds.BundleNotFound"/>: what matches is no archive.</exception>
    public static IReadOnlyList<string> Archives(string path, Func<string, string> resolve)
    {
        IReadOnlyList<string> found = Resolve(path, resolve);
        if (!HasWildcard(path) || found is [var one] && one == resolve(path)) return found;
        List<string> archives = [.. found.Where(f => BundleFormats.Of(f) is not null)];
        if (archives.Count > 0) return archives;
        throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"No archive matches '{path}'.") { Target = path };
    }

    public static bool HasWildcard(string path)
    {
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] == '`') i++;
            else if (path[i] is '*' or '?' or '[') return true;
        }

        return false;
    }

    /// <summary>The path without its backticks.</summary>
    public static string Unescape(string path)
    {
        var result = new StringBuilder(path.Length);
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] == '`' && i + 1 < path.Length) i++;
            result.Append(path[i]);
        }

        return result.ToString();
    }

    /// <summary>Everything that a path with wildcards names.</summary>
    /// <param name="path">As the user wrote it.</param>
    /// <param name="resolve">Makes a path without wildcards a full one; it gets <c>.</c> for a pattern without a folder.</param>
    /// <returns>Full paths, sorted.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundlePathNotFound"/>: nothing matches.</exception>
    public static IReadOnlyList<string> Expand(string path, Func<string, string> resolve)
    {
        string[] components = path.Split(Separators);
        int first = Array.FindIndex(components, HasWildcard);
        int length = components.Take(first).Sum(c => c.Length + 1);
        IEnumerable<string> found = [resolve(length == 0 ? "." : Unescape(path[..length]))];
        foreach (string component in components.Skip(first).Where(c => c.Length > 0)) found = [.. found.SelectMany(folder => Below(folder, component))];
        List<string> sorted = [.. found.Order(StringComparer.Ordinal)];
        if (sorted.Count > 0) return sorted;
        throw new CumulusException(ErrorIds.BundlePathNotFound, FailureKind.NotFound, $"Nothing matches '{path}'.")
        {
            Target = path,
            Advice = "Give -LiteralPath when the name holds such characters itself.",
        };
    }

    private static IEnumerable<string> Below(string folder, string component)
    {
        if (!HasWildcard(component))
        {
            string path = Path.GetFullPath(Path.Join(folder, Unescape(component)));
            return File.Exists(path) || Directory.Exists(path) ? [path] : [];
        }

        if (!Directory.Exists(folder)) return [];
        string pattern = Quote(component);
        FileAttributes skipped = component.StartsWith('.') ? 0 : FileAttributes.Hidden | FileAttributes.System;
        return new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = skipped, IgnoreInaccessible = false })
            .Where(item => NamePattern.Matches(pattern, item.Name))
            .Select(item => item.FullName);
    }

    // A name pattern knows no backtick; a set of one character says the same.
    private static string Quote(string component)
    {
        var result = new StringBuilder(component.Length);
        for (int i = 0; i < component.Length; i++)
        {
            bool quoted = component[i] == '`' && i + 1 < component.Length;
            if (quoted) i++;
            if (quoted && component[i] is '*' or '?' or '[') result.Append('[').Append(component[i]).Append(']');
            else result.Append(component[i]);
        }

        return result.ToString();
    }
}
