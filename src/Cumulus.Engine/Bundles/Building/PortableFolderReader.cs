using System.Formats.Tar;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Reads folders by what .NET offers everywhere. It gives no stamps: the time of the last write and the size are no proof,
/// since installers such as npm give every file one fixed time, so that a changed file may have both unchanged.
/// </summary>
internal sealed class PortableFolderReader : IFolderReader
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    public IReadOnlyList<FoundItem> Read(string folder) =>
        [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything).Select(Describe)];

    public FoundItem? Look(string path)
    {
        if (Directory.Exists(path)) return Folder(new DirectoryInfo(path));
        // For .NET a link is a file that exists, with the length of the link's text, whatever it points to.
        var file = new FileInfo(path);
        FileSystemInfo end = file;
        try
        {
            end = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        }
        catch (IOException)
        {
            // Nothing is there, or links lead in a circle.
        }

        return end is FileInfo { Exists: true, LinkTarget: null } found ? File(found) with { Name = file.Name } : null;
    }

    private static FoundItem Describe(FileSystemInfo item)
    {
        if (item.LinkTarget is { } target) return new FoundItem(item.Name, ItemKind.Link, EntryMode.Link, 0, null, target);
        return item is DirectoryInfo folder ? Folder(folder) : File((FileInfo)item);
    }

    private static FoundItem Folder(DirectoryInfo folder) =>
        new(folder.Name, ItemKind.Folder, Mode(folder, EntryMode.DefaultFolder), 0, null, null);

    private static FoundItem File(FileInfo file) =>
        new(file.Name, Kind(file), Mode(file, EntryMode.DefaultFile), file.Length, null, null);

    private static UnixFileMode Mode(FileSystemInfo item, UnixFileMode onWindows) => OperatingSystem.IsWindows() ? onWindows : item.UnixFileMode;

    // The runtime tells a pipe from an empty file only through its tar writer; opening a pipe would wait for ever.
    private static ItemKind Kind(FileInfo file)
    {
        if (OperatingSystem.IsWindows() || file.Length > 0) return ItemKind.File;
        using var buffer = new MemoryStream();
        try
        {
            using (var writer = new TarWriter(buffer, leaveOpen: true)) writer.WriteEntry(file.FullName, "probe");
        }
        catch (IOException)
        {
            return ItemKind.Other;
        }

        buffer.Position = 0;
        using var reader = new TarReader(buffer);
        return reader.GetNextEntry()?.EntryType switch
        {
            TarEntryType.Fifo => ItemKind.NamedPipe,
            TarEntryType.CharacterDevice or TarEntryType.BlockDevice => ItemKind.Device,
            _ => ItemKind.File,
        };
    }
}
