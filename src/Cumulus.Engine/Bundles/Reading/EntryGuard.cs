namespace Cumulus.Engine.Bundles;

/// <summary>The rules that every entry has to keep, whatever the format: names, types, links, modes, limits (D-22, D-23).</summary>
/// <param name="archiveSize">Bytes of the archive, for the ratio.</param>
internal sealed class EntryGuard(ArchiveRefusal refuse, ReadingOptions options, long archiveSize)
{
    /// <summary>Longer ones fit no system's path.</summary>
    public const int LongestLinkTarget = 4096;

    private const int SetUser = 0x800;
    private const int SetGroup = 0x400;
    private const int SpecialBits = 0xE00;

    private readonly NameTable _names = new(options.ForWindows);
    private readonly List<string> _notes = [];
    private long _total;
    private int _entries;

    /// <summary>What was put right in reading, such as a sticky bit that was taken away.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Refuses before an archive's claim of many entries costs anything.</summary>
    public void CheckCount(ulong entries)
    {
        if (entries > (ulong)options.Limits.Entries) throw refuse.Unsafe($"holds {entries} entries, more than the limit of {options.Limits.Entries}");
    }

    /// <summary>Refuses what unfolds too far; tars count what is between their files too.</summary>
    /// <param name="total">Bytes that the archive unfolds to, as far as known.</param>
    public void CheckTotal(long total)
    {
        ArchiveLimits limits = options.Limits;
        if (total > limits.RatioFloor && total > archiveSize * limits.Ratio)
        {
            throw refuse.Unsafe($"unfolds from {archiveSize} to at least {total} bytes, more than {limits.Ratio:0} times");
        }
    }

    /// <param name="name">Without trailing <c>/</c>.</param>
    /// <param name="mode">All twelve bits; null when the archive tells none.</param>
    /// <param name="size">Declared bytes of a file; 0 else.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleUnsafe"/></exception>
    public ArchiveEntry Admit(string name, BundleEntryType type, int? mode, long size, string? linkTarget)
    {
        if (ArchiveName.Problem(name, options.ForWindows) is { } problem) throw refuse.Unsafe(name, problem);
        if (size < 0 || size > options.Limits.TotalBytes - _total) throw refuse.Unsafe($"unfolds to more than the limit of {options.Limits.TotalBytes} bytes");
        _total += size;
        CheckTotal(_total);
        CheckCount((ulong)++_entries);
        if (linkTarget is not null && ArchiveName.LinkProblem(name, linkTarget, options.ForWindows) is { } escape) throw refuse.Unsafe(name, escape);
        if (_names.Add(name, type) is { } other)
        {
            throw refuse.Unsafe(name, other == name ? "is there twice" : $"meets '{ArchiveRefusal.Shown(other)}': one would overwrite the other, or lie in it as in a folder");
        }

        return new ArchiveEntry(name, type, Mode(name, type, mode), size, linkTarget);
    }

    private UnixFileMode Mode(string name, BundleEntryType type, int? mode)
    {
        if (type == BundleEntryType.Link) return EntryMode.Link;
        if (mode is not { } bits) return type == BundleEntryType.Folder ? EntryMode.DefaultFolder : EntryMode.DefaultFile;
        if ((bits & SetUser) != 0) throw refuse.Unsafe(name, "has a setuid bit: whoever runs it would be its owner");
        if ((bits & SetGroup) != 0 && type == BundleEntryType.File) throw refuse.Unsafe(name, "has a setgid bit: whoever runs it would be of its group");
        if ((bits & SpecialBits) != 0) _notes.Add($"'{name}' has a {((bits & SetGroup) != 0 ? "setgid" : "sticky")} bit, which is taken away.");
        return EntryMode.WithoutSpecialBits((UnixFileMode)bits);
    }
}
