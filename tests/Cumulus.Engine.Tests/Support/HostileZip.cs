using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Cumulus.Engine.Tests.Support;

/// <summary>Makes archives that no honest tool makes.</summary>
public static class HostileZip
{
    public const int File = 0x8000 | 0x1A4;
    public const int Folder = 0x4000 | 0x1ED;
    public const int Link = 0xA000 | 0x1FF;

    public static string Write(string path, params (string Name, int Mode, string Content)[] entries)
    {
        using FileStream stream = System.IO.File.Create(path);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach ((string name, int mode, string content) in entries)
        {
            ZipArchiveEntry entry = zip.CreateEntry(name, CompressionLevel.Optimal);
            entry.ExternalAttributes = mode << 16;
            using Stream body = entry.Open();
            body.Write(Encoding.UTF8.GetBytes(content));
        }

        return path;
    }

    /// <summary>Sets a 32-bit field of the first central directory record, and the same one in the local header.</summary>
    /// <param name="central">Offset in the record: 16 checksum, 20 compressed size, 24 size.</param>
    public static void Patch(string path, int central, uint value)
    {
        byte[] bytes = System.IO.File.ReadAllBytes(path);
        int at = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + central), value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(central - 2), value);
        System.IO.File.WriteAllBytes(path, bytes);
    }

    /// <summary>Sets the flag that says encrypted, in both headers of the first entry.</summary>
    public static void MarkEncrypted(string path)
    {
        byte[] bytes = System.IO.File.ReadAllBytes(path);
        bytes[6] |= 1;
        bytes[bytes.AsSpan().IndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        System.IO.File.WriteAllBytes(path, bytes);
    }
}
