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
/// <param name="Executable">The owner may run it; always true on Windows. Of a link, what it leads to.</param>
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

/// <summary>Which program runs a script; pure, for both platforms.</summary>
/// <param name="CommandLine">Arguments as one text where the program has quoting rules of its own; else null.</param>
public sealed record ScriptCommand(string Program, IReadOnlyList<string> Arguments, string? CommandLine = null)
{
    /// <param name="path">Full path.</param>
    /// <param name="start">The first bytes of the script, four at least if it has so many.</param>
    /// <param name="hasPwsh">Of Windows: whether PowerShell 7 is on its PATH.</param>
    public static ScriptCommand For(string path, ReadOnlySpan<byte> start, bool windows, bool hasPwsh)
    {
        bool knowsItsInterpreter = start.StartsWith("#!"u8) || start.StartsWith("\u007fELF"u8);
        switch (Path.GetExtension(path).ToUpperInvariant())
        {
            case ".PS1" when windows || !knowsItsInterpreter:
                return new ScriptCommand(windows && !hasPwsh ? "powershell.exe" : "pwsh", ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", path]);
            case ".CMD" or ".BAT" when windows:
                // With /s, cmd takes away the outer quotes and nothing else: a name may hold blanks and '&'.
                return new ScriptCommand("cmd.exe", [], $"/d /s /c \"\"{path}\"\"");
            default:
                // The old handler ran all by a shell, which runs what has no "#!" line itself.
                return windows || knowsItsInterpreter ? new ScriptCommand(path, []) : new ScriptCommand("/bin/sh", [path]);
        }
    }
}
