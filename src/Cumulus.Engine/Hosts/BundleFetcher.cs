using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>Gets manifests first and archives when they are needed, and believes neither before it has compared digests (D-26).</summary>
/// <param name="trust">Compares signatures, before an archive is fetched; null: the host asks for none.</param>
internal sealed class BundleFetcher(IObjectStore? store, HostPaths paths, string folder, BundleTrust? trust, Action<string>? log)
{
    private readonly Dictionary<BundleOffer, Fetched> _fetched = [];
    private int _downloads;

    /// <summary>What the source holds, from its manifest; without one the archive is fetched and read through.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>, <see cref="ErrorIds.BundleDigestMismatch"/>,
    /// <see cref="ErrorIds.BundleInvalid"/>, <see cref="ErrorIds.BundleUnsafe"/>, <see cref="ErrorIds.SignatureMissing"/>,
    /// <see cref="ErrorIds.SignatureInvalid"/>, and what <see cref="IObjectStore"/> names.</exception>
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
        if (source.ArchivePath is { } local && !File.Exists(local)) throw NotFound(source);
        if (await BesideAsync(source, BundleManifest.Suffix, cancellationToken) is not { } bytes)
        {
            if (trust is null) return null;
            bool there = source.ArchivePath is not null || await Store.FindAsync(source.Bucket!, source.Key!, cancellationToken) is not null;
            throw there ? SignatureVerifier.Unsigned(Place(source)) : NotFound(source);
        }

        // What is verified is what is read: a file could change between the two.
        if (trust is not null) trust.Verify(bytes, await BesideAsync(source, SignatureDocument.Suffix, cancellationToken), Place(source));
        BundleManifest manifest = BundleManifest.Read(bytes, Place(source) + BundleManifest.Suffix, paths.Windows);
        if (trust is not null) BundleTrust.VerifyPlace(manifest, source, Place(source));
        return manifest;
    }

    /// <summary>The document that lies beside an archive; null when there is none.</summary>
    private async Task<byte[]?> BesideAsync(InstallSource source, string suffix, CancellationToken cancellationToken)
    {
        string path = source.ArchivePath is { } local ? local + suffix : NewPath(suffix);
        bool there = source.ArchivePath is not null
            ? File.Exists(path)
            : await Store.DownloadAsync(source.Bucket!, source.Key + suffix, path, null, cancellationToken);
        return there ? await File.ReadAllBytesAsync(path, cancellationToken) : null;
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
