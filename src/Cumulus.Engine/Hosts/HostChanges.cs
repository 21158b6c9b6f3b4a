using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>All that has to happen to a host's files, in the order of the properties. Paths are host paths.</summary>
internal sealed record HostChanges
{
    /// <summary>Files in the way: where a folder has to be, or below what becomes a file.</summary>
    public List<FileRemoval> Clear { get; } = [];

    /// <summary>Folders in the way, the deepest first.</summary>
    public List<FolderRemoval> ClearFolders { get; } = [];

    /// <summary>Parents first.</summary>
    public List<(string Path, UnixFileMode Mode)> NewFolders { get; } = [];

    public List<FilePlacement> Places { get; } = [];

    public List<(string Path, UnixFileMode Mode, UnixFileMode Old)> Modes { get; } = [];

    public List<FileRestore> Restores { get; } = [];

    public List<FileRemoval> Removals { get; } = [];

    /// <summary>Only those that are empty then, the deepest first.</summary>
    public List<FolderRemoval> OldFolders { get; } = [];

    /// <summary>Files of older versions that stay.</summary>
    public List<BundleEntry> Leftovers { get; } = [];

    /// <summary>Stamps of files that are right and stay.</summary>
    public Dictionary<string, FileStamp> Proven { get; } = [];

    /// <summary>Some of these files had to be read to know that they are right.</summary>
    public bool HasRead { get; set; }

    /// <summary>What deserves a verbose line.</summary>
    public List<string> Notes { get; } = [];

    public bool IsEmpty => Clear.Count + NewFolders.Count + Places.Count + Modes.Count + Restores.Count + Removals.Count + OldFolders.Count(f => f.WasInUse) == 0;

    public IEnumerable<(FileChangeKind Kind, string Path, string? Bundle)> Files() =>
        Places.Select(p => (p.Replaces ? FileChangeKind.Replace : FileChangeKind.Add, p.Path, (string?)p.Bundle.Name))
            .Concat(Restores.Select(r => (FileChangeKind.Restore, r.Path, r.Bundle)))
            .Concat(Clear.Concat(Removals).Select(r => (FileChangeKind.Remove, r.Path, r.Bundle)));
}

/// <param name="Old">What lies there now; null: nothing.</param>
internal sealed record FilePlacement(string Path, BundleEntry Entry, BundleOffer Bundle, OldFile? Old)
{
    public bool Replaces => Old is not null;

    /// <summary>What lies there was not put there by Cumulus, so that it has to come back one day.</summary>
    public bool KeepsOriginal => Old == OldFile.BeforeCumulus;
}

internal sealed record FileRemoval(string Path, string? Bundle, OldFile Old);

/// <param name="WasInUse">By the version that is installed. Else it is one that an earlier install could not remove, since it was not empty.</param>
internal sealed record FolderRemoval(string Path, UnixFileMode Mode, bool WasInUse);

/// <param name="Kept">Where the original is.</param>
/// <param name="Old">The file of a bundle that lies there now; null: nothing.</param>
internal sealed record FileRestore(string Path, string Kept, OldFile? Old, string? Bundle);

/// <summary>A file that makes way.</summary>
/// <param name="Sha256">Of its content when that is what its bundle had, so that the bundle can come back; else null.</param>
/// <param name="ByHand">It is not what its bundle had: somebody changed it.</param>
internal sealed record OldFile(string? Sha256, bool ByHand)
{
    public static OldFile BeforeCumulus { get; } = new(null, ByHand: false);
}
