using System.Buffers;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// The rules for names inside archives: pure, and the same on every machine; whether Windows' further rules count is the
/// caller's word (D-22).
/// </summary>
public static class ArchiveName
{
    private static readonly HashSet<string> ReservedOnWindows = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
    };

    private static readonly SearchValues<char> NotOnWindows = SearchValues.Create("<>\"|?*");

    /// <summary>Order of names in archives, manifests and digests: by their UTF-8 bytes, the same in every language.</summary>
    public static IComparer<string> Order { get; } = Comparer<string>.Create(CompareUtf8);

    /// <summary>Why the name must not be written to a disk, as the rest of a sentence ("the name …"); null when it may.</summary>
    /// <param name="name">Without the trailing <c>/</c> that zip gives to folders.</param>
    /// <param name="forWindows">Streams, device names, trailing dots and the like count too.</param>
    public static string? Problem(string name, bool forWindows)
    {
        if (name.Length == 0) return "is empty";
        if (name.AsSpan().IndexOfAnyInRange('\0', '\u001F') >= 0 || name.AsSpan().IndexOfAnyInRange('\u007F', '\u009F') >= 0)
            return name.Contains('\0') ? "holds a NUL character" : "holds a control character";
        if (name.Contains('\uFFFD')) return "is not valid UTF-8";
        if (name.Contains('\\')) return "holds a backslash";
        if (name[0] == '/') return "is absolute";
        if (HasDrive(name)) return "has a drive letter";
        ReadOnlySpan<char> rest = name;
        while (true)
        {
            int slash = rest.IndexOf('/');
            if (ComponentProblem(slash < 0 ? rest : rest[..slash], forWindows) is { } problem) return problem;
            if (slash < 0) return null;
            rest = rest[(slash + 1)..];
        }
    }

    /// <summary>
    /// Why a link must not be made; null when it may. A target is relative, and <c>..</c> stands only at its start: then no
    /// chain of links, each of which keeps the rule, can lead out of the bundle.
    /// </summary>
    public static string? LinkProblem(string name, string target, bool forWindows)
    {
        if (target.Length == 0) return "points nowhere";
        if (target.Any(char.IsControl)) return "points to a name with a control character";
        if (target.Contains('\uFFFD')) return "points to a name that is not valid UTF-8";
        if (target.Contains('\\')) return "points to a name with a backslash";
        if (target[0] == '/' || HasDrive(target)) return $"points to the absolute path '{target}'";
        if (forWindows && target.Contains(':')) return $"points to '{target}', a stream on Windows";
        string[] parts = target.TrimEnd('/').Split('/');
        int up = parts.TakeWhile(p => p == "..").Count();
        if (parts.Skip(up).Contains("..")) return $"points to '{target}', which goes up after it went down";
        return up > name.Count(c => c == '/') ? $"points out of the bundle, to '{target}'" : null;
    }

    /// <summary>The folders above a name, the nearest last: <c>a</c>, <c>a/b</c> of <c>a/b/c</c>.</summary>
    public static IEnumerable<string> Parents(string name)
    {
        for (int slash = name.IndexOf('/'); slash >= 0; slash = name.IndexOf('/', slash + 1))
        {
            yield return name[..slash];
        }
    }

    /// <summary>The folder that a name lies in; empty at the root.</summary>
    public static ReadOnlySpan<char> Parent(ReadOnlySpan<char> name) => name[..Math.Max(name.LastIndexOf('/'), 0)];

    /// <summary>Both, with a <c>/</c> between unless one is empty.</summary>
    public static string Join(string folder, string name) =>
        folder.Length == 0 ? name : name.Length == 0 ? folder : $"{folder}/{name}";

    private static string? ComponentProblem(ReadOnlySpan<char> part, bool forWindows)
    {
        if (part.Length == 0) return "has an empty part";
        if (part is "..") return "goes up with '..'";
        if (part is ".") return "holds the part '.'";
        if (!forWindows) return null;
        if (part.Contains(':')) return "names an NTFS stream";
        if (part.ContainsAny(NotOnWindows)) return "holds a character that Windows does not allow";
        if (part[^1] is '.' or ' ') return "has a part that ends in a dot or a blank, which Windows drops";
        return ReservedOnWindows.Contains(part.ToString().Split('.')[0].TrimEnd()) ? $"holds '{part}', a device on Windows" : null;
    }

    private static bool HasDrive(string name) =>
        name.Length >= 2 && char.IsAsciiLetter(name[0]) && name[1] == ':' && (name.Length == 2 || name[2] == '/');

    // The order of UTF-8 bytes is that of code points; UTF-16 differs from it only in that surrogates, which stand for the
    // highest code points, are not the highest units.
    private static int CompareUtf8(string a, string b)
    {
        int same = a.AsSpan().CommonPrefixLength(b);
        if (same == a.Length || same == b.Length) return a.Length.CompareTo(b.Length);
        bool high = char.IsSurrogate(a[same]);
        return high == char.IsSurrogate(b[same]) ? a[same].CompareTo(b[same]) : high ? 1 : -1;
    }
}
