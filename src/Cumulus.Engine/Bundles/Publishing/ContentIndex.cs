using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Bundles;

/// <summary>An archive in the bucket with the content that is to be published.</summary>
/// <param name="Manifest">Of that archive's own bytes, as it was published.</param>
internal sealed record ContentSource(StoredObject Archive, BundleManifest Manifest);

/// <summary>Finds archives by content, and notes down where content lies.</summary>
internal sealed class ContentIndex(IObjectStore store, string bucket, Action<string>? log)
{
    /// <summary>An archive with the bundle's content under another key than <paramref name="key"/>; null when none is known, or what is known is not so any more.</summary>
    /// <param name="local">The bundle's own manifest: it is the source's too when the bytes are the same.</param>
    public async Task<ContentSource?> FindAsync(BundleManifest local, BundleFormat format, string key, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.GetAsync(bucket, ContentPointer.KeyOf(local.Digest, format), cancellationToken) is not { } note) return null;
            if (ContentPointer.Read(note.Bytes) is not { } pointer || pointer.Digest != local.Digest || pointer.Key == key) return null;
            StoredObject? archive = await store.FindAsync(bucket, pointer.Key, cancellationToken);
            if (archive is null || archive.Size != pointer.Size || !Tells(archive, pointer)) return null;
            if (pointer.Sha256 == local.Sha256) return new ContentSource(archive, local);

            // The same content, compressed by another build: only the manifest that was published with it tells of its bytes.
            string place = pointer.Key + BundleManifest.Suffix;
            if (await store.GetAsync(bucket, place, cancellationToken) is not { } published) return null;
            BundleManifest manifest = BundleManifest.Read(published.Bytes, $"s3://{bucket}/{place}", forWindows: false);
            return (manifest.Digest, manifest.Sha256, manifest.Size) == (local.Digest, pointer.Sha256, pointer.Size) ? new ContentSource(archive, manifest) : null;
        }
        catch (CumulusException e) when (IsNoReasonToStop(e))
        {
            log?.Invoke($"The bucket was not searched for the content: {e.Message}");
            return null;
        }
    }

    /// <summary>Notes down where the content lies. A bundle is published without it as well.</summary>
    public async Task NoteAsync(BundleManifest manifest, BundleFormat format, string key, StorageOptions storage, CancellationToken cancellationToken)
    {
        var pointer = new ContentPointer { Digest = manifest.Digest, Key = key, Sha256 = manifest.Sha256, Size = manifest.Size };
        try
        {
            await store.PutAsync(bucket, ContentPointer.KeyOf(manifest.Digest, format), pointer.ToBytes(), new ObjectWrite { Storage = storage }, cancellationToken);
        }
        catch (CumulusException e) when (IsNoReasonToStop(e))
        {
            log?.Invoke($"It was not noted down where the content lies, so the next version with it is uploaded: {e.Message}");
        }
    }

    /// <summary>Takes the notes away that lead to archives that are gone.</summary>
    public async Task ForgetAsync(string digest, BundleFormat format, IReadOnlySet<string> goneKeys, CancellationToken cancellationToken)
    {
        string key = ContentPointer.KeyOf(digest, format);
        try
        {
            if (await store.GetAsync(bucket, key, cancellationToken) is { } note && ContentPointer.Read(note.Bytes) is { } pointer && goneKeys.Contains(pointer.Key))
            {
                await store.DeleteAsync(bucket, [key], cancellationToken);
            }
        }
        catch (CumulusException e) when (IsNoReasonToStop(e))
        {
            log?.Invoke($"A note about removed content stays, which does no harm: {e.Message}");
        }
    }

    // A principal may be kept to the environments' keys.
    internal static bool IsNoReasonToStop(CumulusException e) =>
        e.ErrorId is ErrorIds.AccessDenied or ErrorIds.AwsRequestFailed or ErrorIds.BundleInvalid or ErrorIds.BundleUnsafe or ErrorIds.BundleDigestMismatch;

    private static bool Tells(StoredObject archive, ContentPointer pointer) =>
        archive.Metadata.GetValueOrDefault(BundlePublisher.DigestKey) == pointer.Digest && archive.Metadata.GetValueOrDefault(BundlePublisher.Sha256Key) == pointer.Sha256;
}
