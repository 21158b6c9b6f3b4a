using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>Gets manifests first and archives when they are needed, and believes neither before it has compared digests (D-26).</summary>
internal sealed class BundleFetcher(IObjectStore? store, HostPaths paths, string folder, Action<string>? log)
{
    private readonly Dictionary<BundleOffer, Fetched> _fetched = [];
    private int _downloads;

    /// <summary>What the source holds, from its manifest; without one the archive is fetched and read through.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>, <see cref="ErrorIds.BundleDigestMismatch"/>,
    /// <see cref="ErrorIds.BundleInvalid"/>, <see cref="ErrorIds.BundleUnsafe"/>, and what <see cref="IObjectStore"/> names.</exception>
    public async Task<BundleOffer> OfferAsync(InstallSource source, CancellationToken cancellationToken)
    {
        string? archive = source.ArchivePath;
        BundleManifest? manifest = await ManifestAsync(source, cancellationToken);
        IReadOnlyList<BundleEntry> entries;
        if (manifest is not null)
        {
            entries = manifest.Entries;
        }
        else
        {
            archive ??= await DownloadArchiveAsync(source, cancellationToken);
            log?.Invoke($"{Place(source)} has no manifest: only the checksums inside of the archive are compared.");
            using SafeArchive content = await SafeArchive.OpenAsync(archive, paths.Windows, null, cancellationToken);
            entries = await content.ReadContentAsync(cancellationToken);
        }

        string digest = manifest?.Digest ?? ContentDigest.Of(entries);
        var offer = new BundleOffer(
            source.Name ?? manifest?.Name ?? Path.GetFileNameWithoutExtension(source.ArchivePath)!,
            source.Version ?? manifest?.Version ?? digest,
            manifest?.Environment,
            digest,
            paths.HostPath(source.ExtractionPath ?? (paths.Windows ? @"C:\" : "/")),
            entries);
        _fetched[offer] = new Fetched(source, manifest, archive);
        return offer;
    }

    /// <summary>The archive of an offer, whole and compared with its manifest.</summary>
    /// <exception cref="CumulusException">As <see cref="OfferAsync"/>.</exception>
    public async Task<SafeArchive> OpenAsync(BundleOffer offer, CancellationToken cancellationToken)
    {
        Fetched known = _fetched[offer];
        string path = known.Archive ?? await DownloadArchiveAsync(known.Source, cancellationToken);
        if (known.Manifest is { } manifest)
        {
            string sha256 = await Hex.Sha256OfFileAsync(path, cancellationToken);
            if (sha256 != manifest.Sha256) throw Mismatch(known.Source, $"has SHA-256 {sha256}, its manifest says {manifest.Sha256}");
        }

        SafeArchive archive = await SafeArchive.OpenAsync(path, paths.Windows, null, cancellationToken);
        foreach (string note in archive.Notes) log?.Invoke(note);
        Dictionary<string, string?> digests = offer.Entries.ToDictionary(e => e.Name, e => e.Sha256);
        if (ContentDigest.Of([.. archive.Entries.Select(e => SafeArchive.Describe(e, digests.GetValueOrDefault(e.Name)))]) == offer.Digest) return archive;
        archive.Dispose();
        throw Mismatch(known.Source, "does not hold what its manifest lists");
    }

    private async Task<BundleManifest?> ManifestAsync(InstallSource source, CancellationToken cancellationToken)
    {
        string path;
        if (source.ArchivePath is { } local)
        {
            if (!File.Exists(local)) throw NotFound(source);
            path = local + BundleManifest.Suffix;
            if (!File.Exists(path)) return null;
        }
        else
        {
            path = NewPath(BundleManifest.Suffix);
            if (!await Store.DownloadAsync(source.Bucket!, source.Key + BundleManifest.Suffix, path, null, cancellationToken)) return null;
        }

        return await BundleManifest.ReadAsync(path, paths.Windows, cancellationToken);
    }

    private async Task<string> DownloadArchiveAsync(InstallSource source, CancellationToken cancellationToken)
    {
        string path = NewPath(".zip");
        log?.Invoke($"Fetching {Place(source)}.");
        return await Store.DownloadAsync(source.Bucket!, source.Key!, path, null, cancellationToken) ? path : throw NotFound(source);
    }

    private IObjectStore Store => store ?? throw new InvalidOperationException("a bundle in a bucket needs an object store");

    private string NewPath(string ending) => Path.Combine(folder, $"{_downloads++}{ending}");

    private static string Place(InstallSource source) => source.ArchivePath ?? $"s3://{source.Bucket}/{source.Key}";

    private static CumulusException NotFound(InstallSource source) =>
        new(ErrorIds.BundleNotFound, FailureKind.NotFound, $"There is no bundle {Place(source)}.")
        {
            Target = Place(source),
            Advice = source.ArchivePath is null ? "Publish the bundle for this environment and version." : null,
        };

    private static CumulusException Mismatch(InstallSource source, string why) =>
        new(ErrorIds.BundleDigestMismatch, FailureKind.SecurityViolation, $"{Place(source)} {why}.") { Target = Place(source), Advice = "Publish the bundle again." };

    private sealed record Fetched(InstallSource Source, BundleManifest? Manifest, string? Archive);
}
