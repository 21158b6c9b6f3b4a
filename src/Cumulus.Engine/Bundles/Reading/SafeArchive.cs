using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// A zip opened with distrust: whatever could write outside of its folder, collide, lie or explode refuses the whole archive
/// before anything is written (D-22, D-23).
/// </summary>
internal sealed class SafeArchive : IDisposable
{
    private const int TypeMask = 0xF000;
    private const int FileType = 0x8000;
    private const int FolderType = 0x4000;
    private const int LinkType = 0xA000;
    private const int SpecialBits = 0xE00;
    private const int LongestLinkTarget = 4096;

    private readonly string _path;
    private readonly ZipArchive _zip;
    private readonly List<string> _notes = [];

    private SafeArchive(string path, ZipArchive zip)
    {
        _path = path;
        _zip = zip;
    }

    /// <summary>In the archive's own order.</summary>
    public IReadOnlyList<ArchiveEntry> Entries { get; private set; } = [];

    /// <summary>What was put right in reading, such as a setuid bit that was taken away.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <param name="forWindows">Windows' rules for names count too: set where the files will lie on Windows.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>; <see cref="ErrorIds.BundleInvalid"/> for what is not a
    /// whole zip; <see cref="ErrorIds.BundleUnsafe"/>, which names entry and reason.</exception>
    public static async Task<SafeArchive> OpenAsync(string path, bool forWindows, ArchiveLimits? limits, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"There is no archive {path}.") { Target = path };
        }

        SafeArchive archive;
        try
        {
            archive = new SafeArchive(path, ZipFile.OpenRead(path));
        }
        catch (InvalidDataException e)
        {
            throw Invalid(path, "is not a whole zip archive", e);
        }

        try
        {
            await archive.ReadEntriesAsync(forWindows, limits ?? ArchiveLimits.Default, cancellationToken);
            return archive;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            archive.Dispose();
            throw Invalid(path, "is damaged", e);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>Copies a file's content and compares length and checksum on the way.</summary>
    /// <returns>SHA-256 of the content, 64 hexadecimal digits.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleInvalid"/>: fewer or more bytes than declared, or a wrong checksum.</exception>
    public async Task<string> CopyAsync(ArchiveEntry entry, Stream destination, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var crc = new Crc32();
            long copied = 0;
            await using Stream source = entry.Zip.Open();
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
            {
                copied += read;
                if (copied > entry.Size) throw Invalid(_path, $"holds more bytes of '{entry.Name}' than the {entry.Size} that it declares");
                hash.AppendData(buffer, 0, read);
                crc.Append(buffer.AsSpan(0, read));
                await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            if (copied < entry.Size) throw Invalid(_path, $"holds {copied} bytes of '{entry.Name}' where it declares {entry.Size}");
            if (crc.Value != entry.Zip.Crc32) throw Invalid(_path, $"is damaged: '{entry.Name}' does not have its checksum");
            return Hex.Of(hash.GetHashAndReset());
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw Invalid(_path, $"is damaged at '{entry.Name}'", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads everything once, to know the digest of each file and that all can be read.</summary>
    public async Task<IReadOnlyList<BundleEntry>> ReadContentAsync(CancellationToken cancellationToken)
    {
        var content = new List<BundleEntry>(Entries.Count);
        foreach (ArchiveEntry entry in Entries.OrderBy(e => e.Name, ArchiveName.Order))
        {
            content.Add(Describe(entry, entry.Type == BundleEntryType.File ? await CopyAsync(entry, Stream.Null, cancellationToken) : null));
        }

        return content;
    }

    public void Dispose() => _zip.Dispose();

    /// <summary>The manifest's line for an entry whose content has this digest.</summary>
    public static BundleEntry Describe(ArchiveEntry entry, string? sha256) => new()
    {
        Name = entry.Name,
        Type = entry.Type,
        Mode = entry.Mode,
        Size = entry.Size,
        Sha256 = sha256,
        LinkTarget = entry.LinkTarget,
    };

    private async Task ReadEntriesAsync(bool forWindows, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        CheckLimits(limits);
        var names = new NameTable(forWindows);
        var entries = new List<ArchiveEntry>(_zip.Entries.Count);
        foreach (ZipArchiveEntry raw in _zip.Entries)
        {
            string name = raw.FullName.EndsWith('/') ? raw.FullName[..^1] : raw.FullName;
            if (ArchiveName.Problem(name, forWindows) is { } problem) throw Unsafe(raw.FullName, problem);
            if (raw.IsEncrypted) throw Unsafe(name, "is encrypted");
            ArchiveEntry entry = await ReadAsync(raw, name, forWindows, cancellationToken);
            if (names.Add(name, entry.Type) is { } other)
            {
                throw Unsafe(name, other == name ? "is there twice" : $"meets '{other}': one would overwrite the other, or lie in it as in a folder");
            }

            entries.Add(entry);
        }

        Entries = entries;
    }

    private void CheckLimits(ArchiveLimits limits)
    {
        if (_zip.Entries.Count > limits.Entries) throw Bomb($"holds {_zip.Entries.Count} entries, more than the limit of {limits.Entries}");
        long total = 0;
        foreach (ZipArchiveEntry entry in _zip.Entries)
        {
            if (entry.Length < 0 || entry.Length > limits.TotalBytes - total) throw Bomb($"unfolds to more than the limit of {limits.TotalBytes} bytes");
            total += entry.Length;
        }

        long size = new FileInfo(_path).Length;
        if (total > limits.RatioFloor && total > size * limits.Ratio)
        {
            throw Bomb($"unfolds from {size} to {total} bytes, more than {limits.Ratio:0} times");
        }
    }

    private async Task<ArchiveEntry> ReadAsync(ZipArchiveEntry raw, string name, bool forWindows, CancellationToken cancellationToken)
    {
        int unix = (raw.ExternalAttributes >> 16) & 0xFFFF;
        BundleEntryType type = (unix & TypeMask) switch
        {
            LinkType => BundleEntryType.Link,
            FolderType => BundleEntryType.Folder,
            0 or FileType => raw.FullName.EndsWith('/') ? BundleEntryType.Folder : BundleEntryType.File,
            int other => throw Unsafe(name, $"is neither file, folder nor link (type 0{Convert.ToString(other, 8)})"),
        };
        if (type == BundleEntryType.Folder && raw.Length > 0) throw Unsafe(name, "is a folder with content");
        if (type == BundleEntryType.Link) return await ReadLinkAsync(raw, name, forWindows, cancellationToken);
        if ((unix & SpecialBits) != 0) _notes.Add($"'{name}' has setuid, setgid or sticky bits, which are taken away.");
        UnixFileMode mode = unix != 0 ? EntryMode.WithoutSpecialBits((UnixFileMode)(unix & 0xFFF))
            : type == BundleEntryType.Folder ? EntryMode.DefaultFolder : EntryMode.DefaultFile;
        return new ArchiveEntry(name, type, mode, raw.Length, null) { Zip = raw };
    }

    private async Task<ArchiveEntry> ReadLinkAsync(ZipArchiveEntry raw, string name, bool forWindows, CancellationToken cancellationToken)
    {
        if (raw.FullName.EndsWith('/')) throw Unsafe(name, "is a link and a folder");
        if (raw.Length > LongestLinkTarget) throw Unsafe(name, "is a link with a target that is too long");
        using var text = new MemoryStream();
        await CopyAsync(new ArchiveEntry(name, BundleEntryType.Link, EntryMode.Link, raw.Length, null) { Zip = raw }, text, cancellationToken);
        string target = Encoding.UTF8.GetString(text.ToArray());
        if (ArchiveName.LinkProblem(name, target, forWindows) is { } problem) throw Unsafe(name, problem);
        return new ArchiveEntry(name, BundleEntryType.Link, EntryMode.Link, 0, target) { Zip = raw };
    }

    private CumulusException Unsafe(string entry, string reason) =>
        new(ErrorIds.BundleUnsafe, FailureKind.SecurityViolation, $"The archive {_path} is refused: its entry '{entry.ReplaceLineEndings("?").Replace('\0', '?')}' {reason}.") { Target = _path };

    private CumulusException Bomb(string reason) =>
        new(ErrorIds.BundleUnsafe, FailureKind.SecurityViolation, $"The archive {_path} is refused: it {reason}.") { Target = _path };

    private static CumulusException Invalid(string path, string what, Exception? cause = null) =>
        new(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"{path} {what}.", cause) { Target = path };
}
