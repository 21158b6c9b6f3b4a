namespace Cumulus.Engine.Bundles;

/// <summary>What the walk asks of a file system.</summary>
internal interface IFolderReader
{
    /// <summary>Everything in a folder, in no order; links as links.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder must not be read.</exception>
    IReadOnlyList<FoundItem> Read(string folder);

    /// <summary>What a path leads to, links followed; null when it leads to nothing.</summary>
    /// <exception cref="UnauthorizedAccessException">A folder on the way must not be entered.</exception>
    FoundItem? Look(string path);
}

/// <summary>One thing in a folder.</summary>
/// <param name="Mode">As it is on disk; on Windows what takes its place.</param>
/// <param name="Size">Bytes of a file; 0 of all else.</param>
/// <param name="Stamp">Null where the system does not say enough; see <see cref="FileStamp"/>.</param>
/// <param name="LinkTarget">As it is written in a link; null for all else.</param>
internal readonly record struct FoundItem(string Name, ItemKind Kind, UnixFileMode Mode, long Size, FileStamp? Stamp, string? LinkTarget);

internal enum ItemKind
{
    File,
    Folder,
    Link,
    NamedPipe,
    Socket,
    Device,

    /// <summary>Something that is neither file nor folder, of a kind that is not told.</summary>
    Other,
}

internal static class FolderReaders
{
    /// <summary>The quickest one that works on this machine.</summary>
    public static IFolderReader Best { get; } = StatxFolderReader.IsAvailable ? new StatxFolderReader() : new PortableFolderReader();
}
