namespace Cumulus.Engine.Hosts;

/// <summary>When a script runs.</summary>
public enum ScriptPhase
{
    /// <summary>Before files change.</summary>
    Stop,

    /// <summary>After.</summary>
    Start,
}

/// <summary>A file in the folder of init scripts.</summary>
/// <param name="Executable">The owner may run it; always true on Windows.</param>
public sealed record InitScript(string Name, bool Executable);

/// <summary>A file that is no script, and why it was passed over.</summary>
public sealed record SkippedScript(string Name, string Reason);

/// <summary>Which scripts run and in which order: <c>K*</c> before, <c>S*</c> after, all others at both times, each by the bytes of their names (section 11.4 of the old behaviour).</summary>
public static class InitScriptOrder
{
    private static readonly string[] BackupEndings = ["~", ".bak", ".orig", ".swp", ".rpmsave", ".rpmnew", ".dpkg-old", ".dpkg-dist"];
    private static readonly string[] WindowsEndings = [".ps1", ".cmd", ".bat", ".exe"];

    public static (IReadOnlyList<InitScript> Scripts, IReadOnlyList<SkippedScript> Skipped) For(ScriptPhase phase, IEnumerable<InitScript> files, bool windows)
    {
        char first = phase == ScriptPhase.Stop ? 'K' : 'S';
        char other = phase == ScriptPhase.Stop ? 'S' : 'K';
        var skipped = new List<SkippedScript>();
        var scripts = new List<InitScript>();
        foreach (InitScript file in files.Where(f => f.Name[0] != other).OrderBy(f => f.Name, Bundles.ArchiveName.Order))
        {
            if (WhyNot(file, windows) is { } reason) skipped.Add(new SkippedScript(file.Name, reason));
            else scripts.Add(file);
        }

        return ([.. scripts.Where(s => s.Name[0] == first), .. scripts.Where(s => s.Name[0] != first)], skipped);
    }

    private static string? WhyNot(InitScript file, bool windows)
    {
        if (file.Name.StartsWith('.')) return "its name starts with a dot";
        if (BackupEndings.Any(e => file.Name.EndsWith(e, StringComparison.OrdinalIgnoreCase))) return "it looks like a backup copy";
        string extension = Path.GetExtension(file.Name);
        if (windows) return WindowsEndings.Contains(extension, StringComparer.OrdinalIgnoreCase) ? null : "Windows cannot run it: it is none of .ps1, .cmd, .bat, .exe";
        return file.Executable || extension == ".ps1" ? null : "it is not executable";
    }
}
