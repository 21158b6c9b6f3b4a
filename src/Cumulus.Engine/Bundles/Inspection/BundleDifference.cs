namespace Cumulus.Engine.Bundles;

/// <summary>How one entry came from one version of a bundle to the next.</summary>
public enum DifferenceKind
{
    Added,
    Removed,

    /// <summary>Other bytes, another mode, another target, or a file where a folder was.</summary>
    Changed,

    /// <summary>A file with the same bytes under another name.</summary>
    Renamed,

    Equal,
}

/// <summary>One entry in two versions of a bundle. What belongs to one side alone is null on the other.</summary>
public sealed record BundleDifference
{
    /// <summary>Name of the bundle.</summary>
    public required string Bundle { get; init; }

    public required DifferenceKind Kind { get; init; }

    /// <summary><c>+</c> added, <c>-</c> removed, <c>~</c> changed, <c>></c> renamed, <c>=</c> equal.</summary>
    public string Sign => Kind switch
    {
        DifferenceKind.Added => "+",
        DifferenceKind.Removed => "-",
        DifferenceKind.Changed => "~",
        DifferenceKind.Renamed => ">",
        _ => "=",
    };

    /// <summary>Name of the entry; of a renamed one the new name.</summary>
    public string Name => (New ?? Old)!.Name;

    /// <summary>The name before, of a renamed entry.</summary>
    public string? OldName => Kind == DifferenceKind.Renamed ? Old!.Name : null;

    public BundleEntryType? OldType => Old?.Type;

    public BundleEntryType? NewType => New?.Type;

    /// <summary>Bytes of a file; null for folders and links.</summary>
    public long? OldSize => SizeOf(Old);

    public long? NewSize => SizeOf(New);

    /// <summary>Four octal digits.</summary>
    public string? OldMode => ModeOf(Old);

    public string? NewMode => ModeOf(New);

    /// <summary>SHA-256 of a file's content, 64 hexadecimal digits.</summary>
    public string? OldSha256 => Old?.Sha256;

    public string? NewSha256 => New?.Sha256;

    /// <summary>Where a link points.</summary>
    public string? OldLinkTarget => Old?.LinkTarget;

    public string? NewLinkTarget => New?.LinkTarget;

    /// <summary>
    /// What differs, with comma and blank between: <c>content</c>, <c>mode 0644 -> 0755</c>, <c>link a -> b</c>, <c>file -> folder</c>,
    /// <c>was NAME</c>. Empty for what is added, removed or equal.
    /// </summary>
    public string Change => Old is null || New is null ? "" : string.Join(", ", Changes(Old, New));

    /// <summary>Version of the older bundle; null when it tells none.</summary>
    public string? OldVersion { get; init; }

    public string? NewVersion { get; init; }

    /// <summary>The entry as the older manifest lists it.</summary>
    internal BundleEntry? Old { get; init; }

    internal BundleEntry? New { get; init; }

    private static long? SizeOf(BundleEntry? entry) => entry is { Type: BundleEntryType.File } ? entry.Size : null;

    private static string? ModeOf(BundleEntry? entry) => entry is null ? null : EntryMode.Octal(entry.Mode);

    private static IEnumerable<string> Changes(BundleEntry old, BundleEntry now)
    {
        if (old.Name != now.Name) yield return $"was {old.Name}";
        if (old.Type != now.Type)
        {
            yield return $"{Word(old.Type)} -> {Word(now.Type)}";
            yield break;
        }

        if (old.Sha256 != now.Sha256 || old.Size != now.Size) yield return "content";
        if (old.LinkTarget != now.LinkTarget) yield return $"link {old.LinkTarget} -> {now.LinkTarget}";
        if (old.Mode != now.Mode) yield return $"mode {EntryMode.Octal(old.Mode)} -> {EntryMode.Octal(now.Mode)}";
    }

    private static string Word(BundleEntryType type) => type.ToString().ToLowerInvariant();
}
