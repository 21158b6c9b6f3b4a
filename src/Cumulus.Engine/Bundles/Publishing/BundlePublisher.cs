using System.Globalization;
using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Puts bundles into S3. A published key is immutable (D-30): the same content again is nothing to do, other content is
/// refused without force. The manifest goes up first and only if its key is free: whoever gets it in has the key. Signature and archive follow, so
/// an archive that is there always has what belongs to it. A publisher that died on the way is carried on by the next one with the same bytes.
/// </summary>
public sealed class BundlePublisher(IObjectStore store)
{
    /// <summary>User metadata of archive and manifest.</summary>
    public const string DigestKey = "cumulus-digest";
    public const string Sha256Key = "cumulus-sha256";
    public const string FilesKey = "cumulus-files";

    /// <summary>What <see cref="PublishAsync(PublishRequest, CancellationToken)"/> would do now, but for copies, which are found out later. One HEAD request; one listing more when the key is free.</summary>
    /// <exception cref="CumulusException">As <see cref="PublishAsync(PublishRequest, CancellationToken)"/>.</exception>
    public async Task<PublishedBundle> PlanAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        Bundle bundle = request.Bundle;
        CheckFiles(bundle);
        string environment = Settle("environment", bundle.Environment, request.Environment, bundle)
            ?? throw new CumulusException(ErrorIds.VersionMissing, FailureKind.InvalidInput, $"Bundle '{bundle.Name}' was built for no environment.")
            {
                Target = bundle.Name,
                Advice = "Give -Environment and -Version.",
            };
        string key = BundleNames.Key(bundle.Name, environment, Settle("version", bundle.Version, request.Version, bundle), FormatOf(bundle));
        string bucket = string.IsNullOrEmpty(request.Bucket)
            ? throw new CumulusException(ErrorIds.BucketMissing, FailureKind.InvalidInput, $"There is no bucket for environment '{environment}'.")
            {
                Target = environment,
                Advice = "Give -Bucket, or set bucket in the environment's configuration.",
            }
            : request.Bucket;
        var plan = new PublishedBundle
        {
            Environment = environment,
            Version = (bundle.Version ?? request.Version)!,
            Name = bundle.Name,
            Bucket = bucket,
            Key = key,
            Region = request.Region,
            Files = bundle.Files,
            Size = bundle.Size,
            Digest = bundle.Digest,
            State = PublishState.Published,
        };
        return await LookAsync(request, plan, cancellationToken);
    }

    /// <summary>Plans and publishes.</summary>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.VersionMissing"/>, <see cref="ErrorIds.BucketMissing"/>, <see cref="ErrorIds.BundleEnvironmentMismatch"/>,
    /// <see cref="ErrorIds.BundleNotFound"/> (the archive is gone from this machine), <see cref="ErrorIds.FileChanged"/> (it is another one by now),
    /// <see cref="ErrorIds.BundleAlreadyPublished"/>, and what <see cref="IObjectStore"/> and <see cref="IManifestSigner"/> name.
    /// </exception>
    public async Task<PublishedBundle> PublishAsync(PublishRequest request, CancellationToken cancellationToken) =>
        await PublishAsync(request, await PlanAsync(request, cancellationToken), cancellationToken);

    /// <summary>Carries out what <see cref="PlanAsync"/> found. What came between is found out by conditional writes.</summary>
    /// <exception cref="CumulusException">As <see cref="PublishAsync(PublishRequest, CancellationToken)"/>.</exception>
    public async Task<PublishedBundle> PublishAsync(PublishRequest request, PublishedBundle plan, CancellationToken cancellationToken)
    {
        if (plan.State == PublishState.Unchanged) return await AddSignatureAsync(request, plan, cancellationToken);

        Bundle bundle = request.Bundle;
        CheckFiles(bundle);
        byte[] built = await File.ReadAllBytesAsync(bundle.ManifestPath, cancellationToken);
        BundleManifest local = BundleManifest.Read(built, bundle.ManifestPath, forWindows: false);
        if ((local.Sha256, local.Digest) != (bundle.Sha256, bundle.Digest)) throw S3ObjectStore.FileChanged(bundle.ManifestPath, "it tells of another archive");
        var index = new ContentIndex(store, plan.Bucket, request.Log);
        ContentSource? source = await index.FindAsync(local, FormatOf(bundle), plan.Key, cancellationToken);
        (byte[] Bytes, BundleManifest Manifest) own = Final(local, built, plan);
        (byte[] Bytes, BundleManifest Manifest) first = source is null || source.Manifest == local ? own : Final(source.Manifest with { Source = local.Source }, null, plan);

        Claim? claim = await ClaimAsync(request, plan, first, cancellationToken);
        if (claim is null) return await LostAsync(request, plan, own.Manifest, cancellationToken);
        if (claim.Manifest.Sha256 != source?.Manifest.Sha256) source = null;
        await SignAsync(request, plan, claim.Bytes, cancellationToken);

        if (source is not null && await CopyAsync(request, plan, source, claim.Manifest, cancellationToken) is { } copied)
        {
            if (copied.State != PublishState.Unchanged) await index.NoteAsync(claim.Manifest, FormatOf(bundle), plan.Key, Beside(request), cancellationToken);
            return copied;
        }

        if (claim.Manifest.Sha256 != bundle.Sha256)
        {
            // The archive to copy went away: the claim is turned into one for the bytes that are here.
            ObjectWrite turn = Write(own.Manifest, Beside(request)) with { IfMatch = claim.ETag };
            if (await store.PutAsync(plan.Bucket, ManifestKey(plan), own.Bytes, turn, cancellationToken) is null) return await LostAsync(request, plan, own.Manifest, cancellationToken);
            await SignAsync(request, plan, own.Bytes, cancellationToken);
        }

        ObjectWrite write = Write(own.Manifest, request.Storage) with { OnlyIfAbsent = !request.Force, ExpectedSha256 = bundle.Sha256 };
        if (!await store.UploadAsync(plan.Bucket, plan.Key, bundle.Path, write, request.Progress, cancellationToken)) return await LookAsync(request, plan, cancellationToken);
        await index.NoteAsync(own.Manifest, FormatOf(bundle), plan.Key, Beside(request), cancellationToken);
        return plan;
    }

    // The manifest under its new name: as it was built, or with the identity that it is published under.
    private static (byte[] Bytes, BundleManifest Manifest) Final(BundleManifest manifest, byte[]? bytes, PublishedBundle plan)
    {
        BundleManifest named = manifest with { Name = plan.Name, Environment = plan.Environment, Version = plan.Version, Archive = plan.Key[(plan.Key.LastIndexOf('/') + 1)..] };
        return bytes is not null && named == manifest ? (bytes, manifest) : (named.ToBytes(), named);
    }

    /// <summary>Gets the manifest in, or takes over the one of a publisher of the same bytes; null when the key is somebody else's.</summary>
    private async Task<Claim?> ClaimAsync(PublishRequest request, PublishedBundle plan, (byte[] Bytes, BundleManifest Manifest) own, CancellationToken cancellationToken)
    {
        ObjectWrite write = Write(own.Manifest, Beside(request)) with { OnlyIfAbsent = !request.Force };
        if (await store.PutAsync(plan.Bucket, ManifestKey(plan), own.Bytes, write, cancellationToken) is { } etag) return new Claim(own.Bytes, own.Manifest, etag);
        if (await store.GetAsync(plan.Bucket, ManifestKey(plan), cancellationToken) is not { } there) return null;
        if (there.Metadata.GetValueOrDefault(DigestKey) != own.Manifest.Digest || there.Metadata.GetValueOrDefault(Sha256Key) is not { } sha256) return null;
        if (sha256 != own.Manifest.Sha256 && sha256 != request.Bundle.Sha256) return null;
        BundleManifest manifest = BundleManifest.Read(there.Bytes, $"s3://{plan.Bucket}/{ManifestKey(plan)}", forWindows: false);
        return manifest.Sha256 == sha256 && IsOf(manifest, plan) ? new Claim(there.Bytes, manifest, there.ETag) : null;
    }

    // The key was somebody else's: they are ready by now, with the same content or with other, or they are not.
    private async Task<PublishedBundle> LostAsync(PublishRequest request, PublishedBundle plan, BundleManifest own, CancellationToken cancellationToken)
    {
        PublishedBundle now = await LookAsync(request, plan, cancellationToken);
        if (now.State == PublishState.Unchanged) return now;
        StoredObject? claim = await store.FindAsync(plan.Bucket, ManifestKey(plan), cancellationToken);
        string what = claim?.Metadata.GetValueOrDefault(DigestKey) == own.Digest ? "the same content in another archive" : "other content";
        throw new CumulusException(ErrorIds.BundleAlreadyPublished, FailureKind.Conflict, $"Somebody began to publish {what} as s3://{plan.Bucket}/{plan.Key}: {ManifestKey(plan)} is there.")
        {
            Target = plan.Key,
            Advice = "Wait for them; or, if that run died, take over with -Force.",
        };
    }

    /// <summary>Null when S3 cannot copy it: then it is uploaded.</summary>
    private async Task<PublishedBundle?> CopyAsync(PublishRequest request, PublishedBundle plan, ContentSource source, BundleManifest manifest, CancellationToken cancellationToken)
    {
        ObjectWrite write = Write(manifest, request.Storage) with { OnlyIfAbsent = !request.Force };
        try
        {
            CopyResult result = await store.CopyAsync(source.Archive, plan.Key, write, cancellationToken);
            if (result == CopyResult.SourceChanged) return null;
            if (result == CopyResult.Taken) return await LookAsync(request, plan, cancellationToken);
        }
        catch (CumulusException e) when (ContentIndex.IsNoReasonToStop(e))
        {
            // An archive that was moved to Glacier, or whose KMS key may not be used, cannot be copied.
            request.Log?.Invoke($"{source.Archive.Key} has the content and was not copied, so it is uploaded: {e.Message}");
            return null;
        }

        return plan with { State = plan.State == PublishState.Published ? PublishState.Copied : plan.State, CopiedFrom = source.Archive.Key, Size = manifest.Size };
    }

    // The signature is of the manifest that is there, whoever put it there, once it is seen that it tells of this content.
    private async Task<PublishedBundle> AddSignatureAsync(PublishRequest request, PublishedBundle plan, CancellationToken cancellationToken)
    {
        if (request.Signer is null) return plan;
        if (!request.Force && await store.FindAsync(plan.Bucket, SignatureKey(plan), cancellationToken) is not null) return plan;
        string place = $"s3://{plan.Bucket}/{ManifestKey(plan)}";
        ObjectContent there = await store.GetAsync(plan.Bucket, ManifestKey(plan), cancellationToken)
            ?? throw new CumulusException(ErrorIds.BundleInvalid, FailureKind.Conflict, $"{plan.Key} has no manifest to sign.") { Target = plan.Key, Advice = "Publish it again with -Force." };
        BundleManifest manifest = BundleManifest.Read(there.Bytes, place, forWindows: false);
        if (manifest.Digest != request.Bundle.Digest || !IsOf(manifest, plan))
        {
            throw new CumulusException(ErrorIds.BundleDigestMismatch, FailureKind.SecurityViolation, $"{place} does not tell of this bundle, so it is not signed.") { Target = plan.Key, Advice = "Publish under a new version." };
        }

        await SignAsync(request, plan, there.Bytes, cancellationToken);
        return plan with { State = PublishState.SignatureAdded };
    }

    private async Task SignAsync(PublishRequest request, PublishedBundle plan, byte[] manifest, CancellationToken cancellationToken)
    {
        if (request.Signer is { } signer)
        {
            byte[] signature = await signer.SignAsync(manifest, cancellationToken);
            await store.PutAsync(plan.Bucket, SignatureKey(plan), signature, new ObjectWrite { Storage = Beside(request) }, cancellationToken);
        }
        else if (request.Force && await store.DeleteAsync(plan.Bucket, [SignatureKey(plan)], cancellationToken) is [{ } failure, ..])
        {
            // It is of the manifest that was there before, and a host would take the bundle for forged.
            throw new CumulusException(ErrorIds.AwsRequestFailed, FailureKind.OperationFailed, $"The old signature s3://{plan.Bucket}/{failure.Key} was not deleted: {failure.Message} ({failure.Code}).") { Target = failure.Key };
        }
    }

    // How it stands with the key.
    private async Task<PublishedBundle> LookAsync(PublishRequest request, PublishedBundle plan, CancellationToken cancellationToken)
    {
        StoredObject? there = await store.FindAsync(plan.Bucket, plan.Key, cancellationToken);
        if (there is null)
        {
            await RequireNoOtherFormatAsync(plan, cancellationToken);
            return plan with { State = PublishState.Published };
        }

        string? digest = there.Metadata.GetValueOrDefault(DigestKey);
        if (digest == request.Bundle.Digest) return plan with { State = PublishState.Unchanged };
        if (request.Force) return plan with { State = PublishState.Replaced, Replaces = new ReplacedContent(there.LastModified, digest, there.Size) };
        string content = digest is null ? $"content of unknown digest ({there.Size} bytes)" : $"other content ({digest}, {there.Size} bytes)";
        throw new CumulusException(
            ErrorIds.BundleAlreadyPublished,
            FailureKind.Conflict,
            $"s3://{plan.Bucket}/{plan.Key} was published on {there.LastModified.UtcDateTime:yyyy-MM-dd HH:mm} UTC with {content}; this bundle is {request.Bundle.Digest}.")
        {
            Target = plan.Key,
            Advice = "Publish under a new version, or replace it with -Force; hosts that have the version installed are not told.",
        };
    }

    // One bundle of one version has one archive: which of two would a host take?
    private async Task RequireNoOtherFormatAsync(PublishedBundle plan, CancellationToken cancellationToken)
    {
        string stem = plan.Key[..^BundleFormats.Of(plan.Key)!.Value.Ending().Length];
        await foreach (ListedObject other in store.ListAsync(plan.Bucket, stem + ".", cancellationToken))
        {
            if (other.Key == plan.Key || !BundleFormats.All.Contains(other.Key[stem.Length..])) continue;
            throw new CumulusException(
                ErrorIds.BundleAlreadyPublished,
                FailureKind.Conflict,
                $"Version {plan.Version} of bundle '{plan.Name}' was published in another format on {other.LastModified.UtcDateTime:yyyy-MM-dd HH:mm} UTC: s3://{plan.Bucket}/{other.Key}.")
            {
                Target = plan.Key,
                Advice = "Publish under a new version, or take the other archive away first: Remove-Bundle.",
            };
        }
    }

    private static bool IsOf(BundleManifest manifest, PublishedBundle plan) =>
        (manifest.Digest, manifest.Name, manifest.Environment, manifest.Version) == (plan.Digest, plan.Name, plan.Environment, plan.Version);

    private static ObjectWrite Write(BundleManifest manifest, StorageOptions storage) => new()
    {
        Metadata = new Dictionary<string, string>
        {
            [DigestKey] = manifest.Digest,
            [Sha256Key] = manifest.Sha256,
            [FilesKey] = manifest.Entries.Count(e => e.Type != BundleEntryType.Folder).ToString(CultureInfo.InvariantCulture),
        },
        Storage = storage,
    };

    // Small objects cost more in the other classes than they save.
    private static StorageOptions Beside(PublishRequest request) => request.Storage with { StorageClass = null };

    private static string ManifestKey(PublishedBundle plan) => plan.Key + BundleManifest.Suffix;

    private static string SignatureKey(PublishedBundle plan) => plan.Key + SignatureDocument.Suffix;

    private static BundleFormat FormatOf(Bundle bundle) => BundleFormats.Of(bundle.Path)
        ?? throw new CumulusException(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"{bundle.Path} is none of {string.Join(", ", BundleFormats.All)}.") { Target = bundle.Path };

    private static string? Settle(string what, string? built, string? asked, Bundle bundle)
    {
        if (built is null || asked is null || built == asked) return built ?? asked;
        throw new CumulusException(ErrorIds.BundleEnvironmentMismatch, FailureKind.InvalidInput, $"Bundle '{bundle.Name}' was built for {what} '{built}' and cannot be published for '{asked}'.")
        {
            Target = bundle.Name,
            Advice = $"Build it for {what} '{asked}'.",
        };
    }

    private static void CheckFiles(Bundle bundle)
    {
        foreach (string path in (string[])[bundle.Path, bundle.ManifestPath])
        {
            if (File.Exists(path)) continue;
            throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"Bundle '{bundle.Name}' has no file {path}.") { Target = path, Advice = "Build the bundle again." };
        }

        long size = new FileInfo(bundle.Path).Length;
        if (size != bundle.Size) throw S3ObjectStore.FileChanged(bundle.Path, $"it has {size} bytes, not {bundle.Size}");
    }

    /// <summary>The manifest that holds the key.</summary>
    private sealed record Claim(byte[] Bytes, BundleManifest Manifest, string ETag);
}
