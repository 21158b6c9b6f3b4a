namespace Cumulus.Engine.Hosts;

/// <summary>How a file on the host differs from the bundle that was installed.</summary>
public enum DriftKind
{
    /// <summary>Other bytes, another mode, another target, or another kind.</summary>
    Changed,

    Missing,

    /// <summary>Nobody installed it, and it lies in a folder that Cumulus made.</summary>
    Extra,

    /// <summary>It is there and could not be read.</summary>
    Unreadable,
}

/// <summary>One file, link or folder that is not as it was installed.</summary>
/// <param name="Bundle">Name of the bundle.</param>
/// <param name="Path">Full path.</param>
/// <param name="Change">
/// What differs, with comma and blank between: <c>content</c>, <c>mode 0644 -> 0600</c>, <c>link a -> b</c>, <c>file -> folder</c>; why it
/// could not be read; empty for what is missing or extra.
/// </param>
public sealed record InstalledDifference(string Bundle, DriftKind Kind, string Path, string Change);

/// <summary>What a look at an installed bundle found.</summary>
public sealed record InstalledBundleTest
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public string? Environment { get; init; }

    /// <summary>Everything is as it was installed.</summary>
    public bool IsValid => Differences.Count == 0;

    /// <summary>Number of files and links that were compared.</summary>
    public required int Files { get; init; }

    public int Changed => Count(DriftKind.Changed);

    public int Missing => Count(DriftKind.Missing);

    public int Extra => Count(DriftKind.Extra);

    public int Unreadable => Count(DriftKind.Unreadable);

    /// <summary>Full path under which its files lie.</summary>
    public required string Path { get; init; }

    /// <summary>Sorted by path.</summary>
    public required IReadOnlyList<InstalledDifference> Differences { get; init; }

    private int Count(DriftKind kind) => Differences.Count(d => d.Kind == kind);
}
