using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Writes a zip whose bytes depend on content alone: entries in a fixed order with one fixed time, and each said to be made
/// on Unix, also on Windows, so that other programs take the modes for what they are (D-28).
/// </summary>
internal static class ZipBundleWriter
{
    private const int FileType = 0x8000;
    private const int FolderType = 0x4000;
    private const int LinkType = 0xA000;

    /// <summary>The first moment that a zip can tell.</summary>
    public static DateTimeOffset FirstTime { get; } = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static DateTimeOffset LastTime { get; } = new(2107, 12, 31, 23, 59, 58, TimeSpan.Zero);

    /// <param name="sources">In <see cref="ArchiveName.Order"/>.</param>
    /// <param name="destination">Readable and seekable; left open.</param>
    /// <returns>The entries with the digests of the very bytes that were written.</returns>
    public static async Task<IReadOnlyList<BundleEntry>> WriteAsync(IReadOnlyList<BundleSource> sources, Stream destination, DateTimeOffset time, CancellationToken cancellationToken)
    {
        DateTimeOffset stamp = time < FirstTime ? FirstTime : time > LastTime ? LastTime : time.ToUniversalTime();
        var entries = new List<BundleEntry>(sources.Count);
        long directory;
        using (var zip = new ZipArchive(destination, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (BundleSource source in sources)
            {
                entries.Add(await AddAsync(zip, source, stamp, cancellationToken));
            }

            directory = destination.Position;
        }

        StampUnix(destination, directory);
        return entries;
    }

    /// <summary>Sets the host system of each central directory record to Unix (APPNOTE 4.4.2); Windows' runtime writes FAT.</summary>
    /// <param name="directory">Where the central directory starts.</param>
    internal static void StampUnix(Stream zip, long directory)
    {
        const int HeaderLength = 46;
        const uint Signature = 0x02014b50;
        const byte Unix = 3;
        byte[] header = new byte[HeaderLength];
        for (long at = directory; ;)
        {
            zip.Position = at;
            if (zip.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength) break;
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Signature) break;
            zip.Position = at + 5;
            zip.WriteByte(Unix);
            at += HeaderLength
                + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28))
                + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(30))
                + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(32));
        }

        zip.Position = zip.Length;
    }

    private static async Task<BundleEntry> AddAsync(ZipArchive zip, BundleSource source, DateTimeOffset time, CancellationToken cancellationToken)
    {
        bool folder = source.Type == BundleEntryType.Folder;
        ZipArchiveEntry entry = zip.CreateEntry(folder ? source.Name + "/" : source.Name, CompressionLevel.Optimal);
        entry.LastWriteTime = time;
        int type = source.Type switch
        {
            BundleEntryType.Folder => FolderType,
            BundleEntryType.Link => LinkType,
            _ => FileType,
        };
        entry.ExternalAttributes = (type | (int)source.Mode) << 16;
        // Opened for folders too: else the entry would be written only at the end, past the start of the directory.
        await using Stream content = entry.Open();
        var described = new BundleEntry { Name = source.Name, Type = source.Type, Mode = source.Mode, LinkTarget = source.LinkTarget };
        if (folder) return described;
        if (source.LinkTarget is { } target)
        {
            await content.WriteAsync(Encoding.UTF8.GetBytes(target), cancellationToken);
            return described;
        }

        (long size, string sha256) = await CopyAsync(source.FullPath, content, cancellationToken);
        return described with { Size = size, Sha256 = sha256 };
    }

    private static async Task<(long Size, string Sha256)> CopyAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            long size = 0;
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
            {
                size += read;
                hash.AppendData(buffer, 0, read);
                await content.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            return (size, Hex.Of(hash.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
