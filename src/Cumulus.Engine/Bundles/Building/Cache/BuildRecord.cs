using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// What the last build of a bundle read and made: for each entry its file's stamp and digest, and the archive's own stamp. With it
/// a build knows without reading that a file, or all of them, are as they were.
/// </summary>
internal sealed class BuildRecord
{
    /// <summary>
    /// A file that was changed this shortly before it was looked at may have been changed again within the same tick of the
    /// file system's clock; its stamp proves nothing (as in git's index).
    /// </summary>
    private static readonly TimeSpan Racy = TimeSpan.FromSeconds(2);

    private static readonly byte[] Magic = "cumulus build record 1\n"u8.ToArray();

    private static readonly int StampLength = Unsafe.SizeOf<FileStamp>();
    private static readonly int RecordedLength = Unsafe.SizeOf<RecordedEntry>();

    private readonly byte[] _entries;
    private readonly int _count;

    private BuildRecord(BuildIdentity identity, BuildOutcome outcome, int count, byte[] entries)
    {
        Identity = identity;
        Outcome = outcome;
        _count = count;
        _entries = entries;
    }

    public BuildIdentity Identity { get; }

    public BuildOutcome Outcome { get; }

    /// <summary>Null when there is none, or none that is whole.</summary>
    public static BuildRecord? Read(string path)
    {
        if (!File.Exists(path)) return null;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 << 10);
        using var reader = new BinaryReader(stream);
        try
        {
            if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic)) return null;
            BuildIdentity identity = BuildIdentity.Read(reader);
            BuildOutcome outcome = BuildOutcome.Read(reader);
            int count = reader.ReadInt32();
            byte[] entries = reader.ReadBytes((int)(stream.Length - stream.Position - sizeof(uint)));
            return Crc32.Of(entries) == reader.ReadUInt32() ? new BuildRecord(identity, outcome, count, entries) : null;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <param name="lookedAt">When the walk began.</param>
    public static void Write(string path, BuildIdentity identity, BuildOutcome outcome, IReadOnlyList<BundleSource> sources, WrittenArchive written, DateTimeOffset lookedAt)
    {
        string unique = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(unique, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 << 10))
            using (var writer = new BinaryWriter(stream))
            {
                writer.Write(Magic);
                identity.Write(writer);
                outcome.Write(writer);
                writer.Write(sources.Count);
                long trusted = (lookedAt - Racy).ToUnixTimeMilliseconds() * 1_000_000;
                var crc = new Crc32();
                var entry = new ArrayBufferWriter<byte>(4096);
                for (int i = 0; i < sources.Count; i++)
                {
                    entry.ResetWrittenCount();
                    Append(entry, sources[i], written.Entries[i].Sha256, written.Places?[i] ?? default, trusted);
                    crc.Append(entry.WrittenSpan);
                    writer.Write(entry.WrittenSpan);
                }

                writer.Write(crc.Value);
            }

            File.Move(unique, path, overwrite: true);
        }
        finally
        {
            File.Delete(unique);
        }
    }

    /// <summary>Compares with what is there now.</summary>
    /// <param name="sources">In <see cref="ArchiveName.Order"/>.</param>
    /// <param name="same">Every entry is proven to be as it was, and none is more or less.</param>
    /// <returns>For each source what was known of it, where it is proven to be the same.</returns>
    public RecordedEntry?[] Compare(IReadOnlyList<BundleSource> sources, out bool same)
    {
        var known = new RecordedEntry?[sources.Count];
        same = sources.Count == _count;
        ReadOnlySpan<byte> rest = _entries;
        byte[] text = new byte[4096];
        int i = 0;
        while (i < sources.Count && rest.Length > 0)
        {
            ReadOnlySpan<byte> entry = rest;
            ReadOnlySpan<byte> name = ReadText(ref entry);
            int order = Utf8(sources[i].Name, ref text).SequenceCompareTo(name);
            if (order < 0)
            {
                same = false;
                i++;
                continue;
            }

            bool proven = IsSame(sources[i], ref entry, ref text, out RecordedEntry recorded) && order == 0;
            if (proven) known[i] = recorded;
            same &= proven;
            rest = entry;
            if (order == 0) i++;
        }

        same &= i == sources.Count && rest.Length == 0;
        return known;
    }

    private static bool IsSame(BundleSource source, ref ReadOnlySpan<byte> entry, ref byte[] text, out RecordedEntry recorded)
    {
        ReadOnlySpan<byte> fullPath = ReadText(ref entry);
        ReadOnlySpan<byte> target = ReadText(ref entry);
        int kind = BinaryPrimitives.ReadInt32LittleEndian(entry);
        FileStamp stamp = MemoryMarshal.Read<FileStamp>(entry[4..]);
        recorded = MemoryMarshal.Read<RecordedEntry>(entry[(4 + StampLength)..]);
        entry = entry[(4 + StampLength + RecordedLength)..];
        return kind == ((int)source.Mode | ((int)source.Type << 16))
            && (source.Type != BundleEntryType.File || (stamp != default && source.Stamp == stamp))
            && Utf8(source.FullPath, ref text).SequenceEqual(fullPath)
            && Utf8(source.LinkTarget ?? "", ref text).SequenceEqual(target);
    }

    private static ReadOnlySpan<byte> Utf8(string text, ref byte[] buffer)
    {
        int longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (buffer.Length < longest) buffer = new byte[longest];
        return buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
    }

    private static void Append(ArrayBufferWriter<byte> entry, BundleSource source, string? sha256, ZipPlace place, long trusted)
    {
        AppendText(entry, source.Name);
        AppendText(entry, source.FullPath);
        AppendText(entry, source.LinkTarget ?? "");
        BinaryPrimitives.WriteInt32LittleEndian(entry.GetSpan(4), (int)source.Mode | ((int)source.Type << 16));
        entry.Advance(4);
        FileStamp stamp = source.Stamp is { } s && Math.Max(s.Modified, s.Changed) < trusted ? s : default;
        MemoryMarshal.Write(entry.GetSpan(StampLength), in stamp);
        entry.Advance(StampLength);
        var recorded = new RecordedEntry(sha256 is null ? default : Digest256.Parse(sha256), place);
        MemoryMarshal.Write(entry.GetSpan(RecordedLength), in recorded);
        entry.Advance(RecordedLength);
    }

    private static void AppendText(ArrayBufferWriter<byte> entry, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        BinaryPrimitives.WriteInt32LittleEndian(entry.GetSpan(4), length);
        entry.Advance(4);
        Encoding.UTF8.GetBytes(text, entry.GetSpan(length));
        entry.Advance(length);
    }

    private static ReadOnlySpan<byte> ReadText(ref ReadOnlySpan<byte> entry)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(entry);
        ReadOnlySpan<byte> text = entry.Slice(4, length);
        entry = entry[(4 + length)..];
        return text;
    }
}
