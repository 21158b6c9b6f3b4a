using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Writes a zip whose bytes depend on content alone: entries in a fixed order with one fixed time, each said to be made on
/// Unix, also on Windows, so that other programs take the modes for what they are (D-28). Small files are compressed in groups
/// and large ones in parts, side by side; the bytes do not depend on how many processors did it.
/// </summary>
internal sealed class ZipBundleWriter(ArchiveFile archive, ArchiveSettings settings, PieceSource pieces, PreviousArchive? previous)
{
    private const int FileType = 0x8000;
    private const int FolderType = 0x4000;
    private const int LinkType = 0xA000;

    /// <summary>A larger file is compressed in parts of this size.</summary>
    private const int PartLength = 1 << 20;
    private const int GroupBytes = 512 << 10;
    private const int GroupFiles = 128;

    private readonly StreamPool _outputs = new();
    private readonly Deflater _deflater = new(settings.Level);
    private readonly ZipHeaders _records = new(archive, settings.Time);
    private readonly List<ZipHeader> _directory = [];
    private readonly List<BundleEntry> _entries = [];
    private readonly List<ZipPlace> _places = [];

    /// <summary>Where each entry lies, once all is written.</summary>
    public IReadOnlyList<ZipPlace> Places => _places;

    /// <param name="sources">In <see cref="ArchiveName.Order"/>.</param>
    /// <param name="known">For each source what the last build knew of it, where it is proven to be the same.</param>
    /// <returns>The entries with the digests of the very bytes that were written.</returns>
    public async Task<IReadOnlyList<BundleEntry>> WriteAsync(IReadOnlyList<BundleSource> sources, IReadOnlyList<RecordedEntry?> known, CancellationToken cancellationToken)
    {
        var large = new List<LargeFile>();
        try
        {
            await OrderedWork.RunAsync(Items(sources, known, large), settings.Ahead, work => work(), append => append(), cancellationToken);
        }
        finally
        {
            foreach (LargeFile file in large) file.Dispose();
        }

        _records.AppendDirectory(_directory);
        return _entries;
    }

    // Each item is work for some thread, which gives what is to be done in order afterwards.
    private IEnumerable<Func<Action>> Items(IReadOnlyList<BundleSource> sources, IReadOnlyList<RecordedEntry?> known, List<LargeFile> large)
    {
        for (int i = 0; i < sources.Count;)
        {
            int end = previous is null ? i : EndOfCopy(known, i);
            if (end > i)
            {
                foreach (Func<Action> chunk in Copy(sources, known, i, end)) yield return chunk;
                i = end;
                continue;
            }

            if (IsLarge(sources[i]))
            {
                var file = new LargeFile(sources[i++], settings.Level);
                large.Add(file);
                for (long at = 0; at < file.Source.Size; at += PartLength) yield return Part(file, at);
                continue;
            }

            end = EndOfGroup(sources, known, i);
            yield return Group(sources, known, i, end);
            i = end;
        }
    }

    // What lay side by side in the last archive and lies so again, up to about the length of a part.
    private static int EndOfCopy(IReadOnlyList<RecordedEntry?> known, int start)
    {
        int end = start;
        while (end < known.Count && known[end] is { } entry
            && (end == start || (entry.Place.HeaderAt == known[end - 1]!.Value.Place.End && entry.Place.End - known[start]!.Value.Place.HeaderAt <= PartLength)))
        {
            end++;
        }

        return end;
    }

    private int EndOfGroup(IReadOnlyList<BundleSource> sources, IReadOnlyList<RecordedEntry?> known, int start)
    {
        int end = start;
        for (long bytes = 0; end < sources.Count && bytes < GroupBytes && end - start < GroupFiles && !IsLarge(sources[end]); end++)
        {
            if (previous is not null && known[end] is not null) break;
            bytes += sources[end].Size;
        }

        return end;
    }

    private static bool IsLarge(BundleSource source) => source.Type == BundleEntryType.File && source.Size > PartLength;

    // Headers hold nothing that depends on their place, so they are copied with the data.
    private IEnumerable<Func<Action>> Copy(IReadOnlyList<BundleSource> sources, IReadOnlyList<RecordedEntry?> known, int start, int end)
    {
        long from = known[start]!.Value.Place.HeaderAt;
        long to = known[end - 1]!.Value.Place.End;
        for (long next = from; next < to; next += PartLength)
        {
            long at = next;
            int length = (int)Math.Min(PartLength, to - at);
            yield return () =>
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
                previous!.Read(at, buffer.AsSpan(0, length));
                return () =>
                {
                    archive.AppendRented(buffer, length);
                    if (at + length < to) return;
                    long moved = archive.Position - to;
                    for (int i = start; i < end; i++) AddCopied(sources[i], known[i]!.Value, moved);
                };
            };
        }
    }

    private void AddCopied(BundleSource source, RecordedEntry entry, long moved)
    {
        ZipPlace place = entry.Place with { HeaderAt = entry.Place.HeaderAt + moved, DataAt = entry.Place.DataAt + moved };
        long size = source.Type == BundleEntryType.Link ? place.Length : source.Size;
        Add(source, entry.Digest, Record(source, place.IsDeflated, size) with { Crc = place.Crc, Compressed = place.Length, HeaderAt = place.HeaderAt }, place.DataAt);
    }

    private Func<Action> Group(IReadOnlyList<BundleSource> sources, IReadOnlyList<RecordedEntry?> known, int start, int end) => () =>
    {
        MemoryStream output = _outputs.Rent();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PartLength);
        try
        {
            var files = new PackedFile[end - start];
            for (int i = start; i < end; i++) files[i - start] = Pack(sources[i], known[i]?.Digest, buffer, output);
            return () =>
            {
                foreach (PackedFile file in files) Append(file, output.GetBuffer());
                _outputs.Return(output);
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    };

    private PackedFile Pack(BundleSource source, Digest256? known, byte[] buffer, MemoryStream output)
    {
        int start = (int)output.Length;
        if (source.Type == BundleEntryType.Folder) return new PackedFile(source, start);
        if (source.LinkTarget is { } target)
        {
            byte[] text = Encoding.UTF8.GetBytes(target);
            output.Write(text);
            return new PackedFile(source, start) { Size = text.Length, Length = text.Length, Crc = Crc32.Of(text) };
        }

        if (known is { } seen && pieces.Take(seen, output) is { Length: > 0 } unread)
            return new PackedFile(source, start) { Size = source.Size, Digest = seen, Crc = unread.Crc, Length = unread.Length, IsDeflated = true };

        Span<byte> content = buffer.AsSpan(0, (int)source.Size);
        using (var handle = SourceFile.Open(source)) SourceFile.Read(handle, source, 0, content);
        var file = new PackedFile(source, start) { Size = content.Length, Digest = Digest256.Of(content) };
        bool compress = settings.Level != CompressionLevel.NoCompression && content.Length > 0;
        if (compress && pieces.Take(file.Digest, output) is { } piece)
        {
            file = file with { Crc = piece.Crc, Length = piece.Length, IsDeflated = piece.Length > 0 };
        }
        else
        {
            file = file with { Crc = Crc32.Of(content), IsNew = compress };
            bool tried = compress && !CompressedContent.Is(content);
            if (tried) _deflater.AppendWhole(content, output);
            int length = (int)output.Length - start;
            bool shrinks = tried && length < content.Length;
            file = file with { Length = length, IsDeflated = shrinks };
        }

        if (file.IsDeflated) return file;
        output.SetLength(start);
        output.Position = start;
        output.Write(content);
        return file with { Length = content.Length };
    }

    private void Append(PackedFile file, byte[] output)
    {
        ReadOnlySpan<byte> data = output.AsSpan(file.Start, file.Length);
        ZipHeader record = Record(file.Source, file.IsDeflated, file.Size) with { Crc = file.Crc, Compressed = file.Length };
        _records.AppendLocal(record);
        long at = archive.Position;
        archive.Append(data);
        if (file.Source.Type == BundleEntryType.File && file.Size > 0 && settings.Level != CompressionLevel.NoCompression)
            pieces.Keep(file.Digest, file.Crc, at, file.IsDeflated ? data : default, file.IsNew);
        Add(file.Source, file.Digest, record, at);
    }

    private Func<Action> Part(LargeFile file, long at) => () =>
    {
        LargeFile.Part part = file.Read(at, (int)Math.Min(PartLength, file.Source.Size - at));
        MemoryStream output = _outputs.Rent();
        bool isNew = false;
        if (!file.IsStored && pieces.Take(part.Key, output) is null)
        {
            _deflater.AppendPart(part.Window, part.Content, output);
            isNew = true;
        }

        return () =>
        {
            if (at == 0) Begin(file);
            file.Count(part);
            ReadOnlySpan<byte> data = file.IsStored ? part.Content : output.GetBuffer().AsSpan(0, (int)output.Length);
            if (!file.IsStored) pieces.Keep(part.Key, 0, archive.Position, data, isNew);
            archive.Append(data);
            part.Release();
            _outputs.Return(output);
            if (at + PartLength >= file.Source.Size) End(file);
        };
    };

    private void Begin(LargeFile file)
    {
        file.HeaderAt = archive.Position;
        archive.KeepOpen();
        _records.AppendLocal(Record(file.Source, !file.IsStored, file.Source.Size));
        file.DataAt = archive.Position;
    }

    private void End(LargeFile file)
    {
        if (!file.IsStored) archive.Append(Deflater.StreamEnd);
        long length = archive.Position - file.DataAt;
        ZipHeader record = Record(file.Source, !file.IsStored, file.Source.Size) with { Crc = file.Crc, Compressed = length, HeaderAt = file.HeaderAt };
        _records.PatchLocal(record);
        Add(file.Source, file.Finish(), record, file.DataAt);
    }

    private ZipHeader Record(BundleSource source, bool isDeflated, long size)
    {
        (string name, int type) = source.Type switch
        {
            BundleEntryType.Folder => (source.Name + "/", FolderType),
            BundleEntryType.Link => (source.Name, LinkType),
            _ => (source.Name, FileType),
        };
        return new ZipHeader(
            name,
            (type | (int)source.Mode) << 16,
            isDeflated ? ZipHeader.Deflated : ZipHeader.Stored,
            Crc: 0,
            Compressed: 0,
            size,
            archive.Position);
    }

    private void Add(BundleSource source, Digest256 digest, ZipHeader record, long dataAt)
    {
        bool isFile = source.Type == BundleEntryType.File;
        _directory.Add(record);
        _places.Add(new ZipPlace(record.HeaderAt, dataAt, record.Compressed, record.Crc, record.Method == ZipHeader.Deflated));
        _entries.Add(new BundleEntry
        {
            Name = source.Name,
            Type = source.Type,
            Mode = source.Mode,
            Size = isFile ? source.Size : 0,
            Sha256 = isFile ? digest.ToString() : null,
            LinkTarget = source.LinkTarget,
            DataOffset = isFile ? dataAt : null,
            DataLength = isFile ? record.Compressed : null,
        });
    }

    /// <summary>A small file, or what stands for one, as its bytes lie in the output of its group.</summary>
    private readonly record struct PackedFile(BundleSource Source, int Start)
    {
        public long Size { get; init; }

        public Digest256 Digest { get; init; }

        public uint Crc { get; init; }

        public int Length { get; init; }

        public bool IsDeflated { get; init; }

        public bool IsNew { get; init; }
    }
}
