using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Hosts;

/// <summary>Gets manifests first and archives when they are needed, and believes neither before it has compared digests (D-26).</summary>
/// <param name="folder">For what is fetched; the caller removes it.</param>
/// <param name="trust">Compares signatures, before an archive is fetched; null: the host asks for none.</param>
internal sealed class BundleFetcher(IObjectStore? store, HostPaths paths, string folder, BundleTrust? trust, Action<string>? log) : IBundleContent
{
    private readonly Dictionary<BundleOffer, Known> _known = [];
    private int _downloads;

    /// <summary>What is on the host, from which contents are taken that only moved.</summary>
    public InstalledState Installed { get; init; } = new();

    /// <summary>Folder in which a download that broke waits for the next run; null: none does.</summary>
    public string? Partials { get; init; }

    /// <summary>What the source holds, from its manifest; without one the archive is fetched and read through.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>, <see cref="ErrorIds.BundleDigestMismatch"/>,
    /// <see cref="ErrorIds.BundleInvalid"/>, <see cref="ErrorIds.BundleUnsafe"/>, <see cref="ErrorIds.SignatureMissing"/>,
    /// <see cref="ErrorIds.SignatureInvalid"/>, and what <see cref="IObjectStore"/> names.</exception>
    public async Task<BundleOffer> OfferAsync(InstallSource source, CancellationToken cancellationToken)
    {
        (source, BundleManifest? manifest, string? signedBy) = await ManifestAsync(source, cancellationToken);
        string? archive = source.ArchivePath;
        IReadOnlyList<BundleEntry> entries;
        long fetched = 0;
        if (manifest is not null)
        {
            entries = manifest.Entries;
        }
        else
        {
            if (archive is null)
            {
                (source, StoredObject stored) = await FindAnyAsync(source, cancellationToken);
                archive = NewPath(BundleFormats.Of(source.Key!)?.Ending() ?? "");
                log?.Invoke($"Fetching all of {Place(source)}, {Amount.Of(stored.Size, stored.Size)}: it has no manifest.");
                fetched = (await new ArchiveDownload(Store, Partials, log).FetchAsync(stored, archive, cancellationToken)).Fetched;
            }

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
        _known[offer] = new Known(source, manifest, archive) { Bytes = fetched, ArchiveSize = manifest?.Size ?? new FileInfo(archive!).Length };
        return offer;
    }

    /// <summary>
    /// Writes the files of an offer that are asked for, whatever of the archive that takes: a zip in a bucket that has a manifest is read by ranges
    /// where that is less than all of it. Everything is compared with the manifest.
    /// </summary>
    /// <exception cref="CumulusException">As <see cref="OfferAsync"/>; <see cref="ErrorIds.BundleDigestMismatch"/> when a file is not what the manifest says.</exception>
    public async Task WriteAsync(BundleOffer offer, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        using SafeArchive archive = await OpenAsync(offer, [.. offer.Entries.Where(e => files.ContainsKey(e.Name))], cancellationToken);
        await archive.ReadAsync(entry => files.ContainsKey(entry.Name), (entry, content) => UnpackedItem.WriteFile(files[entry.Name], entry.Mode, content), cancellationToken);
    }

    private async Task<SafeArchive> OpenAsync(BundleOffer offer, IReadOnlyCollection<BundleEntry> wanted, CancellationToken cancellationToken)
    {
        Known known = _known[offer];
        if (known.Manifest is { } manifest && known.Archive is null)
        {
            if (await OpenFilesAsync(known, manifest, [.. wanted.Where(e => e.Type == BundleEntryType.File)], cancellationToken) is { } files) return files;
        }

        string path = known.Archive!;
        if (known.Manifest is not null)
        {
            string sha256 = known.Sha256 ?? await Hex.Sha256OfFileAsync(path, cancellationToken);
            if (sha256 != known.Manifest.Sha256) throw Mismatch(known.Source, $"has SHA-256 {sha256}, its manifest says {known.Manifest.Sha256}");
        }

        return await SafeArchive.OpenAsync(path, Options(offer.Entries, known), cancellationToken);
    }

    /// <summary>What came of an offer's archive over the network so far, and how large the archive is; both in bytes, without manifest and signature.</summary>
    public (long Fetched, long ArchiveSize) SizeOf(BundleOffer offer) => (_known[offer].Bytes, _known[offer].ArchiveSize);

    /// <summary>Single files; or null, and then the whole archive is here.</summary>
    private async Task<SafeArchive?> OpenFilesAsync(Known known, BundleManifest manifest, IReadOnlyList<BundleEntry> files, CancellationToken cancellationToken)
    {
        SafeFileHandle local = File.OpenHandle(NewPath(".files"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        try
        {
            List<BundleEntry> contents = [.. files.Where(f => f.Size > 0)];
            Dictionary<string, ByteStretch> places = await new DeltaFetch(paths, Installed).TakeInstalledAsync(contents, local, cancellationToken);
            List<BundleEntry> missing = contents.FindAll(f => !places.ContainsKey(f.Sha256!));
            if (missing.Count < contents.Count) log?.Invoke($"On this host under other names: {Amount.Of(contents.Count - missing.Count)} of the {Amount.Of(contents.Count)} files that {Place(known.Source)} is needed for.");
            if (missing.Count > 0 && !await FetchFilesAsync(known, manifest, missing, places, local, cancellationToken))
            {
                local.Dispose();
                return null;
            }

            return SafeZip.OfFiles(local, files.Select(f => (f, f.Size == 0 ? default : places[f.Sha256!])), manifest.Size, Options(manifest.Entries, known));
        }
        catch
        {
            local.Dispose();
            throw;
        }
    }

    /// <returns>False when the whole archive was fetched in place of single files.</returns>
    private async Task<bool> FetchFilesAsync(Known known, BundleManifest manifest, List<BundleEntry> missing, Dictionary<string, ByteStretch> places, SafeFileHandle local, CancellationToken cancellationToken)
    {
        StoredObject archive = await Store.FindAsync(known.Source.Bucket!, known.Source.Key!, cancellationToken) ?? throw NotFound(known.Source);
        if (archive.Size != manifest.Size) throw Mismatch(known.Source, $"has {archive.Size} bytes, its manifest says {manifest.Size}");
        if (archive.Metadata.TryGetValue(BundlePublisher.Sha256Key, out string? told) && told != manifest.Sha256) throw Mismatch(known.Source, $"has SHA-256 {told}, its manifest says {manifest.Sha256}");

        string why = "it is no zip";
        if (BundleFormats.Of(known.Source.Key!) == BundleFormat.Zip)
        {
            DeltaPlan? plan = DeltaPlan.Of(missing, archive.Size, new ArchiveRefusal(Place(known.Source)));
            if (plan is not null && plan.IsWorthwhile(archive.Size))
            {
                log?.Invoke($"Fetching {Amount.Of(missing.Count)} of {Amount.Of(manifest.Entries.Count(e => e.Type == BundleEntryType.File))} files, {Amount.Of(plan.Bytes, archive.Size)}, of {Place(known.Source)}.");
                long end = RandomAccess.GetLength(local);
                ReadOutcome outcome = await DeltaFetch.FetchAsync(Store, archive, plan, local, end, cancellationToken);
                if (outcome == ReadOutcome.Gone) throw ArchiveDownload.Replaced(archive);
                if (outcome == ReadOutcome.Read)
                {
                    known.Bytes += plan.Bytes;
                    foreach ((string sha256, ByteStretch place) in plan.Places) places[sha256] = place with { Offset = end + place.Offset };
                    return true;
                }
            }

            why = plan is null ? "its manifest does not tell where its files are"
                : plan.IsWorthwhile(archive.Size) ? "the endpoint knows no ranges"
                : $"{Amount.Of(missing.Count)} of {Amount.Of(manifest.Entries.Count(e => e.Type == BundleEntryType.File))} files are needed";
        }

        log?.Invoke($"Fetching all of {Place(known.Source)}, {Amount.Of(archive.Size, archive.Size)}: {why}.");
        known.Archive = NewPath(BundleFormats.Of(known.Source.Key!)?.Ending() ?? "");
        (known.Sha256, long fetched) = await new ArchiveDownload(Store, Partials, log).FetchAsync(archive, known.Archive, cancellationToken);
        known.Bytes += fetched;
        return false;
    }

    private ReadingOptions Options(IReadOnlyList<BundleEntry> expected, Known known) =>
        new() { ForWindows = paths.Windows, Expected = Task.FromResult(expected), Place = Place(known.Source) };

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

    private async Task<(InstallSource Source, StoredObject Archive)> FindAnyAsync(InstallSource source, CancellationToken cancellationToken)
    {
        foreach (InstallSource one in Candidates(source))
        {
            if (await Store.FindAsync(one.Bucket!, one.Key!, cancellationToken) is { } archive) return (one, archive);
        }

        throw NotFound(source);
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

    private sealed record Known(InstallSource Source, BundleManifest? Manifest, string? Archive)
    {
        public string? Archive { get; set; } = Archive;

        /// <summary>Of the archive, where it was taken while it came.</summary>
        public string? Sha256 { get; set; }

        public long Bytes { get; set; }

        public required long ArchiveSize { get; init; }
    }
}
