using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Bundles;

/// <summary>A bundle to bring from the bucket to this machine.</summary>
public sealed record SaveRequest
{
    public required string Bucket { get; init; }

    /// <summary>Of the archive.</summary>
    public required string Key { get; init; }

    /// <summary>Full path; made when absent.</summary>
    public required string Folder { get; init; }

    /// <summary>Replace a file of the same name with other content.</summary>
    public bool Force { get; init; }

    /// <summary>Gets what is worth to know and no error.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Bytes of the archive that are here.</summary>
    public IProgress<long>? Progress { get; init; }
}

/// <summary>Brings archive, manifest and signature to a folder. Each file appears whole; what broke off is gone on with by the next try.</summary>
public sealed class BundleSaver(IObjectStore store)
{
    /// <returns>The bundle on this machine; its digest has been compared.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>; <see cref="ErrorIds.FileExists"/>: other content of that name is there;
    /// <see cref="ErrorIds.BundleDigestMismatch"/>: archive and manifest do not belong together; <see cref="ErrorIds.BundleInvalid"/>, <see cref="ErrorIds.BundleUnsafe"/>, and
    /// what <see cref="IObjectStore"/> names.</exception>
    public async Task<Bundle> SaveAsync(SaveRequest request, CancellationToken cancellationToken)
    {
        string place = $"s3://{request.Bucket}/{request.Key}";
        StoredObject archive = await store.FindAsync(request.Bucket, request.Key, cancellationToken)
            ?? throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"There is no bundle {place}.") { Target = request.Key, Advice = "Get-Bundle shows what there is." };
        ObjectContent? manifest = await store.GetAsync(request.Bucket, request.Key + BundleManifest.Suffix, cancellationToken);
        ObjectContent? signature = await store.GetAsync(request.Bucket, request.Key + SignatureDocument.Suffix, cancellationToken);
        BundleManifest? told = manifest is null ? null : BundleManifest.Read(manifest.Bytes, place + BundleManifest.Suffix, forWindows: false);
        if (told is not null && told.Size != archive.Size) throw Mismatch(place, $"has {archive.Size} bytes, its manifest says {told.Size}");

        Directory.CreateDirectory(request.Folder);
        string path = Path.Combine(request.Folder, request.Key[(request.Key.LastIndexOf('/') + 1)..]);
        (string Ending, byte[]? Bytes)[] beside = [(BundleManifest.Suffix, manifest?.Bytes), (SignatureDocument.Suffix, signature?.Bytes)];
        foreach ((string ending, byte[]? bytes) in beside) RequireSameOrForce(path + ending, bytes, request.Force);
        if (!await IsThereAsync(path, archive, told, request, cancellationToken)) await FetchAsync(path, archive, told, request, cancellationToken);
        foreach ((string ending, byte[]? bytes) in beside) await PutBesideAsync(path + ending, bytes, cancellationToken);
        if (told is not null) return BundleFile.Describe(path, told);

        request.Log?.Invoke($"{place} has no manifest: the archive was read through, and one is written here.");
        return await BundleFile.ReadAsync(path, cancellationToken);
    }

    private static async Task<bool> IsThereAsync(string path, StoredObject archive, BundleManifest? told, SaveRequest request, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) return false;
        string? wanted = told?.Sha256 ?? archive.Metadata.GetValueOrDefault(BundlePublisher.Sha256Key);
        if (wanted is not null && new FileInfo(path).Length == archive.Size && await Hex.Sha256OfFileAsync(path, cancellationToken) == wanted) return true;
        return request.Force ? false : throw Exists(path);
    }

    private async Task FetchAsync(string path, StoredObject archive, BundleManifest? told, SaveRequest request, CancellationToken cancellationToken)
    {
        // The name holds what the bytes are a part of: what a try for another archive left is not gone on with.
        string part = $"{path}.{archive.ETag.Trim('"')}.part";
        if (!await store.ContinueDownloadAsync(archive.Bucket, archive.Key, part, archive.ETag, request.Progress, cancellationToken))
        {
            File.Delete(part);
            throw Mismatch($"s3://{archive.Bucket}/{archive.Key}", "was replaced or removed just now");
        }

        string sha256 = await Hex.Sha256OfFileAsync(part, cancellationToken);
        if (told is not null && sha256 != told.Sha256)
        {
            File.Delete(part);
            throw Mismatch($"s3://{archive.Bucket}/{archive.Key}", $"has SHA-256 {sha256}, its manifest says {told.Sha256}");
        }

        File.Move(part, path, overwrite: request.Force);
    }

    private static void RequireSameOrForce(string path, byte[]? bytes, bool force)
    {
        if (force || !File.Exists(path) || (bytes is not null && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))) return;
        throw Exists(path);
    }

    private static async Task PutBesideAsync(string path, byte[]? bytes, CancellationToken cancellationToken)
    {
        if (bytes is null)
        {
            // It would be taken for one of the archive that is here now.
            File.Delete(path);
            return;
        }

        string part = $"{path}.part";
        await File.WriteAllBytesAsync(part, bytes, cancellationToken);
        File.Move(part, path, overwrite: true);
    }

    private static CumulusException Exists(string path) =>
        new(ErrorIds.FileExists, FailureKind.Conflict, $"{path} is there with other content.") { Target = path, Advice = "Give another -DestinationPath, or replace it with -Force." };

    private static CumulusException Mismatch(string place, string why) =>
        new(ErrorIds.BundleDigestMismatch, FailureKind.SecurityViolation, $"{place} {why}.") { Target = place, Advice = "Try again; if it stays so, publish the bundle again under a new version." };
}
