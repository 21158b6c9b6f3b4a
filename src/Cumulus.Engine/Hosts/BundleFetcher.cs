using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>Gets manifests first and archives when they are needed, and believes neither before it has compared digests (D-26).</summary>
/// <param name="trust">Compares signatures, before an archive is fetched; null: the host asks for none.</param>
internal sealed class BundleFetcher(IObjectStore? store, HostPaths paths, string folder, BundleTrust? trust, Action<string>? log) : IBundleContent
{
    private readonly Dictionary<BundleOffer, Fetched> _fetched = [];
    private int _downloads;

    /// <summary>What the source holds, from its manifest; without one the archive is fetched and read through.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>, <see cref="ErrorIds.BundleDigestMismatch"/>,
    /// <see cref="ErrorIds.BundleInvalid"/>, <see cref="ErrorIds.BundleUnsafe"/>, <see cref="ErrorIds.SignatureMissing"/>,
    /// <see cref="ErrorIds.SignatureInvalid"/>, and what <see cref="IObjectStore"/> names.</exception>
    public async Task<BundleOffer> OfferAsync(InstallSource source, CancellationToken cancellationToken)
    {
        (source, BundleManifest? manifest, string? signedBy) = await ManifestAsync(source, cancellationToken);
        string? archive = source.ArchivePath;
        IReadOnlyList<BundleEntry> entries;
        if (manifest is not null)
        {
            entries = manifest.Entries;
        }
        else
        {
            if (archive is null) (source, archive) = await DownloadAnyAsync(source, cancellationToken);
            log?.Invoke($"{Place(source)} has no manifest: only the checksums inside of the archive are compared.");
            using SafeArchive content = await SafeArchive.OpenAsync(archive, new ReadingOptions { ForWindows = paths.Windows, Place = Place(source) }, cancellationToken);
            foreach (string note in content.Notes) log?.Invoke(note);
            entries = await content.ReadContentAsync(cancellationToken);
        }

        string digest = manifest?.Digest ?? ContentDigest.Of(entries);
        var offer = new BundleOffer(
            source.Name ?? manifest?.Name ?? BundleFormats.WithoutEnding(Path.GetFileName(source.ArchivePath ?? source.Key!)),
            source.Version ?? manifest?.Version ?? digest,
            manifest?.Environment,
            digest,
            paths.HostPath(source.ExtractionPath ?? (paths.Windows ? @"C:\" : "/")),
            entries,
            signedBy);
        _fetched[offer] = new Fetched(source, manifest, archive);
        return offer;
    }

    /// <exception cref="CumulusException">As <see cref="OfferAsync"/>; <see cref="ErrorIds.BundleDigestMismatch"/> when a file is not what the manifest says.</exception>
    public async Task WriteAsync(BundleOffer offer, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        using SafeArchive archive = await OpenAsync(offer, cancellationToken);
        await archive.ReadAsync(entry => files.ContainsKey(entry.Name), (entry, content) => UnpackedItem.WriteFile(files[entry.Name], entry.Mode, content), cancellationToken);
    }

    /// <summary>The archive of an offer, whole and compared with its manifest.</summary>
    private async Task<SafeArchive> OpenAsync(BundleOffer offer, CancellationToken cancellationToken)
    {
        Fetched known = _fetched[offer];
        string path = known.Archive ?? await DownloadAsync(known.Source, cancellationToken) ?? throw NotFound(known.Source);
        if (known.Manifest is { } manifest)
        {
            string sha256 = await Hex.Sha256OfFileAsync(path, cancellationToken);
            if (sha256 != manifest.Sha256) throw Mismatch(known.Source, $"has SHA-256 {sha256}, its manifest says {manifest.Sha256}");
        }

        var options = new ReadingOptions { ForWindows = paths.Windows, Expected = Task.FromResult(offer.Entries), Place = Place(known.Source) };
        return await SafeArchive.OpenAsync(path, options, cancellationToken);
    }

    /// <returns>The source again, with the key that has the manifest when it is one of a bucket.</returns>
    private async Task<(InstallSource Source, BundleManifest? Manifest, string? SignedBy)> ManifestAsync(InstallSource source, CancellationToken cancellationToken)
    {
        if (source.ArchivePath is { } local && !File.Exists(local)) throw NotFound(source);
        foreach (InstallSource one in Candidates(source))
        {
            if (await BesideAsync(one, BundleManifest.Suffix, cancellationToken) is not { } bytes) continue;

            // What is verified is what is read: a file could change between the two.
            string? signedBy = trust?.Verify(bytes, await BesideAsync(one, SignatureDocument.Suffix, cancellationToken), Place(one));
            BundleManifest manifest = BundleManifest.Read(bytes, Place(one) + BundleManifest.Suffix, paths.Windows);
            if (trust is not null) BundleTrust.VerifyPlace(manifest, one, Place(one));
            return (one, manifest, signedBy);
        }

        if (trust is null) return (source, null, null);
        foreach (InstallSource one in Candidates(source))
        {
            bool there = one.ArchivePath is not null || await Store.FindAsync(one.Bucket!, one.Key!, cancellationToken) is not null;
            if (there) throw SignatureVerifier.Unsigned(Place(one));
        }

        throw NotFound(source);
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

    private async Task<(InstallSource Source, string Path)> DownloadAnyAsync(InstallSource source, CancellationToken cancellationToken)
    {
        foreach (InstallSource one in Candidates(source))
        {
            if (await DownloadAsync(one, cancellationToken) is { } path) return (one, path);
        }

        throw NotFound(source);
    }

    /// <returns>Null when there is no such key.</returns>
    private async Task<string?> DownloadAsync(InstallSource source, CancellationToken cancellationToken)
    {
        string path = NewPath(BundleFormats.Of(source.Key!)?.Ending() ?? "");
        log?.Invoke($"Fetching {Place(source)}.");
        return await Store.DownloadAsync(source.Bucket!, source.Key!, path, null, cancellationToken) ? path : null;
    }

    /// <summary>The source as given; of one in a bucket also what its key would be in the other formats.</summary>
    private static IEnumerable<InstallSource> Candidates(InstallSource source) =>
        source.ArchivePath is not null || BundleFormats.Of(source.Key!) is null
            ? [source]
            : BundleFormats.All.Select(ending => BundleFormats.WithoutEnding(source.Key!) + ending).Prepend(source.Key!).Distinct().Select(key => source with { Key = key });

    private IObjectStore Store => store ?? throw new InvalidOperationException("a bundle in a bucket needs an object store");

    private string NewPath(string ending) => Path.Combine(folder, $"{_downloads++}{ending}");

    private static string Place(InstallSource source) => source.ArchivePath ?? $"s3://{source.Bucket}/{source.Key}";

    private static CumulusException NotFound(InstallSource source) =>
        new(ErrorIds.BundleNotFound, FailureKind.NotFound, $"There is no bundle {Place(source)}{Others(source)}.")
        {
            Target = Place(source),
            Advice = source.ArchivePath is null ? "Publish the bundle for this environment and version." : null,
        };

    private static string Others(InstallSource source) =>
        Candidates(source).Skip(1).Select(s => s.Key![BundleFormats.WithoutEnding(s.Key!).Length..]).ToList() is { Count: > 0 } others
            ? $", nor one that ends in {string.Join(" or ", others)}"
            : "";

    private static CumulusException Mismatch(InstallSource source, string why) =>
        new(ErrorIds.BundleDigestMismatch, FailureKind.SecurityViolation, $"{Place(source)} {why}.") { Target = Place(source), Advice = "Publish the bundle again." };

    private sealed record Fetched(InstallSource Source, BundleManifest? Manifest, string? Archive);
}
