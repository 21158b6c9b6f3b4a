using System.IO.Compression;

namespace Cumulus.Engine.Bundles;

/// <summary>An archive that was written.</summary>
/// <param name="Sha256">Of its bytes, 64 hexadecimal digits.</param>
internal sealed record WrittenArchive(IReadOnlyList<BundleEntry> Entries, long Size, string Sha256);

/// <summary>Writes archives of all formats.</summary>
internal static class BundleArchive
{
    /// <summary>Names what compresses a format at a level, for the cache: equal names mean equal bytes for equal content.</summary>
    public static string Compressor(BundleFormat format, CompressionLevel level) =>
        $"{format.Ending().TrimStart('.')}-{level.ToString().ToLowerInvariant()}-{(format == BundleFormat.TarBz2 ? "1" : new Deflater(level).Fingerprint())}";

    /// <param name="path">Of a file that is not there yet.</param>
    /// <param name="sources">In <see cref="ArchiveName.Order"/>.</param>
    /// <param name="known">For each source the digest of its content, where an earlier build read the very same file.</param>
    /// <exception cref="CumulusException">As <see cref="SourceFile.Open"/>.</exception>
    public static async Task<WrittenArchive> WriteAsync(
        string path,
        BundleFormat format,
        ArchiveSettings settings,
        IReadOnlyList<BundleSource> sources,
        IReadOnlyList<Digest256?> known,
        PieceCache? cache,
        CancellationToken cancellationToken)
    {
        await using var archive = new ArchiveFile(path);
        var pieces = new PieceSource(archive, cache);
        IReadOnlyList<BundleEntry> entries = format switch
        {
            BundleFormat.Zip => await new ZipBundleWriter(archive, settings, pieces).WriteAsync(sources, known, cancellationToken),
            BundleFormat.TarGz => await new TarBundleWriter(archive, settings, new GzipCompressor(settings.Level), pieces).WriteAsync(sources, cancellationToken),
            _ => await new TarBundleWriter(archive, settings, new Bzip2Compressor(), pieces).WriteAsync(sources, cancellationToken),
        };
        string sha256 = await archive.FinishAsync();
        return new WrittenArchive(entries, archive.Position, sha256);
    }
}
