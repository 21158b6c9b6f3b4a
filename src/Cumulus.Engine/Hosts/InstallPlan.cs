namespace Cumulus.Engine.Hosts;

/// <summary>What an install would do, for a preview.</summary>
public sealed record InstallPlan
{
    public required IReadOnlyList<PlannedBundle> Bundles { get; init; }

    /// <summary>Sorted by path. Empty: the host has all this, and no script would run.</summary>
    public required IReadOnlyList<FileChange> Changes { get; init; }

    /// <summary>Scripts that are there now and would run before files change, in their order.</summary>
    public required IReadOnlyList<PlannedScript> StopScripts { get; init; }

    /// <summary>Scripts that are there then and would run afterwards, in their order.</summary>
    public required IReadOnlyList<PlannedScript> StartScripts { get; init; }
}

/// <param name="From">Version that is installed; null when none is.</param>
/// <param name="Path">Full path under which its files would lie.</param>
/// <param name="Changed">Files added, replaced, removed or given back.</param>
public sealed record PlannedBundle(string Name, string Version, string? From, string Digest, string Path, int Files, int Changed);

/// <param name="Path">Full path.</param>
/// <param name="Bundle">Whose file it is or was; null when it is nobody's any more.</param>
public sealed record FileChange(FileChangeKind Kind, string Path, string? Bundle);

/// <summary>An init script that would run.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Bundle">The bundle that brought it; null when none did.</param>
public sealed record PlannedScript(ScriptPhase Kind, string Name, string Path, string? Bundle);

public enum FileChangeKind
{
    Add,
    Replace,
    Remove,

    /// <summary>The file that was there before Cumulus comes back.</summary>
    Restore,
}
