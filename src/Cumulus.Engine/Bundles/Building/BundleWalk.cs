using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Finds what a bundle is made of, sorted by name. Links below the given paths are kept as links and never walked, so that
/// cycles cannot be (D-42); a path that is itself a link stands for what it points to. A link that points to nothing is kept.
/// </summary>
internal sealed class BundleWalk(BundleRequest request, IReadOnlySet<string> leaveOut, IFolderReader? reader = null)
{
    private readonly IFolderReader _reader = reader ?? FolderReaders.Best;

    public IReadOnlyList<BundleSource> Run(CancellationToken cancellationToken)
    {
        var found = new List<BundleSource>();
        var level = new List<Folder>();
        foreach (BundlePath path in request.Paths) Start(path, found, level);

        // Level by level: the folders of one are read side by side, and what they hold is taken in their order, so that
        // the same tree gives the same result and the same error.
        while (level.Count > 0)
        {
            var contents = new Content[level.Count];
            Parallel.For(0, level.Count, new ParallelOptions { CancellationToken = cancellationToken }, i => contents[i] = Read(level[i]));
            level = [];
            foreach (Content content in contents)
            {
                content.ThrowIfFailed();
                found.AddRange(content.Sources);
                level.AddRange(content.Folders);
            }
        }

        return new BundleSelection(request.Name).Select(found);
    }

    private void Start(BundlePath path, List<BundleSource> found, List<Folder> level)
    {
        string full = Path.TrimEndingDirectorySeparator(path.FullPath);
        FoundItem item = Guard(full, () => _reader.Look(full)) ?? throw NotFound(path);
        if (EnvironmentMarker.Strip(path.ArchivePath, request.Environment) is not { } name) return;
        if (item.Kind == ItemKind.Folder) level.Add(new Folder(full, name.Name, name.Markers));
        if (Source(item, full, name.Name, name.Markers) is { } source) found.Add(source);
    }

    private Content Read(Folder folder)
    {
        var content = new Content();
        try
        {
            FoundItem[] items = [.. Guard(folder.FullPath, () => _reader.Read(folder.FullPath))];
            Array.Sort(items, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            foreach (FoundItem item in items)
            {
                if (EnvironmentMarker.Strip(item.Name, request.Environment) is not { } stripped) continue;
                string full = Path.Join(folder.FullPath, item.Name);
                string name = ArchiveName.Join(folder.Name, stripped.Name);
                int markers = folder.Markers + stripped.Markers;
                if (item.Kind == ItemKind.Folder) content.Folders.Add(new Folder(full, name, markers));
                if (Source(item, full, name, markers) is { } source) content.Sources.Add(source);
            }
        }
        catch (Exception e)
        {
            content.Failure = e;
        }

        return content;
    }

    /// <param name="found">The name before path rewrites.</param>
    private BundleSource? Source(FoundItem item, string fullPath, string found, int markers)
    {
        if (item.Kind == ItemKind.File && leaveOut.Contains(fullPath)) return null;
        BundleEntryType type = item.Kind switch
        {
            ItemKind.File => BundleEntryType.File,
            ItemKind.Folder => BundleEntryType.Folder,
            ItemKind.Link => BundleEntryType.Link,
            ItemKind.NamedPipe => throw Refused(fullPath, "is a named pipe, which no bundle can hold"),
            ItemKind.Device => throw Refused(fullPath, "is a device, which no bundle can hold"),
            _ => throw Refused(fullPath, "is a socket or the like, which no bundle can hold"),
        };
        string name = PathRewriter.Apply(found, request.PathRewrites);
        if (name.Length == 0) return type == BundleEntryType.Folder ? null : throw Refused(fullPath, "would have no name in the bundle");
        if (ArchiveName.Problem(name, forWindows: false) is { } problem) throw Refused(fullPath, $"would be '{name}' in the bundle, a name that {problem}");
        string? target = OperatingSystem.IsWindows() ? item.LinkTarget?.Replace('\\', '/') : item.LinkTarget;
        if (target is not null && ArchiveName.LinkProblem(name, target, forWindows: false) is { } escape) throw Refused(fullPath, escape);
        UnixFileMode mode = type == BundleEntryType.Link ? EntryMode.Link : EntryMode.Normalise(item.Mode);
        return new BundleSource(name, type, mode, fullPath, target, markers) { Size = item.Size, Stamp = item.Stamp };
    }

    private T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CumulusException(ErrorIds.AccessDenied, FailureKind.AccessDenied, $"The folder {path} of bundle '{request.Name}' cannot be read.", e) { Target = path };
        }
    }

    private CumulusException NotFound(BundlePath path) =>
        new(ErrorIds.BundlePathNotFound, FailureKind.NotFound, $"There is no file or folder {path.FullPath}, which bundle '{request.Name}' names.") { Target = path.FullPath };

    private CumulusException Refused(string path, string why) =>
        new(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"Bundle '{request.Name}' cannot be built: {path} {why}.") { Target = path };

    /// <param name="Name">In the bundle, without markers and before path rewrites.</param>
    private sealed record Folder(string FullPath, string Name, int Markers);

    /// <summary>What one folder holds, or why it could not be told.</summary>
    private sealed class Content
    {
        public List<BundleSource> Sources { get; } = [];

        public List<Folder> Folders { get; } = [];

        public Exception? Failure { get; set; }

        public void ThrowIfFailed()
        {
            if (Failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(Failure);
        }
    }
}
