using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// A tar.gz or tar.bz2, read from its start to its end. Unless a manifest vouches for it, opening it reads it through once, so that
/// all of it has passed the rules before anything is written; reading compares it with that again.
/// </summary>
internal sealed class SafeTar : SafeArchive
{
    private readonly BundleFormat _format;
    private bool _isHashed;

    private SafeTar(SafeFileHandle file, BundleFormat format, ArchiveRefusal refuse, ReadingOptions options)
        : base(file, refuse, options)
    {
        _format = format;
    }

    public override BundleFormat Format => _format;

    /// <exception cref="CumulusException">As <see cref="SafeArchive.OpenAsync(string, ReadingOptions, CancellationToken)"/>.</exception>
    public static SafeTar Open(SafeFileHandle file, BundleFormat format, ArchiveRefusal refuse, ReadingOptions options, CancellationToken cancellationToken)
    {
        var tar = new SafeTar(file, format, refuse, options);
        if (options.Expected is not null) return tar;
        var entries = new List<ArchiveEntry>();
        tar.Notes = tar.Pass((entry, content) => entries.Add(content is null ? entry : entry with { Sha256 = content.Finish() }), cancellationToken);
        tar.Entries = entries;
        tar._isHashed = true;
        return tar;
    }

    public override Task ReadAsync(Func<ArchiveEntry, bool>? selection, Action<ArchiveEntry, EntryContent> take, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            Dictionary<string, ArchiveEntry> known = Entries.ToDictionary(e => e.Name);
            Pass(
                (entry, content) =>
                {
                    if (!known.Remove(entry.Name, out ArchiveEntry? expected) || !expected.Agrees(entry)) throw Refuse.Mismatch($"does not hold what it should: '{entry.Name}' is another");
                    if (content is null) return;
                    content.Expect(expected);
                    if (selection is null || selection(expected)) take(expected, content);
                    content.Finish();
                },
                cancellationToken);
            if (known.Count > 0) throw Refuse.Mismatch($"does not hold what it should: '{known.Keys.First()}' is missing");
        },
        cancellationToken);

    public override async Task<IReadOnlyList<BundleEntry>> ReadContentAsync(CancellationToken cancellationToken)
    {
        if (!_isHashed) return await base.ReadContentAsync(cancellationToken);
        Dictionary<string, string?> digests = Entries.ToDictionary(e => e.Name, e => e.Sha256);
        return Describe(digests.GetValueOrDefault);
    }

    private protected override void Expect(IReadOnlyList<BundleEntry> expected) => Entries = [.. expected.Select(ArchiveEntry.Of)];

    /// <param name="take">Gets each entry that passed the rules, and the content of a file.</param>
    /// <returns>What was put right.</returns>
    private IReadOnlyList<string> Pass(Action<ArchiveEntry, EntryContent?> take, CancellationToken cancellationToken)
    {
        var guard = new EntryGuard(Refuse, Options, RandomAccess.GetLength(File));
        try
        {
            using var content = new EntryContent(Refuse, cancellationToken);
            Stream unfolded = _format == BundleFormat.TarGz ? new GzipContent(File) : new Bzip2Content(File);
            using var tar = new TarEntries(new BufferedStream(unfolded, 1 << 17), Refuse, guard);
            while (tar.Next() is { } header)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Admit(header, guard) is not { } entry) continue;
                if (entry.Type == BundleEntryType.File) content.Begin(entry, tar.Data);
                take(entry, entry.Type == BundleEntryType.File ? content : null);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Refuse.Invalid($"is not a whole {_format.Ending()[1..]} archive. {e.Message.TrimEnd('.')}", e);
        }

        return guard.Notes;
    }

    /// <returns>Null for the root itself, which <c>tar -C folder .</c> puts in front.</returns>
    private ArchiveEntry? Admit(TarHeader header, EntryGuard guard)
    {
        string name = header.Name;
        while (name.StartsWith("./", StringComparison.Ordinal)) name = name[2..];
        bool slash = name.EndsWith('/');
        if (header.Type == '5' && name is "" or ".") return null;
        name = slash ? name[..^1] : name;
        BundleEntryType type = header.Type switch
        {
            '0' when slash && header.Size == 0 => BundleEntryType.Folder,
            '0' => BundleEntryType.File,
            '2' => BundleEntryType.Link,
            '5' => BundleEntryType.Folder,
            _ => throw Refuse.Unsafe(name, header.Type == '1'
                ? $"is a hard link to '{ArchiveRefusal.Shown(header.LinkName)}': make the archive with copies in place of hard links (GNU tar: --hard-dereference)"
                : $"is {header.Kind}, neither file, folder nor link"),
        };
        if (type != BundleEntryType.Folder && slash) throw Refuse.Unsafe(name, "is named as a folder and is none");
        string? target = type == BundleEntryType.Link ? header.LinkName : null;
        if (target?.Length > EntryGuard.LongestLinkTarget) throw Refuse.Unsafe(name, "is a link with a target that is too long");
        return guard.Admit(name, type, header.Mode, type == BundleEntryType.File ? header.Size : 0, target);
    }
}
