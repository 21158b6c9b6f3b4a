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
    public List<string> Leftovers { get; } = [];

    /// <summary>What deserves a verbose line.</summary>
    public List<string> Notes { get; } = [];

    public bool IsEmpty => Clear.Count + NewFolders.Count + Places.Count + Modes.Count + Restores.Count + Removals.Count + OldFolders.Count(f => f.WasInUse) == 0;

    public IEnumerable<(FileChangeKind Kind, string Path, string? Bundle)> Files() =>
        Places.Select(p => (p.Replaces ? FileChangeKind.Replace : FileChangeKind.Add, p.Path, (string?)p.Bundle.Name))
            .Concat(Restores.Select(r => (FileChangeKind.Restore, r.Path, r.Bundle)))
            .Concat(Clear.Concat(Removals).Select(r => (FileChangeKind.Remove, r.Path, r.Bundle)))
            .OrderBy(c => c.Path, ArchiveName.Order);
}

/// <param name="Replaces">Something lies there now.</param>
/// <param name="KeepsOriginal">And it was not put there by Cumulus, so that it has to come back one day.</param>
internal sealed record FilePlacement(string Path, BundleEntry Entry, BundleOffer Bundle, bool Replaces, bool KeepsOriginal);

internal sealed record FileRemoval(string Path, string? Bundle);

/// <param name="WasInUse">By the version that is installed. Else it is one that an earlier install could not remove, since it was not empty.</param>
internal sealed record FolderRemoval(string Path, UnixFileMode Mode, bool WasInUse);

/// <param name="Kept">Where the original is.</param>
/// <param name="Replaces">A file of a bundle lies there now.</param>
internal sealed record FileRestore(string Path, string Kept, bool Replaces, string? Bundle);
