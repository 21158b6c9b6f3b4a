namespace Cumulus.Engine.Bundles;

/// <summary>
/// Unpacks a bundle into a folder, as a whole or not at all: everything goes into a private folder beside the destination, and is
/// renamed into place when all of it was right.
/// </summary>
public static class BundleUnpacker
{
    private const string Content = "content";
    private const string Old = "old";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <exception cref="CumulusException">
    /// With nothing written: <see cref="ErrorIds.BundleNotFound"/>, <see cref="ErrorIds.BundleInvalid"/>, <see cref="ErrorIds.BundleUnsafe"/>,
    /// <see cref="ErrorIds.BundleDigestMismatch"/>; <see cref="ErrorIds.DestinationNotEmpty"/>; <see cref="ErrorIds.PathInvalid"/>: the destination is a file, a root, or holds the
    /// archive; <see cref="ErrorIds.FileAccessDenied"/>: Windows lets this user make no links.
    /// </exception>
    /// <exception cref="IOException">The disk does not take it; what was written is gone again.</exception>
    public static async Task<ExpandedBundle> ExpandAsync(ExpandRequest request, CancellationToken cancellationToken)
    {
        bool windows = OperatingSystem.IsWindows();
        string destination = CheckDestination(request);
        Task<BundleManifest>? reading = File.Exists(request.Archive + BundleManifest.Suffix) ? Task.Run(() => BundleFile.ManifestAsync(request.Archive, windows, cancellationToken), cancellationToken) : null;
        var options = new ReadingOptions { ForWindows = windows, Limits = request.Limits, Expected = reading is null ? null : EntriesAsync(reading) };
        using SafeArchive archive = await SafeArchive.OpenAsync(request.Archive, options, cancellationToken);
        BundleManifest? manifest = reading is null ? null : await reading;
        foreach (string note in archive.Notes) request.Log?.Invoke(note);

        string parent = Path.GetDirectoryName(destination)!;
        Directory.CreateDirectory(parent);
        string work = Path.Combine(parent, $".{Path.GetFileName(destination)}.{Guid.NewGuid():N}.partial");
        MakePrivateFolder(work);
        try
        {
            string content = Directory.CreateDirectory(Path.Combine(work, Content)).FullName;
            Dictionary<string, string>? digests = manifest is null ? [] : null;
            await WriteAsync(archive, content, digests, cancellationToken);
            Place(work, destination, request.Replace);
            return new ExpandedBundle
            {
                Path = destination,
                Files = archive.Entries.Count(e => e.Type != BundleEntryType.Folder),
                Bytes = archive.Entries.Sum(e => e.Size),
                Digest = manifest?.Digest ?? ContentDigest.Of([.. archive.Entries.Select(e => e.Describe(digests!.GetValueOrDefault(e.Name)))]),
                Verified = manifest is not null,
            };
        }
        finally
        {
            Remove(work, request.Log);
        }
    }

    private static async Task<IReadOnlyList<BundleEntry>> EntriesAsync(Task<BundleManifest> manifest) => (await manifest).Entries;

    /// <returns>The folder itself where a link leads to it.</returns>
    private static string CheckDestination(ExpandRequest request)
    {
        string destination = Path.TrimEndingDirectorySeparator(request.Destination);
        if (File.Exists(destination)) throw Invalid(destination, "is a file, no folder");
        if (Directory.Exists(destination)) destination = Directory.ResolveLinkTarget(destination, returnFinalTarget: true)?.FullName ?? destination;
        if (Path.GetDirectoryName(destination) is null) throw Invalid(destination, "is the root of a file system, which cannot be replaced");
        if (!Directory.Exists(destination)) return destination;
        if (Holds(destination, request.Archive)) throw Invalid(destination, $"holds the archive {request.Archive} itself");
        if (Holds(destination, Environment.CurrentDirectory)) throw Invalid(destination, "is or holds the current folder of this process, which would be left in a folder that is gone");
        if (request.Replace || !Directory.EnumerateFileSystemEntries(destination).Any()) return destination;
        throw NotEmpty(destination);
    }

    /// <param name="digests">Gets each file's; null when they are known.</param>
    private static async Task WriteAsync(SafeArchive archive, string root, Dictionary<string, string>? digests, CancellationToken cancellationToken)
    {
        foreach (string folder in Folders(archive.Entries)) Directory.CreateDirectory(Path.Combine(root, folder));
        await archive.ReadAsync(
            null,
            (entry, content) =>
            {
                UnpackedItem.WriteFile(Path.Join(root, entry.Name), entry.Mode, content);
                if (digests is null) return;
                lock (digests) digests[entry.Name] = content.Finish();
            },
            cancellationToken);

        // Links last: by then nothing is written that could go through one.
        foreach (ArchiveEntry link in archive.Entries.Where(e => e.Type == BundleEntryType.Link))
        {
            cancellationToken.ThrowIfCancellationRequested();
            UnpackedItem.MakeLink(Path.Combine(root, link.Name), link.LinkTarget!);
        }

        SetFolderModes(archive.Entries, root);
    }

    /// <summary>All folders that there have to be, each after the one it lies in.</summary>
    private static IReadOnlyList<string> Folders(IReadOnlyList<ArchiveEntry> entries)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (ArchiveEntry entry in entries)
        {
            string folder = entry.Type == BundleEntryType.Folder ? entry.Name : Above(entry.Name);
            while (folder.Length > 0 && folders.Add(folder)) folder = Above(folder);
        }

        return [.. folders.Order(StringComparer.Ordinal)];
    }

    private static string Above(string name) => name.LastIndexOf('/') is > 0 and int slash ? name[..slash] : "";

    /// <summary>A folder that nobody may write to gets its mode when everything is in it.</summary>
    private static void SetFolderModes(IReadOnlyList<ArchiveEntry> entries, string root)
    {
        if (OperatingSystem.IsWindows()) return;
        Dictionary<string, UnixFileMode> told = entries.Where(e => e.Type == BundleEntryType.Folder).ToDictionary(e => e.Name, e => e.Mode);
        foreach (string folder in Folders(entries).Reverse())
        {
            File.SetUnixFileMode(Path.Combine(root, folder), told.GetValueOrDefault(folder, EntryMode.DefaultFolder));
        }
    }

    private static CumulusException NotEmpty(string destination) =>
        new(ErrorIds.DestinationNotEmpty, FailureKind.Conflict, $"The folder {destination} is not empty.")
        {
            Target = destination,
            Advice = "Choose another folder, or give -Force to replace everything that is in it.",
        };

    /// <param name="replace">Whatever the destination holds by now may go; else it has to be empty still.</param>
    private static void Place(string work, string destination, bool replace)
    {
        string content = Path.Combine(work, Content);
        string old = Path.Combine(work, Old);
        bool exists = Directory.Exists(destination);
        if (exists && !OperatingSystem.IsWindows()) File.SetUnixFileMode(content, File.GetUnixFileMode(destination));
        if (exists && !replace)
        {
            // Only an empty folder can be deleted like this: what somebody put there in the meantime stays.
            try
            {
                Directory.Delete(destination, recursive: false);
            }
            catch (IOException) when (Directory.EnumerateFileSystemEntries(destination).Any())
            {
                throw NotEmpty(destination);
            }
        }

        bool replaces = exists && replace;
        if (replaces)
        {
            if (FolderExchange.TrySwap(content, destination)) return;
            Directory.Move(destination, old);
        }

        try
        {
            Directory.Move(content, destination);
        }
        catch when (replaces && !Directory.Exists(destination))
        {
            Directory.Move(old, destination);
            throw;
        }
    }

    private static void Remove(string work, Action<string>? log)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                // Nothing can be deleted from a folder that may not be written to.
                foreach (DirectoryInfo folder in new DirectoryInfo(work).EnumerateDirectories("*", SearchOption.AllDirectories))
                {
                    if (folder.LinkTarget is null && (folder.UnixFileMode & OwnerOnly) != OwnerOnly) folder.UnixFileMode |= OwnerOnly;
                }
            }

            Directory.Delete(work, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What happened before is the news; this is litter.
            log?.Invoke($"{work} could not be removed: {e.Message}");
        }
    }

    private static void MakePrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
    }

    private static bool Holds(string folder, string path) =>
        Path.GetRelativePath(folder, path) is var relative && relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) && !Path.IsPathRooted(relative);

    private static CumulusException Invalid(string destination, string why) =>
        new(ErrorIds.PathInvalid, FailureKind.InvalidInput, $"Nothing can be unpacked into {destination}: it {why}.") { Target = destination };
}
