using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Bundles;

/// <summary>Finds out what a bundle holds, wherever it lies. Of a published one only the manifest is fetched.</summary>
/// <param name="store">Null: files of this machine only.</param>
public sealed class ManifestReader(IObjectStore? store)
{
    /// <summary>
    /// A manifest file is read alone; an archive by the manifest beside it when that fits its bytes, and read through when it has none.
    /// </summary>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.BundleNotFound"/>, also for an archive in a bucket that has no manifest; <see cref="ErrorIds.BundleInvalid"/>,
    /// <see cref="ErrorIds.BundleUnsafe"/>, <see cref="ErrorIds.BundleDigestMismatch"/>, and what <see cref="IObjectStore"/> names.
    /// </exception>
    public async Task<BundleManifest> ReadAsync(BundleReference bundle, CancellationToken cancellationToken)
    {
        if (bundle.Path is not { } path) return await FetchAsync(bundle, cancellationToken);
        if (!path.EndsWith(BundleManifest.Suffix, StringComparison.Ordinal)) return await BundleFile.ReadManifestAsync(path, cancellationToken);
        return File.Exists(path)
            ? await BundleManifest.ReadAsync(path, forWindows: false, cancellationToken)
            : throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"There is no manifest {path}.") { Target = path };
    }

    private async Task<BundleManifest> FetchAsync(BundleReference bundle, CancellationToken cancellationToken)
    {
        IObjectStore objects = store ?? throw new InvalidOperationException("a published bundle needs an object store");
        string folder = Directory.CreateTempSubdirectory("cumulus-").FullName;
        try
        {
            string file = Path.Combine(folder, "manifest");
            foreach (string key in bundle.Keys.Select(k => k + BundleManifest.Suffix))
            {
                if (!await objects.DownloadAsync(bundle.Bucket!, key, file, null, cancellationToken)) continue;
                byte[] bytes = await File.ReadAllBytesAsync(file, cancellationToken);
                return BundleManifest.Read(bytes, $"s3://{bundle.Bucket}/{key}", forWindows: false);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        throw await AbsentAsync(objects, bundle, cancellationToken);
    }

    private static async Task<CumulusException> AbsentAsync(IObjectStore objects, BundleReference bundle, CancellationToken cancellationToken)
    {
        foreach (string key in bundle.Keys)
        {
            if (await objects.FindAsync(bundle.Bucket!, key, cancellationToken) is null) continue;
            return new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"s3://{bundle.Bucket}/{key} has no manifest: the old program published it.")
            {
                Target = key,
                Advice = "Download the archive and name the file.",
            };
        }

        return new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"There is no bundle {bundle}.")
        {
            Target = bundle.ToString(),
            Advice = "Check bucket, environment, version and name.",
        };
    }
}
