using System.Runtime.ExceptionServices;
using System.Text;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Finds what a bundle is made of, sorted by name. Links below the given paths are kept or followed, as the request says; a path
/// that is itself a link stands for what it points to.
/// </summary>
internal sealed class BundleWalk(BundleRequest request, IReadOnlySet<string> leaveOut, IFolderReader? reader = null)
{
    private readonly IFolderReader _reader = reader ?? FolderReaders.Best;
    private readonly IgnoreRules _exclude = IgnoreRules.Of(request.Exclude);

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
                if (content.Failure is not null) ExceptionDispatchInfo.Throw(content.Failure);
                if (content.Earlier.Count > 0) request.Warn?.Invoke($"Not in bundle '{request.Name}', since they are bundles of earlier builds: {string.Join(", ", content.Earlier)}.");
                found.AddRange(content.Sources);
                level.AddRange(content.Folders);
                if (found.Count > ArchiveLimits.Default.Entries) throw TooMany();
            }
        }

        IReadOnlyList<BundleSource> chosen = new BundleSelection(request.Name).Select(found);
        if (request.Warn is { } warn) DanglingLinks.Tell(request.Name, chosen, warn);
        return chosen;
    }

    private void Start(BundlePath path, List<BundleSource> found, List<Folder> level)
    {
        string full = Path.TrimEndingDirectorySeparator(path.FullPath);
        FoundItem? there = KeptLink(path, full) ?? Guard(full, () => _reader.Look(full));
        if (path.IsFromWildcard && IsIgnored(_exclude, Path.GetFileName(full), there?.Kind == ItemKind.Folder)) return;
        if (there is not { } item) throw NotFound(path);
        if (EnvironmentMarker.Strip(path.ArchivePath, request.Environment) is not { } name) return;
        if (item.Kind == ItemKind.Folder) level.Add(new Folder(full, name.Name, name.Markers, "", _exclude, request.FollowSymlinks ? LinkTrail.Start(full) : null));
        if (Source(item, full, Path.GetDirectoryName(full) ?? full, name.Name, name.Markers) is { } source) found.Add(source);
    }

    // A path stands for what it points to; what a wildcard found is like what is found in a folder.
    private FoundItem? KeptLink(BundlePath path, string full) =>
        path.IsFromWildcard && !request.FollowSymlinks && new FileInfo(full) is { LinkTarget: { } target } link
            ? new FoundItem(link.Name, ItemKind.Link, EntryMode.Link, 0, null, target)
            : null;

    private Content Read(Folder folder)
    {
        var content = new Content();
        try
        {
            FoundItem[] items = [.. Guard(folder.FullPath, () => _reader.Read(folder.FullPath))];
            Array.Sort(items, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
            IgnoreRules rules = Array.Exists(items, i => i.Name == IgnoreRules.FileName) ? OwnRules(folder) : folder.Rules;
            HashSet<string> earlier = folder.FullPath == request.OutputFolder ? EarlierBuilds.Among(items, leaveOut, folder.FullPath) : [];
            content.Earlier.AddRange(earlier.Order(ArchiveName.Order));
            foreach (FoundItem item in items)
            {
                if (item.Name != IgnoreRules.FileName && !earlier.Contains(item.Name)) Take(item, folder, rules, content);
            }
        }
        catch (Exception e)
        {
            content.Failure = e;
        }

        return content;
    }

    private void Take(FoundItem item, Folder folder, IgnoreRules rules, Content content)
    {
        if (EnvironmentMarker.Strip(item.Name, request.Environment) is not { } stripped) return;
        string full = Path.Join(folder.FullPath, item.Name);
        string relative = ArchiveName.Join(folder.Relative, item.Name);
        bool followed = item.Kind == ItemKind.Link && request.FollowSymlinks;
        FoundItem? end = followed ? Guard(full, () => _reader.Look(full)) : item;
        bool isFolder = end?.Kind == ItemKind.Folder;
        if (IsIgnored(rules, relative, isFolder)) return;
        if (end is not { } found) throw Refused(full, $"is a link to '{item.LinkTarget}', which does not exist", "Leave the link out (-Exclude), or keep links as links (-FollowSymlink:$false).");

        string name = folder.Name == folder.Relative && stripped.Name == item.Name ? relative : ArchiveName.Join(folder.Name, stripped.Name);
        int markers = folder.Markers + stripped.Markers;
        if (isFolder)
        {
            LinkTrail? trail = followed ? Follow(folder.Trail!, full) : folder.Trail;
            content.Folders.Add(new Folder(full, name, markers, relative, rules, trail));
        }

        if (Source(found, full, folder.FullPath, name, markers) is { } source) content.Sources.Add(source);
    }

    private LinkTrail Follow(LinkTrail trail, string link)
    {
        LinkTrail next = trail.Follow(link, out string? circle);
        return circle is null ? next : throw Refused(link, circle, "Leave the link out (-Exclude), or keep links as links (-FollowSymlink:$false).");
    }

    /// <param name="folder">One object for all that is in it.</param>
    /// <param name="found">The name before path rewrites.</param>
    private BundleSource? Source(FoundItem item, string fullPath, string folder, string found, int markers)
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
        if (target is not null && ArchiveName.LinkProblem(name, target, forWindows: false) is { } escape)
            throw Refused(fullPath, $"is a link that {escape}", "Put in what it points to (-FollowSymlink, follow-symlinks), or leave the link out (-Exclude, exclude).");
        UnixFileMode mode = type == BundleEntryType.Link ? EntryMode.Link : EntryMode.Normalise(item.Mode);
        return new BundleSource(name, type, mode, folder, Path.GetFileName(fullPath), target, markers) { Size = item.Size, Stamp = item.Stamp };
    }

    private IgnoreRules OwnRules(Folder folder)
    {
        string path = Path.Join(folder.FullPath, IgnoreRules.FileName);
        if (Guard(path, () => _reader.Look(path))?.Kind != ItemKind.File) throw Refused(path, "is not a file of patterns");
        return Guard(path, () => folder.Rules.With(path, folder.Relative));
    }

    private static bool IsIgnored(IgnoreRules rules, string relative, bool isFolder) =>
        !rules.IsEmpty && rules.Ignore(Encoding.UTF8.GetBytes(relative), isFolder);

    private T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CumulusException(ErrorIds.AccessDenied, FailureKind.AccessDenied, $"{path} of bundle '{request.Name}' cannot be read: access is denied.", e) { Target = path };
        }
    }

    private CumulusException NotFound(BundlePath path) =>
        new(ErrorIds.BundlePathNotFound, FailureKind.NotFound, $"There is no file or folder {path.FullPath}, which bundle '{request.Name}' names.") { Target = path.FullPath };

    private CumulusException Refused(string path, string why, string? advice = null) =>
        new(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"Bundle '{request.Name}' cannot be built: {path} {why}.") { Target = path, Advice = advice ?? "Leave it out (-Exclude, exclude)." };

    private CumulusException TooMany() =>
        new(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"Bundle '{request.Name}' would have more than {ArchiveLimits.Default.Entries} entries, and could not be read again.")
        {
            Target = request.Name,
            Advice = request.FollowSymlinks ? "Do links lead to the same folders again and again? Keep them as links (-FollowSymlink:$false)." : "Leave folders out (-Exclude, exclude).",
        };

    /// <param name="Name">In the bundle, without markers and before path rewrites.</param>
    /// <param name="Relative">To the path that the walk began with, as it is on disk; empty for that path.</param>
    /// <param name="Rules">What is ignored in it, but for what a file of its own says.</param>
    /// <param name="Trail">Null when links are kept.</param>
    private sealed record Folder(string FullPath, string Name, int Markers, string Relative, IgnoreRules Rules, LinkTrail? Trail);

    /// <summary>What one folder holds, or why it could not be told.</summary>
    private sealed class Content
    {
        public List<BundleSource> Sources { get; } = [];

        public List<Folder> Folders { get; } = [];

        public List<string> Earlier { get; } = [];

        public Exception? Failure { get; set; }
    }
}
