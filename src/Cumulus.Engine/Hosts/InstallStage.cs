using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>Unfolds what is new beside its future place, and turns changes into the steps of a journal. Nothing that is in use changes.</summary>
internal sealed class InstallStage(HostPaths paths, FileSystems fileSystems, string transaction)
{
    private readonly HashSet<string> _workFolders = [];
    private int _files;

    public IReadOnlyCollection<string> WorkFolders => _workFolders;

    /// <summary>Where the file that was there before Cumulus is kept, for each one that this install replaces.</summary>
    public Dictionary<string, string> NewOriginals { get; } = [];

    /// <exception cref="CumulusException">As <see cref="BundleFetcher.OpenAsync"/>; <see cref="ErrorIds.BundleDigestMismatch"/> when a file is not what the manifest says.</exception>
    public async Task<IReadOnlyList<SwapStep>> PrepareAsync(HostChanges changes, BundleFetcher fetcher, CancellationToken cancellationToken)
    {
        Dictionary<string, string> staged = await UnfoldAsync(changes.Places, fetcher, cancellationToken);
        return
        [
            .. changes.Clear.Select(Removal),
            .. changes.ClearFolders.Select(f => new SwapStep(SwapAction.RemoveFolder, f.Path, OldMode: f.Mode)),
            .. changes.NewFolders.Select(f => new SwapStep(SwapAction.MakeFolder, f.Path, Mode: f.Mode)),
            .. changes.Places.Select(p => new SwapStep(SwapAction.Place, p.Path, staged[p.Path], OldPlace(p))),
            .. changes.Modes.Select(m => new SwapStep(SwapAction.SetMode, m.Path, Mode: m.Mode, OldMode: m.Old)),
            .. changes.Restores.Select(Restore),
            .. changes.Removals.Select(Removal),
            .. changes.OldFolders.Select(f => new SwapStep(SwapAction.RemoveFolder, f.Path, OldMode: f.Mode)),
        ];
    }

    private async Task<Dictionary<string, string>> UnfoldAsync(List<FilePlacement> places, BundleFetcher fetcher, CancellationToken cancellationToken)
    {
        var staged = new Dictionary<string, string>();
        foreach (IGrouping<BundleOffer, FilePlacement> bundle in places.GroupBy(p => p.Bundle))
        {
            var files = new Dictionary<string, string>();
            foreach (FilePlacement place in bundle)
            {
                string hostPath = staged[place.Path] = NewFile(place.Path);
                if (place.Entry.Type == BundleEntryType.Link) UnpackedItem.MakeLink(paths.Full(hostPath), place.Entry.LinkTarget!);
                else files[place.Entry.Name] = paths.Full(hostPath);
            }

            using SafeArchive archive = await fetcher.OpenAsync(bundle.Key, [.. bundle.Select(p => p.Entry)], cancellationToken);
            await archive.ReadAsync(entry => files.ContainsKey(entry.Name), (entry, content) => UnpackedItem.WriteFile(files[entry.Name], entry.Mode, content), cancellationToken);
        }

        return staged;
    }

    private SwapStep Removal(FileRemoval removal) => new(SwapAction.Remove, removal.Path, Old: NewFile(removal.Path));

    private SwapStep Restore(FileRestore restore)
    {
        string copy = NewFile(restore.Path);
        HostDisk.KeepAside(paths.Full(restore.Kept), paths.Full(copy));
        return new SwapStep(SwapAction.Place, restore.Path, copy, restore.Replaces ? NewFile(restore.Path) : null);
    }

    private string? OldPlace(FilePlacement place)
    {
        if (!place.Replaces) return null;
        if (!place.KeepsOriginal) return NewFile(place.Path);
        string folder = $"{fileSystems.StoreFor(place.Path)}/{InstallStore.Originals}";
        HostDisk.MakePrivateFolder(paths.Full(folder));
        return NewOriginals[place.Path] = $"{folder}/{transaction}-{_files++}";
    }

    private string NewFile(string near)
    {
        string folder = $"{fileSystems.StoreFor(near)}/{InstallStore.Work}/{transaction}";
        if (_workFolders.Add(folder)) HostDisk.MakePrivateFolder(paths.Full(folder));
        return $"{folder}/{_files++}";
    }
}
