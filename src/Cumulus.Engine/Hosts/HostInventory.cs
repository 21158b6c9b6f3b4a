using System.Globalization;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Hosts;

/// <summary>What a host has, from its own documents: nothing is fetched, locked or changed.</summary>
public sealed class HostInventory
{
    private readonly HostBundleState _state;
    private readonly Dictionary<string, string> _owners;

    private HostInventory(HostPaths paths, InstalledState installed, HostBundleState state)
    {
        Paths = paths;
        Installed = installed;
        _state = state;
        _owners = new Dictionary<string, string>(paths.Comparer);
        foreach (InstalledRecord record in installed.Bundles)
        {
            foreach (BundleEntry entry in record.Entries.Where(e => e.Type != BundleEntryType.Folder)) _owners[ArchiveName.Join(record.Path, entry.Name)] = record.Name;
        }
    }

    public HostPaths Paths { get; }

    public InstalledState Installed { get; }

    /// <summary>What has to be known before the rest is believed, as a sentence; null when all is well.</summary>
    public string? Caution => _state switch
    {
        HostBundleState.InProgress => $"An install is running on {Paths.WorkingFolder}: what is there changes.",
        HostBundleState.Unconfirmed when Installed.Unconfirmed is { } waiting =>
            string.Create(CultureInfo.InvariantCulture, $"What is installed on {Paths.WorkingFolder} waits to be confirmed until {waiting.Until:u}. Confirm-InstalledBundle makes it stay."),
        HostBundleState.Interrupted => $"An install on {Paths.WorkingFolder} was interrupted: files may be of either version. The next install undoes it first.",
        _ => null,
    };

    /// <exception cref="CumulusException">As <see cref="InstalledState.ReadAsync"/> and <see cref="InstallJournal.Read"/>.</exception>
    public static async Task<HostInventory> ReadAsync(string? rootPath, CancellationToken cancellationToken)
    {
        HostPaths paths = HostPaths.For(rootPath, OperatingSystem.IsWindows());
        InstalledState installed = await InstalledState.ReadAsync(paths, cancellationToken);
        HostBundleState state = InstallLock.IsHeld(paths) ? HostBundleState.InProgress
            : InstallJournal.Read(paths) is { Plan: not null } journal && journal.Transaction != installed.Transaction ? HostBundleState.Interrupted
            : installed.Unconfirmed is not null ? HostBundleState.Unconfirmed
            : HostBundleState.Committed;
        return new HostInventory(paths, installed, state);
    }

    internal static HostInventory Of(HostPaths paths, InstalledState installed) => new(paths, installed, HostBundleState.Committed);

    /// <param name="names">Names or patterns; none: all bundles.</param>
    /// <returns>In the order of their installing, each once.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotInstalled"/>: a name without wildcards that is not there.</exception>
    public IReadOnlyList<InstalledRecord> Find(IReadOnlyList<string> names)
    {
        string[] absent = [.. names.Where(n => !NamePattern.HasWildcard(n) && !Installed.Bundles.Any(b => NamePattern.Matches(n, b.Name)))];
        if (absent.Length == 0) return [.. Installed.Bundles.Where(b => names.Count == 0 || names.Any(n => NamePattern.Matches(n, b.Name)))];
        string all = string.Join(", ", Installed.Bundles.Select(b => b.Name));
        throw new CumulusException(ErrorIds.BundleNotInstalled, FailureKind.NotFound, $"{Paths.WorkingFolder} has no bundle {string.Join(", ", absent.Select(n => $"'{n}'"))}; {(all.Length == 0 ? "nothing is installed there" : $"it has {all}")}.")
        {
            Target = string.Join(", ", absent),
            Advice = "Get-InstalledBundle lists what is installed; -RootPath names another root.",
        };
    }

    /// <param name="warn">Gets what could not be read, as a sentence.</param>
    public async Task<IReadOnlyList<HostBundle>> DescribeAsync(IReadOnlyList<InstalledRecord> records, Action<string> warn, CancellationToken cancellationToken)
    {
        IReadOnlyList<InstalledState> kept = records.Count == 0 ? [] : await KeptAsync(warn, cancellationToken);
        return [.. records.Select(r => Describe(r, kept))];
    }

    private HostBundle Describe(InstalledRecord record, IReadOnlyList<InstalledState> kept) => new()
    {
        Name = record.Name,
        Version = record.Version,
        Environment = record.Environment,
        State = _state,
        Installed = record.Installed,
        Files = record.Entries.Count(e => e.Type != BundleEntryType.Folder),
        Size = record.Entries.Sum(e => e.Size),
        Path = Paths.Full(record.Path),
        Digest = record.Digest,
        SignedBy = record.SignedBy,
        PreviousVersions = [.. kept.SelectMany(k => k.Bundles).Where(b => b.Name == record.Name).Select(b => b.Version).Distinct()],
        RootPath = Paths.WorkingFolder,
    };

    public IEnumerable<InstalledFile> Files(InstalledRecord record) => record.Entries.Select(entry => new InstalledFile
    {
        Bundle = record.Name,
        Version = record.Version,
        Path = Paths.Full(ArchiveName.Join(record.Path, entry.Name)),
        Type = entry.Type,
        Mode = EntryMode.Octal(entry.Mode),
        Size = entry.Size,
        Sha256 = entry.Sha256,
        LinkTarget = entry.LinkTarget,
        IsHidden = entry.Type != BundleEntryType.Folder && OwnerOf(ArchiveName.Join(record.Path, entry.Name)) != record.Name,
    });

    /// <summary>Full paths of files that bundles which go have hidden from others, and that are not on this host.</summary>
    internal IEnumerable<string> Unhidden(IReadOnlyList<InstalledRecord> going, IReadOnlyList<InstalledRecord> staying)
    {
        var hidden = going.SelectMany(g => g.Entries.Where(e => e.Type != BundleEntryType.Folder).Select(e => (Path: ArchiveName.Join(g.Path, e.Name), Bundle: g.Name, Entry: e)))
            .Where(e => OwnerOf(e.Path) == e.Bundle).ToDictionary(e => e.Path, e => e.Entry, Paths.Comparer);
        return staying.SelectMany(s => s.Entries.Select(e => (Path: ArchiveName.Join(s.Path, e.Name), Entry: e)))
            .Where(e => hidden.TryGetValue(e.Path, out BundleEntry? other) && (other.Sha256, other.LinkTarget) != (e.Entry.Sha256, e.Entry.LinkTarget))
            .Select(e => Paths.Full(e.Path)).Distinct();
    }

    private async Task<IReadOnlyList<InstalledState>> KeptAsync(Action<string> warn, CancellationToken cancellationToken)
    {
        KeptVersions versions = KeptVersions.Of(Paths, Installed);
        var kept = new List<InstalledState>();
        foreach (int sequence in versions.Sequences.Where(s => s < Installed.Sequence))
        {
            try
            {
                kept.Add(await versions.ReadAsync(sequence, cancellationToken));
            }
            catch (CumulusException e)
            {
                warn(e.Message);
            }
        }

        return kept;
    }

    /// <summary>The bundle whose file or link lies there: of several the one that was installed last; null: of none.</summary>
    internal string? OwnerOf(string hostPath) => _owners.GetValueOrDefault(hostPath);
}
