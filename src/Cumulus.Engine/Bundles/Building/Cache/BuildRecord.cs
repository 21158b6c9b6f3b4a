using System.Buffers.Binary;
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

    private readonly byte[] _entries;
    private readonly int _count;

    private BuildRecord(string identity, BuildOutcome outcome, int count, byte[] entries)
    {
        Identity = identity;
        Outcome = outcome;
        _count = count;
        _entries = entries;
    }

    /// <summary>All that the archive depends on besides its sources.</summary>
    public string Identity { get; }

    public BuildOutcome Outcome { get; }

    /// <param name="lookedAt">When the walk began.</param>
    public static BuildRecord Of(string identity, BuildOutcome outcome, IReadOnlyList<BundleSource> sources, IReadOnlyList<BundleEntry> entries, DateTimeOffset lookedAt)
    {
        long trusted = (lookedAt - Racy).ToUnixTimeMilliseconds() * 1_000_000;
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        Span<byte> digest = stackalloc byte[Digest256.Length];
        for (int i = 0; i < sources.Count; i++)
        {
            BundleSource source = sources[i];
            WriteText(writer, source.Name);
            WriteText(writer, source.FullPath);
            WriteText(writer, source.LinkTarget ?? "");
            writer.Write((int)source.Mode | ((int)source.Type << 16));
            FileStamp stamp = source.Stamp is { } s && Math.Max(s.Modified, s.Changed) < trusted ? s : default;
            Write(writer, stamp);
            if (entries[i].Sha256 is { } sha256) Convert.FromHexString(sha256).CopyTo(digest);
            else digest.Clear();
            writer.Write(digest);
        }

        writer.Flush();
        return new BuildRecord(identity, outcome, sources.Count, bytes.ToArray());
    }

    /// <summary>Null when there is none, or none that is whole.</summary>
    public static BuildRecord? Read(string path)
    {
        if (!File.Exists(path)) return null;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 << 10);
        using var reader = new BinaryReader(stream);
        try
        {
            if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic)) return null;
            string identity = reader.ReadString();
            BuildOutcome outcome = BuildOutcome.Read(reader);
            int count = reader.ReadInt32();
            uint check = reader.ReadUInt32();
            byte[] entries = reader.ReadBytes(reader.ReadInt32());
            return Crc32.Of(entries) == check ? new BuildRecord(identity, outcome, count, entries) : null;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    public void Write(string path)
    {
        string unique = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(unique, FileMode.CreateNew, FileAccess.Write))
            using (var writer = new BinaryWriter(stream))
            {
                writer.Write(Magic);
                writer.Write(Identity);
                Outcome.Write(writer);
                writer.Write(_count);
                writer.Write(Crc32.Of(_entries));
                writer.Write(_entries.Length);
                writer.Write(_entries);
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
    /// <returns>For each source the digest of its content, where that is proven.</returns>
    public Digest256?[] Compare(IReadOnlyList<BundleSource> sources, out bool same)
    {
        var known = new Digest256?[sources.Count];
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

            bool proven = IsSame(sources[i], ref entry, ref text, out Digest256 digest) && order == 0;
            if (proven && sources[i].Type == BundleEntryType.File) known[i] = digest;
            same &= proven;
            rest = entry;
            if (order == 0) i++;
        }

        same &= i == sources.Count && rest.Length == 0;
        return known;
    }

    private static bool IsSame(BundleSource source, ref ReadOnlySpan<byte> entry, ref byte[] text, out Digest256 digest)
    {
        ReadOnlySpan<byte> fullPath = ReadText(ref entry);
        ReadOnlySpan<byte> target = ReadText(ref entry);
        int kind = BinaryPrimitives.ReadInt32LittleEndian(entry);
        FileStamp stamp = MemoryMarshal.Read<FileStamp>(entry[4..]);
        int stampLength = Marshal.SizeOf<FileStamp>();
        digest = Digest256.From(entry[(4 + stampLength)..]);
        entry = entry[(4 + stampLength + Digest256.Length)..];
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

    private static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static ReadOnlySpan<byte> ReadText(ref ReadOnlySpan<byte> entry)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(entry);
        ReadOnlySpan<byte> text = entry.Slice(4, length);
        entry = entry[(4 + length)..];
        return text;
    }

    private static void Write(BinaryWriter writer, FileStamp stamp)
    {
        Span<byte> bytes = stackalloc byte[Marshal.SizeOf<FileStamp>()];
        MemoryMarshal.Write(bytes, in stamp);
        writer.Write(bytes);
    }
}
