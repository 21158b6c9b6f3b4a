using System.IO.Compression;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Aws;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>A zip: its directory tells all entries, and they are read in parallel.</summary>
internal sealed class SafeZip : SafeArchive
{
    private const int TypeMask = 0xF000;
    private const int FileType = 0x8000;
    private const int FolderType = 0x4000;
    private const int LinkType = 0xA000;
    private const int Stored = 0;
    private const int Deflated = 8;

    // Neighbours in the archive for one thread, so that it reads them with one call.
    private const long BatchLength = 96 << 10;

    private SafeZip(SafeFileHandle file, ArchiveRefusal refuse, ReadingOptions options)
        : base(file, refuse, options)
    {
    }

    public override BundleFormat Format => BundleFormat.Zip;

    /// <exception cref="CumulusException">As <see cref="SafeArchive.OpenAsync(string, ReadingOptions, CancellationToken)"/>.</exception>
    public static SafeZip Open(SafeFileHandle file, ArchiveRefusal refuse, ReadingOptions options, CancellationToken cancellationToken)
    {
        var zip = new SafeZip(file, refuse, options);
        try
        {
            zip.ReadEntries(cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw refuse.Invalid($"is not a whole zip archive. {e.Message.TrimEnd('.')}", e);
        }

        return zip;
    }

    /// <summary>Some files of a zip that is not here itself: their bytes lie in a file of their own. No header of the zip is looked at; a manifest tells everything.</summary>
    /// <param name="files">The manifest's lines, and where the bytes of each are now.</param>
    /// <param name="archiveSize">Bytes of the whole zip.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleUnsafe"/></exception>
    public static SafeZip OfFiles(SafeFileHandle file, IEnumerable<(BundleEntry Entry, ByteStretch Bytes)> files, long archiveSize, ReadingOptions options)
    {
        var refuse = new ArchiveRefusal(options.Place!);
        var guard = new EntryGuard(refuse, options, archiveSize);
        return new SafeZip(file, refuse, options)
        {
            Entries =
            [
                .. files.Select(f => guard.Admit(f.Entry.Name, f.Entry.Type, (int)f.Entry.Mode, f.Entry.Size, null) with
                {
                    Sha256 = f.Entry.Sha256,
                    Data = new ZipData(f.Bytes.Offset, f.Bytes.Length, f.Bytes.Length == f.Entry.Size ? null : true, null),
                }),
            ],
        };
    }

    public override async Task ReadAsync(Func<ArchiveEntry, bool>? selection, Action<ArchiveEntry, EntryContent> take, CancellationToken cancellationToken)
    {
        List<List<ArchiveEntry>> batches = Batches(Entries.Where(e => e.Type == BundleEntryType.File && (selection is null || selection(e))));
        int next = -1;
        ExceptionDispatchInfo? failure = null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        void Work()
        {
            try
            {
                using var segment = new FileSegment(File);
                using var content = new EntryContent(Refuse, stop.Token);
                for (int batch; (batch = Interlocked.Increment(ref next)) < batches.Count;)
                {
                    foreach (ArchiveEntry entry in batches[batch]) Read(entry, segment, content, take);
                }
            }
            catch (Exception e)
            {
                // The first failure is the cause; what the stop makes fail after it is not.
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                stop.Cancel();
            }
        }

        int workers = Math.Min(batches.Count, Environment.ProcessorCount);
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(Work, CancellationToken.None)));
        failure?.Throw();
    }

    private static List<List<ArchiveEntry>> Batches(IEnumerable<ArchiveEntry> files)
    {
        var batches = new List<List<ArchiveEntry>>();
        long length = BatchLength;
        foreach (ArchiveEntry file in files.OrderBy(e => e.Data!.Offset))
        {
            if (length >= BatchLength)
            {
                batches.Add([]);
                length = 0;
            }

            batches[^1].Add(file);
            length += file.Data!.Length;
        }

        return batches;
    }

    private protected override void Expect(IReadOnlyList<BundleEntry> expected)
    {
        Dictionary<string, ArchiveEntry> byName = expected.ToDictionary(e => e.Name, ArchiveEntry.Of);
        var entries = new List<ArchiveEntry>(Entries.Count);
        foreach (ArchiveEntry entry in Entries)
        {
            if (!byName.Remove(entry.Name, out ArchiveEntry? known) || !known.Agrees(entry)) throw Refuse.Mismatch($"does not hold what its manifest lists: '{entry.Name}' is another");
            entries.Add(known with { Data = entry.Data });
        }

        if (byName.Count > 0) throw Refuse.Mismatch($"does not hold what its manifest lists: '{byName.Keys.First()}' is missing");
        Entries = entries;
    }

    private static void Read(ArchiveEntry entry, FileSegment segment, EntryContent content, Action<ArchiveEntry, EntryContent> take)
    {
        bool deflated = entry.Data!.IsDeflated ?? !IsStored(entry, segment);
        segment.Begin(entry.Data.Offset, entry.Data.Length);
        Stream source = deflated ? new DeflateStream(segment, CompressionMode.Decompress, leaveOpen: true) : segment;
        try
        {
            content.Begin(entry, source);
            take(entry, content);
            content.Finish();
        }
        finally
        {
            if (deflated) source.Dispose();
        }
    }

    private static bool IsStored(ArchiveEntry entry, FileSegment segment)
    {
        segment.Begin(entry.Data!.Offset, entry.Data.Length);
        return Hex.Of(SHA256.HashData(segment)) == entry.Sha256;
    }

    private void ReadEntries(CancellationToken cancellationToken)
    {
        var guard = new EntryGuard(Refuse, Options, RandomAccess.GetLength(File));
        IReadOnlyList<(ZipDirectoryRecord Record, long DataOffset)> records = new ZipDirectory(File, Refuse, guard, cancellationToken).Read();
        var entries = new List<ArchiveEntry>(records.Count);
        using var segment = new FileSegment(File);
        using var content = new EntryContent(Refuse, cancellationToken);
        foreach ((ZipDirectoryRecord record, long offset) in records)
        {
            entries.Add(Admit(record, offset, guard, segment, content));
        }

        Entries = entries;
        Notes = guard.Notes;
    }

    private ArchiveEntry Admit(ZipDirectoryRecord record, long offset, EntryGuard guard, FileSegment segment, EntryContent content)
    {
        bool slash = record.Name.EndsWith('/');
        string name = slash ? record.Name[..^1] : record.Name;
        if (record.IsEncrypted) throw Refuse.Unsafe(name, "is encrypted");
        if (record.Method is not (Stored or Deflated)) throw Refuse.Invalid($"holds '{ArchiveRefusal.Shown(name)}' compressed with {MethodName(record.Method)}; Cumulus reads stored and deflated entries");
        if (record.Method == Stored && record.Size != record.CompressedSize) throw Refuse.Invalid($"is damaged: the sizes of '{ArchiveRefusal.Shown(name)}', which is stored, differ");
        BundleEntryType type = (record.UnixMode & TypeMask) switch
        {
            LinkType => BundleEntryType.Link,
            FolderType => BundleEntryType.Folder,
            0 or FileType => slash ? BundleEntryType.Folder : BundleEntryType.File,
            int other => throw Refuse.Unsafe(name, $"is neither file, folder nor link (type 0{Convert.ToString(other, 8)})"),
        };
        var data = new ZipData(offset, record.CompressedSize, record.Method == Deflated, record.Crc32);
        if (type == BundleEntryType.Folder && record.Size > 0) throw Refuse.Unsafe(name, "is a folder with content");
        if (type == BundleEntryType.Link && slash) throw Refuse.Unsafe(name, "is a link and a folder");
        string? target = type == BundleEntryType.Link ? LinkTarget(name, record.Size, data, segment, content) : null;
        int? mode = record.UnixMode == 0 ? null : record.UnixMode & 0xFFF;
        return guard.Admit(name, type, mode, type == BundleEntryType.File ? record.Size : 0, target) with { Data = data };
    }

    private string LinkTarget(string name, long size, ZipData data, FileSegment segment, EntryContent content)
    {
        if (size > EntryGuard.LongestLinkTarget) throw Refuse.Unsafe(name, "is a link with a target that is too long");
        byte[] target = new byte[size];
        Read(new ArchiveEntry(name, BundleEntryType.Link, EntryMode.Link, size, null) { Data = data }, segment, content, (_, text) => text.ReadAtLeast(target, target.Length, throwOnEndOfStream: false));
        return Encoding.UTF8.GetString(target);
    }

    private static string MethodName(ushort method) => method switch
    {
        1 => "shrink",
        6 => "implode",
        9 => "Deflate64",
        12 => "bzip2",
        14 => "LZMA",
        93 => "Zstandard",
        95 => "xz",
        98 => "PPMd",
        99 => "AES encryption",
        _ => $"method {method}",
    };
}
