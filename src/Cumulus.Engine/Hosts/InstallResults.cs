using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>Tells what an install does, or did, to each bundle.</summary>
internal static class InstallResults
{
    public static PlannedBundle Plan(BundleOffer offer, InstalledState state, HostChanges changes, HostPaths paths) => new(
        offer.Name,
        offer.Version,
        state.Bundles.FirstOrDefault(b => b.Name == offer.Name)?.Version,
        offer.Digest,
        paths.Full(offer.Path),
        FilesIn(offer.Entries),
        changes.Files().Count(f => f.Bundle == offer.Name));

    public static InstalledBundle Of(PlannedBundle plan, BundleOffer offer, InstalledState state, HostPaths paths, bool forced, TimeSpan took) => new()
    {
        Name = plan.Name,
        Version = plan.Version,
        From = plan.From,
        State = !forced && plan.Changed == 0 && state.Bundles.Any(b => b.Name == offer.Name && b.Digest == offer.Digest) ? InstallState.Unchanged : InstallState.Committed,
        Files = plan.Files,
        Changed = plan.Changed,
        Took = took,
        Path = plan.Path,
        RootPath = paths.WorkingFolder,
        Digest = plan.Digest,
    };

    /// <summary>A bundle that stayed as it was.</summary>
    public static InstalledBundle Of(InstalledRecord record, HostPaths paths, TimeSpan took) => new()
    {
        Name = record.Name,
        Version = record.Version,
        From = record.Version,
        State = InstallState.Unchanged,
        Files = FilesIn(record.Entries),
        Changed = 0,
        Took = took,
        Path = paths.Full(record.Path),
        RootPath = paths.WorkingFolder,
        Digest = record.Digest,
    };

    /// <summary>A bundle that went.</summary>
    public static UninstalledBundle Of(InstalledRecord record, HostChanges changes, HostPaths paths, TimeSpan took) => new()
    {
        Name = record.Name,
        Version = record.Version,
        Files = FilesIn(record.Entries),
        Restored = changes.Restores.Count(r => r.Bundle == record.Name),
        Took = took,
        Path = paths.Full(record.Path),
    };

    private static int FilesIn(IReadOnlyList<BundleEntry> entries) => entries.Count(e => e.Type != BundleEntryType.Folder);
}
