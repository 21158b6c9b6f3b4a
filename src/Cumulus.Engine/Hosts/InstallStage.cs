using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>Unfolds what is new beside its future place, and turns changes into the steps of a journal. Nothing that is in use changes.</summary>
internal sealed class InstallStage(HostPaths paths, FileSystems fileSystems, string transaction, InstallJournal journal)
{
    private const int FilesInFolder = 4096;
    private readonly HashSet<string> _folders = [];
    private int _files;

    /// <summary>Where the file that was there before Cumulus is kept, for each one that this install replaces.</summary>
    public Dictionary<string, string> NewOriginals { get; } = [];

    /// <exception cref="CumulusException">As <see cref="IBundleContent.WriteAsync"/>.</exception>
    public async Task<IReadOnlyList<SwapStep>> PrepareAsync(HostChanges changes, IBundleContent content, CancellationToken cancellationToken)
    {
        Dictionary<string, string> staged = await UnfoldAsync(changes.Places, content, cancellationToken);
        return
        [
            .. changes.Clear.Select(Removal),
            .. changes.ClearFolders.Select(f => new SwapStep(SwapAction.RemoveFolder, f.Path, OldMode: f.Mode)),
            .. changes.NewFolders.Select(f => new SwapStep(SwapAction.MakeFolder, f.Path, Mode: f.Mode)),
            .. changes.Places.Select(p => Placing(p.Path, staged[p.Path], p.Old)),
            .. changes.Modes.Select(m => new SwapStep(SwapAction.SetMode, m.Path, Mode: m.Mode, OldMode: m.Old)),
            .. changes.Restores.Select(Restore),
            .. changes.Removals.Select(Removal),
            .. changes.OldFolders.Select(f => new SwapStep(SwapAction.RemoveFolder, f.Path, OldMode: f.Mode)),
        ];
    }

    private async Task<Dictionary<string, string>> UnfoldAsync(List<FilePlacement> places, IBundleContent content, CancellationToken cancellationToken)
    {
        var staged = new Dictionary<string, string>(places.Count);
        foreach (IGrouping<BundleOffer, FilePlacement> bundle in places.GroupBy(p => p.Bundle))
        {
            var files = new Dictionary<string, string>();
            foreach (FilePlacement place in bundle)
            {
                string hostPath = staged[place.Path] = NewFile(place.Path);
                if (place.Entry.Type == BundleEntryType.Link) UnpackedItem.MakeLink(paths.Full(hostPath), place.Entry.LinkTarget!);
                else files[place.Entry.Name] = paths.Full(hostPath);
            }

            await content.WriteAsync(bundle.Key, files, cancellationToken);
        }

        return staged;
    }

    private SwapStep Removal(FileRemoval removal) =>
        new(SwapAction.Remove, removal.Path, Old: NewFile(removal.Path), Sha256: removal.Old.Sha256, ByHand: removal.Old.ByHand ? true : null);

    private SwapStep Restore(FileRestore restore)
    {
        string copy = NewFile(restore.Path);
        HostDisk.KeepAside(paths.Full(restore.Kept), paths.Full(copy));
        return Placing(restore.Path, copy, restore.Old);
    }

    private SwapStep Placing(string path, string staged, OldFile? old)
    {
        if (old is null) return new SwapStep(SwapAction.Place, path, staged);
        if (old != OldFile.BeforeCumulus) return new SwapStep(SwapAction.Place, path, staged, NewFile(path), Sha256: old.Sha256, ByHand: old.ByHand ? true : null);
        string folder = $"{fileSystems.StoreFor(path)}/{InstallStore.Originals}";
        HostDisk.MakePrivateFolder(paths.Full(folder));
        return new SwapStep(SwapAction.Place, path, staged, NewOriginals[path] = $"{folder}/{transaction}-{_files++}");
    }

    private string NewFile(string near)
    {
        string folder = $"{fileSystems.StoreFor(near)}/{InstallStore.Work}/{transaction}";
        int number = _files++;
        string part = $"{folder}/{number / FilesInFolder}";
        if (_folders.Add(folder)) journal.Add(folder);
        if (_folders.Add(part)) HostDisk.MakePrivateFolder(paths.Full(part));
        return $"{part}/{number}";
    }
}
