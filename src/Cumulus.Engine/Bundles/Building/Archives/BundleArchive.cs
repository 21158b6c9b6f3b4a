using System.IO.Compression;

namespace Cumulus.Engine.Bundles;

/// <summary>An archive that was written.</summary>
/// <param name="Sha256">Of its bytes, 64 hexadecimal digits.</param>
/// <param name="Digest">See <see cref="ContentDigest"/>.</param>
/// <param name="Places">Of a zip: where each entry lies.</param>
internal sealed record WrittenArchive(IReadOnlyList<BundleEntry> Entries, long Size, string Sha256, string Digest, IReadOnlyList<ZipPlace>? Places = null);

/// <summary>Writes archives of all formats.</summary>
internal static class BundleArchive
{
    /// <summary>Names what compresses a format at a level, for the cache: equal names mean equal bytes for equal content.</summary>
    public static string Compressor(BundleFormat format, CompressionLevel level) =>
        $"{format.Ending().TrimStart('.')}-{level.ToString().ToLowerInvariant()}-{(format == BundleFormat.TarBz2 ? "1" : new Deflater(level).Fingerprint())}";

    /// <param name="path">Of a file that is not there yet.</param>
    /// <param name="sources">In <see cref="ArchiveName.Order"/>.</param>
    /// <param name="known">For each source what the last build knew of it, where it is proven to be the same.</param>
    /// <param name="previous">The archive that <paramref name="known"/> tells of.</param>
    /// <exception cref="CumulusException">As <see cref="SourceFile.Open"/>.</exception>
    public static async Task<WrittenArchive> WriteAsync(
        string path,
        BundleFormat format,
        ArchiveSettings settings,
        IReadOnlyList<BundleSource> sources,
        IReadOnlyList<RecordedEntry?> known,
        PreviousArchive? previous,
        PieceCache? cache,
        CancellationToken cancellationToken)
    {
        await using var archive = new ArchiveFile(path);
        var pieces = new PieceSource(archive, cache);
        IReadOnlyList<BundleEntry> entries;
        IReadOnlyList<ZipPlace>? places = null;
        if (format == BundleFormat.Zip)
        {
            var writer = new ZipBundleWriter(archive, settings, pieces, previous);
            entries = await writer.WriteAsync(sources, known, cancellationToken);
            places = writer.Places;
        }
        else
        {
            ITarCompressor compressor = format == BundleFormat.TarGz ? new GzipCompressor(settings.Level) : new Bzip2Compressor();
            entries = await new TarBundleWriter(archive, settings, compressor, pieces).WriteAsync(sources, cancellationToken);
        }

        // The hash of the archive is behind by now: the other digest is made meanwhile.
        Task<string> sha256 = archive.FinishAsync();
        string digest = ContentDigest.Of(entries);
        return new WrittenArchive(entries, archive.Position, await sha256, digest, places);
    }
}
