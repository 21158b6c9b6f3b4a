namespace Cumulus.Engine.Bundles;

/// <summary>Reads archives that are on this machine already.</summary>
public static class BundleFile
{
    /// <summary>Knows an archive again: by the manifest beside it when that fits its bytes, else by reading it through.</summary>
    /// <returns>Without a manifest: named after the file, of no environment; the manifest is then written beside it.</returns>
    /// <exception cref="CumulusException">As <see cref="SafeArchive.OpenAsync(string, ReadingOptions, CancellationToken)"/>; <see cref="ErrorIds.BundleDigestMismatch"/> when the manifest
    /// beside it tells of other bytes.</exception>
    public static async Task<Bundle> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        BundleManifest manifest = await ReadManifestAsync(full, cancellationToken);
        string beside = full + BundleManifest.Suffix;
        if (!File.Exists(beside)) await manifest.WriteAsync(beside, cancellationToken);
        return Describe(full, manifest);
    }

    /// <summary>As <see cref="ReadAsync"/>, and writes nothing.</summary>
    /// <exception cref="CumulusException">As <see cref="ReadAsync"/>.</exception>
    public static async Task<BundleManifest> ReadManifestAsync(string full, CancellationToken cancellationToken)
    {
        if (File.Exists(full) && File.Exists(full + BundleManifest.Suffix))
        {
            BundleManifest manifest = await ManifestAsync(full, forWindows: false, cancellationToken);
            using SafeArchive known = await SafeArchive.OpenAsync(full, new ReadingOptions { Expected = Task.FromResult(manifest.Entries) }, cancellationToken);
            return manifest;
        }

        using SafeArchive archive = await SafeArchive.OpenAsync(full, new ReadingOptions(), cancellationToken);
        IReadOnlyList<BundleEntry> entries = await archive.ReadContentAsync(cancellationToken);
        return new BundleManifest
        {
            Schema = BundleManifest.CurrentSchema,
            Tool = BundleBuilder.Tool,
            Name = BundleFormats.WithoutEnding(Path.GetFileName(full)),
            Archive = Path.GetFileName(full),
            Size = new FileInfo(full).Length,
            Sha256 = await Hex.Sha256OfFileAsync(full, cancellationToken),
            Digest = ContentDigest.Of(entries),
            Entries = entries,
        };
    }

    /// <summary>The manifest beside an archive; it tells of these very bytes.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>: there is no archive; <see cref="ErrorIds.BundleDigestMismatch"/>, and what <see cref="BundleManifest.ReadAsync"/> throws.</exception>
    internal static async Task<BundleManifest> ManifestAsync(string path, bool forWindows, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"There is no archive {path}.") { Target = path };
        Task<string> sha256 = Hex.Sha256OfFileAsync(path, cancellationToken);
        BundleManifest manifest = await BundleManifest.ReadAsync(path + BundleManifest.Suffix, forWindows, cancellationToken);
        if (manifest.Sha256 == await sha256) return manifest;
        throw new CumulusException(ErrorIds.BundleDigestMismatch, FailureKind.SecurityViolation, $"{path} is not the archive that the manifest beside it tells of.")
        {
            Target = path,
            Advice = "Build the bundle again.",
        };
    }

    /// <summary>Copies a ready archive, and reads the copy through.</summary>
    /// <param name="copy">Must not exist. It is left when the archive is refused.</param>
    /// <param name="log">Gets what was put right in reading.</param>
    /// <exception cref="CumulusException">As <see cref="SafeArchive.OpenAsync(string, ReadingOptions, CancellationToken)"/> and <see cref="SafeArchive.ReadAsync"/>.</exception>
    internal static async Task<IReadOnlyList<BundleEntry>> TakeAsync(string ready, string copy, Action<string>? log, CancellationToken cancellationToken)
    {
        await using (FileStream from = File.OpenRead(ready))
        await using (var to = new FileStream(copy, FileMode.CreateNew, FileAccess.Write))
        {
            await from.CopyToAsync(to, cancellationToken);
        }

        using SafeArchive archive = await SafeArchive.OpenAsync(copy, new ReadingOptions { Place = ready }, cancellationToken);
        foreach (string note in archive.Notes) log?.Invoke(note);
        return await archive.ReadContentAsync(cancellationToken);
    }

    /// <summary>
    /// Knows an archive again by the manifest beside it alone, whose word is taken for now: for one who compares the bytes with it later, as publishing does.
    /// Without a manifest as <see cref="ReadAsync"/>.
    /// </summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>, and as <see cref="ReadAsync"/>.</exception>
    public static async Task<Bundle> KnowAsync(string path, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full)) throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"There is no archive {full}.") { Target = full, Advice = "Build it with New-Bundle." };
        string beside = full + BundleManifest.Suffix;
        return File.Exists(beside) ? Describe(full, await BundleManifest.ReadAsync(beside, forWindows: false, cancellationToken)) : await ReadAsync(full, cancellationToken);
    }

    internal static Bundle Describe(string path, BundleManifest manifest) => new()
    {
        Name = manifest.Name,
        Environment = manifest.Environment,
        Version = manifest.Version,
        Path = path,
        ManifestPath = path + BundleManifest.Suffix,
        Files = manifest.Entries.Count(e => e.Type != BundleEntryType.Folder),
        Size = manifest.Size,
        Digest = manifest.Digest,
        Sha256 = manifest.Sha256,
    };
}
