using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Tests.Support;

/// <summary>One entry of a forged zip. What is null is what an honest program would write.</summary>
public sealed record ForgedEntry(string Name, string Content = "1", int Mode = 0x8000 | 0x1A4)
{
    public byte[] RawName { get; init; } = Encoding.UTF8.GetBytes(Name);
    public byte[]? LocalName { get; init; }
    public byte[] Bytes { get; init; } = Encoding.UTF8.GetBytes(Content);
    public bool Deflate { get; init; } = true;

    /// <summary>In place of the content as it would be stored.</summary>
    public byte[]? Stored { get; init; }
    public ushort Flags { get; init; } = 1 << 11;
    public ushort? LocalFlags { get; init; }
    public ushort? Method { get; init; }
    public ushort? LocalMethod { get; init; }
    public uint? Crc { get; init; }
    public uint? LocalCrc { get; init; }
    public uint? Size { get; init; }
    public uint? LocalSize { get; init; }
    public uint? CompressedSize { get; init; }
    public uint? LocalCompressedSize { get; init; }
    public byte[] Extra { get; init; } = [];
    public byte[] LocalExtra { get; init; } = [];

    /// <summary>Behind the content.</summary>
    public byte[] Behind { get; init; } = [];
    public uint? Offset { get; init; }
    public byte Host { get; init; } = 3;

    /// <summary>With sizes and checksum behind the content instead of before it.</summary>
    public ForgedEntry WithDescriptor(bool marked = true, bool zip64 = false, bool wrong = false)
    {
        byte[] stored = Stored ?? ZipForge.Store(this);
        var behind = new MemoryStream();
        if (marked) behind.Write("PK\u0007\u0008"u8);
        behind.Write(BitConverter.GetBytes(Crc32.Of(Bytes) + (wrong ? 1u : 0)));
        behind.Write(zip64 ? BitConverter.GetBytes((long)stored.Length) : BitConverter.GetBytes(stored.Length));
        behind.Write(zip64 ? BitConverter.GetBytes((long)Bytes.Length) : BitConverter.GetBytes(Bytes.Length));
        return this with { Flags = (ushort)(Flags | 8), LocalCrc = 0, LocalSize = 0, LocalCompressedSize = 0, Behind = behind.ToArray() };
    }
}

/// <summary>Writes zips byte by byte, so that each of them may lie.</summary>
public sealed record ZipForge(params ForgedEntry[] Entries)
{
    public const int File = 0x8000 | 0x1A4;
    public const int Folder = 0x4000 | 0x1ED;
    public const int Link = 0xA000 | 0x1FF;

    public byte[] Before { get; init; } = [];
    public byte[] BeforeDirectory { get; init; } = [];
    public byte[] Behind { get; init; } = [];
    public byte[] Comment { get; init; } = [];
    public ushort? Count { get; init; }
    public uint? DirectorySize { get; init; }
    public uint? DirectoryOffset { get; init; }
    public ushort Disk { get; init; }

    /// <summary>Null: no zip64 end record. Else what is added to the count that it tells.</summary>
    public int? Zip64 { get; init; }

    /// <summary>Added to the place that the zip64 locator names.</summary>
    public int LocatorShift { get; init; }

    public static byte[] Store(ForgedEntry entry)
    {
        if (!entry.Deflate) return entry.Bytes;
        using var stored = new MemoryStream();
        using (var deflate = new DeflateStream(stored, CompressionLevel.Optimal, leaveOpen: true)) deflate.Write(entry.Bytes);
        return stored.ToArray();
    }

    /// <summary>An extra field.</summary>
    public static byte[] Field(ushort id, params byte[] content) => [.. BitConverter.GetBytes(id), .. BitConverter.GetBytes((ushort)content.Length), .. content];

    public byte[] ToBytes()
    {
        var zip = new MemoryStream();
        zip.Write(Before);
        var directory = new MemoryStream();
        foreach (ForgedEntry e in Entries)
        {
            byte[] stored = e.Stored ?? Store(e);
            ushort method = e.Method ?? (ushort)(e.Deflate ? 8 : 0);
            uint crc = e.Crc ?? Crc32.Of(e.Bytes);
            uint size = e.Size ?? (uint)e.Bytes.Length;
            uint compressed = e.CompressedSize ?? (uint)stored.Length;
            uint offset = e.Offset ?? (uint)zip.Position;
            byte[] localName = e.LocalName ?? e.RawName;
            Write(zip, "PK\u0003\u0004", 20, (ushort)(e.LocalFlags ?? e.Flags), (ushort)(e.LocalMethod ?? method), 0, 0x21);
            Write(zip, "", e.LocalCrc ?? crc, e.LocalCompressedSize ?? compressed, e.LocalSize ?? size);
            Write(zip, "", (ushort)localName.Length, (ushort)e.LocalExtra.Length);
            zip.Write(localName);
            zip.Write(e.LocalExtra);
            zip.Write(stored);
            zip.Write(e.Behind);

            Write(directory, "PK\u0001\u0002", (ushort)(20 | (e.Host << 8)), 20, e.Flags, method, 0, 0x21);
            Write(directory, "", crc, compressed, size);
            Write(directory, "", (ushort)e.RawName.Length, (ushort)e.Extra.Length, 0, 0, 0);
            Write(directory, "", (uint)e.Mode << 16, offset);
            directory.Write(e.RawName);
            directory.Write(e.Extra);
        }

        zip.Write(BeforeDirectory);
        long start = zip.Position;
        zip.Write(directory.ToArray());
        if (Zip64 is { } more)
        {
            long at = zip.Position;
            Write(zip, "PK\u0006\u0006", (ulong)44);
            Write(zip, "", 45, 45);
            Write(zip, "", 0u, 0u);
            Write(zip, "", (ulong)(Entries.Length + more), (ulong)(Entries.Length + more), (ulong)directory.Length, (ulong)start);
            Write(zip, "PK\u0006\u0007", 0u);
            Write(zip, "", (ulong)(at + LocatorShift));
            Write(zip, "", 1u);
        }

        ushort count = Count ?? (ushort)Entries.Length;
        Write(zip, "PK\u0005\u0006", Disk, 0, count, count);
        Write(zip, "", DirectorySize ?? (uint)directory.Length, DirectoryOffset ?? (uint)start);
        Write(zip, "", (ushort)Comment.Length);
        zip.Write(Comment);
        zip.Write(Behind);
        return zip.ToArray();
    }

    private static void Write(MemoryStream to, string signature, params ushort[] values)
    {
        to.Write(Encoding.Latin1.GetBytes(signature));
        foreach (ushort value in values) to.Write(BitConverter.GetBytes(value));
    }

    private static void Write(MemoryStream to, string signature, params uint[] values)
    {
        to.Write(Encoding.Latin1.GetBytes(signature));
        foreach (uint value in values) to.Write(BitConverter.GetBytes(value));
    }

    private static void Write(MemoryStream to, string signature, params ulong[] values)
    {
        to.Write(Encoding.Latin1.GetBytes(signature));
        foreach (ulong value in values) to.Write(BitConverter.GetBytes(value));
    }
}
