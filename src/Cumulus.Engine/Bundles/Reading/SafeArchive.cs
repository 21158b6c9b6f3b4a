using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// An archive opened with distrust: whatever could write outside of its folder, collide, lie or explode refuses the whole archive
/// before anything is written (D-22, D-23). What it is, its first bytes tell.
/// </summary>
internal abstract class SafeArchive : IDisposable
{
    private protected SafeArchive(SafeFileHandle file, ArchiveRefusal refuse, ReadingOptions options)
    {
        File = file;
        Refuse = refuse;
        Options = options;
    }

    public abstract BundleFormat Format { get; }

    /// <summary>In the archive's own order.</summary>
    public IReadOnlyList<ArchiveEntry> Entries { get; private protected set; } = [];

    /// <summary>What was put right in reading, such as a sticky bit that was taken away.</summary>
    public IReadOnlyList<string> Notes { get; private protected set; } = [];

    private protected SafeFileHandle File { get; }

    private protected ArchiveRefusal Refuse { get; }

    private protected ReadingOptions Options { get; }

    /// <summary>As <see cref="OpenAsync(string, ReadingOptions, CancellationToken)"/>.</summary>
    /// <param name="forWindows">Windows' rules for names count too: set where the files will lie on Windows.</param>
    public static Task<SafeArchive> OpenAsync(string path, bool forWindows, ArchiveLimits? limits, CancellationToken cancellationToken) =>
        OpenAsync(path, new ReadingOptions { ForWindows = forWindows, Limits = limits ?? ArchiveLimits.Default }, cancellationToken);

    /// <summary>Opens an archive whose entries have all passed the rules. A tar is read through for that.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>; <see cref="ErrorIds.BundleInvalid"/> for what is not a
    /// whole archive of a known kind; <see cref="ErrorIds.BundleUnsafe"/>, which names entry and reason; <see cref="ErrorIds.BundleDigestMismatch"/> when
    /// it does not hold what is expected.</exception>
    public static async Task<SafeArchive> OpenAsync(string path, ReadingOptions options, CancellationToken cancellationToken)
    {
        SafeArchive archive;
        try
        {
            archive = await Task.Run(() => Open(path, options, cancellationToken), cancellationToken);
        }
        catch (CumulusException) when (options.Expected is not null)
        {
            // That these are other bytes than the manifest's explains more.
            await options.Expected;
            throw;
        }

        if (options.Expected is not { } expected) return archive;
        try
        {
            archive.Expect(await expected);
            return archive;
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>The format that a file's first bytes tell.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>; <see cref="ErrorIds.BundleInvalid"/>: none of the three, or another than the name tells.</exception>
    public static BundleFormat FormatOf(string path)
    {
        using SafeFileHandle file = OpenFile(path);
        return FormatOf(file, path, new ArchiveRefusal(path));
    }

    /// <summary>Reads files' contents, each compared with its declared size, its checksum, and its digest where one is known.</summary>
    /// <param name="selection">Which files are taken; null: all.</param>
    /// <param name="take">Is called once for each of them, on several threads at once for a zip. What it leaves unread is read and compared
    /// after it.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleInvalid"/>, <see cref="ErrorIds.BundleDigestMismatch"/>; what was taken before is then not to be used either.</exception>
    public abstract Task ReadAsync(Func<ArchiveEntry, bool>? selection, Action<ArchiveEntry, EntryContent> take, CancellationToken cancellationToken);

    /// <summary>Reads everything once, to know the digest of each file and that all can be read.</summary>
    /// <returns>In <see cref="ArchiveName.Order"/>.</returns>
    /// <exception cref="CumulusException">As <see cref="ReadAsync"/>.</exception>
    public virtual async Task<IReadOnlyList<BundleEntry>> ReadContentAsync(CancellationToken cancellationToken)
    {
        var digests = new Dictionary<string, string>(Entries.Count);
        await ReadAsync(
            null,
            (entry, content) =>
            {
                string sha256 = content.Finish();
                lock (digests) digests[entry.Name] = sha256;
            },
            cancellationToken);
        return Describe(digests.GetValueOrDefault);
    }

    public void Dispose()
    {
        File.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the entries their digests, and compares them with what is known already.</summary>
    private protected abstract void Expect(IReadOnlyList<BundleEntry> expected);

    private protected IReadOnlyList<BundleEntry> Describe(Func<string, string?> digest) =>
        [.. Entries.OrderBy(e => e.Name, ArchiveName.Order).Select(e => e.Describe(e.Type == BundleEntryType.File ? digest(e.Name) : null))];

    private static SafeArchive Open(string path, ReadingOptions options, CancellationToken cancellationToken)
    {
        SafeFileHandle file = OpenFile(path);
        try
        {
            var refuse = new ArchiveRefusal(options.Place ?? path);
            BundleFormat format = FormatOf(file, path, refuse);
            return format == BundleFormat.Zip
                ? SafeZip.Open(file, refuse, options, cancellationToken)
                : SafeTar.Open(file, format, refuse, options, cancellationToken);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SafeFileHandle OpenFile(string path)
    {
        try
        {
            return System.IO.File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"There is no archive {path}.") { Target = path };
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            throw new CumulusException(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"{path} is a folder, no archive.") { Target = path };
        }
    }

    private static BundleFormat FormatOf(SafeFileHandle file, string path, ArchiveRefusal refuse)
    {
        Span<byte> start = stackalloc byte[4];
        start = start[..RandomAccess.Read(file, start, 0)];
        BundleFormat? found =
            start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8) ? BundleFormat.Zip
            : start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? BundleFormat.TarGz
            : start.StartsWith("BZh"u8) ? BundleFormat.TarBz2
            : null;
        if (found is not { } format) throw refuse.Invalid($"is not an archive of a known kind ({string.Join(", ", BundleFormats.All)}), or its start is damaged");
        if (BundleFormats.Of(path) is { } named && named != format)
        {
            throw refuse.Invalid($"is named {named.Ending()} and is a {format.Ending()}", advice: "Give it the ending of what it is.");
        }

        return format;
    }
}
