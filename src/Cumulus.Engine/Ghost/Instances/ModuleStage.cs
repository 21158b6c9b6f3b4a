using Cumulus.Engine.Bundles;
using Cumulus.Engine.Ghost.Modules;
using Cumulus.Engine.Hosts;

namespace Cumulus.Engine.Ghost.Instances;

/// <summary>Unfolds a package into a release that nothing leads to yet.</summary>
internal static class ModuleStage
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <returns>What the package says of its module.</returns>
    /// <exception cref="CumulusException">As <see cref="BundleFetcher.WriteAsync"/>; <see cref="ErrorIds.BundleInvalid"/>.</exception>
    public static async Task<ModuleInfo> UnfoldAsync(ModuleHome home, string folder, BundleOffer offer, BundleFetcher content, CancellationToken cancellationToken)
    {
        string root = home.Release(folder);
        foreach (string above in new[] { Path.GetDirectoryName(Path.GetDirectoryName(root))!, Path.GetDirectoryName(root)!, root })
        {
            if (!Directory.Exists(above)) HostDisk.MakeFolder(above, FolderMode);
        }

        foreach (BundleEntry entry in offer.Entries)
        {
            string path = Path.Join(root, entry.Name);
            Directory.CreateDirectory(entry.Type == BundleEntryType.Folder ? path : Path.GetDirectoryName(path)!);
        }

        var files = offer.Entries.Where(e => e.Type == BundleEntryType.File).ToDictionary(e => e.Name, e => Path.Join(root, e.Name));
        await content.WriteAsync(offer, files, cancellationToken);
        foreach (BundleEntry link in offer.Entries.Where(e => e.Type == BundleEntryType.Link)) UnpackedItem.MakeLink(Path.Join(root, link.Name), link.LinkTarget!);
        ModuleInfo info = await ModuleInfo.ReadAsync(root, cancellationToken);
        Own(root, offer, info);

        // Last, and the deepest first: a folder may be one that its owner cannot write into.
        foreach (BundleEntry inner in offer.Entries.Where(e => e.Type == BundleEntryType.Folder).OrderByDescending(e => e.Name, ArchiveName.Order)) HostDisk.SetMode(Path.Join(root, inner.Name), inner.Mode);
        HostSync.Sync(home.Paths, [$"{home.ReleasesPath}/{folder}"], offer.Entries.Where(e => e.Type == BundleEntryType.File).Select(e => $"{home.ReleasesPath}/{folder}/{e.Name}"));
        return info;
    }

    // The scripts stay with whoever installs: they run as that user.
    private static void Own(string root, BundleOffer offer, ModuleInfo info)
    {
        if (info.Uid is null && info.Gid is null) return;
        HostDisk.SetOwner(root, info.Uid, info.Gid);
        IEnumerable<string> folders = offer.Entries.SelectMany(e => ArchiveName.Parents(e.Name)).Distinct();
        foreach (string name in folders.Union(offer.Entries.Select(e => e.Name)))
        {
            if (name != ModuleInfo.Folder && !name.StartsWith(ModuleInfo.Folder + "/", StringComparison.Ordinal)) HostDisk.SetOwner(Path.Join(root, name), info.Uid, info.Gid);
        }
    }
}
