using System.Formats.Tar;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Finds what a bundle is made of, sorted by name. Links below the given paths are kept as links and never walked, so that
/// cycles cannot be (D-42); a path that is itself a link stands for what it points to. A link that points to nothing is kept.
/// </summary>
internal sealed class BundleWalk(BundleRequest request, IReadOnlySet<string> leaveOut)
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };
    private readonly SortedDictionary<string, BundleSource> _found = new(ArchiveName.Order);

    public IReadOnlyList<BundleSource> Run(CancellationToken cancellationToken)
    {
        foreach (BundlePath path in request.Paths)
        {
            string full = Path.TrimEndingDirectorySeparator(path.FullPath);
            if (Directory.Exists(full)) WalkFolder(new DirectoryInfo(full), path.ArchivePath, cancellationToken);
            else if (File.Exists(full)) AddFile(new FileInfo(full), path.ArchivePath);
            else throw NotFound(path);
        }

        CheckNames();
        HashSet<string> parents = [.. _found.Keys.SelectMany(ArchiveName.Parents)];
        return [.. _found.Values.Where(source => TellsSomething(source, parents))];
    }

    private void WalkFolder(DirectoryInfo folder, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Add(name, BundleEntryType.Folder, Mode(folder), folder.FullName, null);
        IEnumerable<FileSystemInfo> children;
        try
        {
            children = [.. folder.EnumerateFileSystemInfos("*", Everything)];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CumulusException(ErrorIds.AccessDenied, FailureKind.AccessDenied, $"The folder {folder.FullName} of bundle '{request.Name}' cannot be read.", e) { Target = folder.FullName };
        }

        foreach (FileSystemInfo child in children)
        {
            string childName = ArchiveName.Join(name, child.Name);
            if (child.LinkTarget is { } target) AddLink(child, childName, target);
            else if (child is DirectoryInfo sub) WalkFolder(sub, childName, cancellationToken);
            else AddFile((FileInfo)child, childName);
        }
    }

    private void AddFile(FileInfo file, string name)
    {
        if (leaveOut.Contains(file.FullName)) return;
        if (SpecialFileKind(file) is { } kind) throw Refused(file.FullName, $"is a {kind}, which no bundle can hold");
        Add(name, BundleEntryType.File, Mode(file), file.FullName, null);
    }

    private void AddLink(FileSystemInfo link, string name, string target) =>
        Add(name, BundleEntryType.Link, EntryMode.Link, link.FullName, OperatingSystem.IsWindows() ? target.Replace('\\', '/') : target);

    private void Add(string rawName, BundleEntryType type, UnixFileMode mode, string fullPath, string? linkTarget)
    {
        if (EnvironmentMarker.Strip(rawName, request.Environment) is not { } stripped) return;
        string name = PathRewriter.Apply(stripped.Name, request.PathRewrites);
        if (name.Length == 0)
        {
            if (type == BundleEntryType.Folder) return;
            throw Refused(fullPath, "would have no name in the bundle");
        }

        if (ArchiveName.Problem(name, forWindows: false) is { } problem) throw Refused(fullPath, $"would be '{name}' in the bundle, a name that {problem}");
        if (linkTarget is not null && ArchiveName.LinkProblem(name, linkTarget, forWindows: false) is { } escape) throw Refused(fullPath, escape);

        var source = new BundleSource(name, type, mode, fullPath, linkTarget, stripped.Markers);
        if (!_found.TryGetValue(name, out BundleSource? other) || Wins(source, other)) _found[name] = source;
    }

    private bool Wins(BundleSource source, BundleSource other)
    {
        if (source.FullPath == other.FullPath) return false;
        bool bothFolders = source.Type == BundleEntryType.Folder && other.Type == BundleEntryType.Folder;
        if (source.Markers != other.Markers && (bothFolders || (source.Type != BundleEntryType.Folder && other.Type != BundleEntryType.Folder)))
        {
            return source.Markers > other.Markers;
        }

        if (bothFolders && source.Mode == other.Mode) return false;
        throw Conflict(source, other);
    }

    private void CheckNames()
    {
        var names = new NameTable(ignoreCase: true);
        var spelled = new Dictionary<string, BundleSource>(StringComparer.Ordinal);
        foreach (BundleSource source in _found.Values)
        {
            if (names.Add(source.Name, source.Type) is { } other) throw Conflict(source, spelled.GetValueOrDefault(other) ?? Below(other));
            spelled[source.Name] = source;
        }
    }

    // Of a folder that is there only because something lies in it.
    private BundleSource Below(string folder) => _found.Values.First(s => s.Name.StartsWith(folder + "/", StringComparison.Ordinal));

    // A folder needs an entry only when nothing else tells of it.
    private static bool TellsSomething(BundleSource source, HashSet<string> parents) =>
        source.Type != BundleEntryType.Folder || source.Mode != EntryMode.DefaultFolder || !parents.Contains(source.Name);

    private static UnixFileMode Mode(FileSystemInfo item) =>
        !OperatingSystem.IsWindows() ? EntryMode.Normalise(item.UnixFileMode)
        : item is DirectoryInfo ? EntryMode.DefaultFolder : EntryMode.DefaultFile;

    // The runtime tells a pipe from an empty file only through its tar writer; opening a pipe would wait for ever.
    private static string? SpecialFileKind(FileInfo file)
    {
        if (OperatingSystem.IsWindows() || file.Length > 0) return null;
        using var buffer = new MemoryStream();
        try
        {
            using (var writer = new TarWriter(buffer, leaveOpen: true)) writer.WriteEntry(file.FullName, "probe");
        }
        catch (IOException)
        {
            return "socket or the like";
        }

        buffer.Position = 0;
        using var reader = new TarReader(buffer);
        return reader.GetNextEntry()?.EntryType switch
        {
            TarEntryType.Fifo => "named pipe",
            TarEntryType.CharacterDevice or TarEntryType.BlockDevice => "device",
            _ => null,
        };
    }

    private CumulusException NotFound(BundlePath path) =>
        new(ErrorIds.BundlePathNotFound, FailureKind.NotFound, $"There is no file or folder {path.FullPath}, which bundle '{request.Name}' names.") { Target = path.FullPath };

    private CumulusException Refused(string path, string why) =>
        new(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"Bundle '{request.Name}' cannot be built: {path} {why}.") { Target = path };

    private CumulusException Conflict(BundleSource a, BundleSource b)
    {
        string why = a.Name == b.Name ? $"both become '{a.Name}'"
            : ArchiveName.Parents(a.Name).Contains(b.Name) ? $"become '{a.Name}' and '{b.Name}', which is no folder"
            : $"become '{a.Name}' and '{b.Name}', which are one name where case does not count";
        return new CumulusException(ErrorIds.BundleNameConflict, FailureKind.InvalidInput, $"In bundle '{request.Name}', {b.FullPath} and {a.FullPath} {why}.")
        {
            Target = a.Name,
            Advice = "Leave one of the two out, or give one another name with a path rewrite.",
        };
    }
}
