using System.Globalization;
using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Puts bundles into S3. A published key is immutable (D-30): the same content again is nothing to do, other content is
/// refused without force. The manifest goes up first and only if its key is free: whoever gets it in has the key, and an
/// archive that is there always has its manifest.
/// </summary>
public sealed class BundlePublisher(IObjectStore store)
{
    /// <summary>User metadata of archive and manifest.</summary>
    public const string DigestKey = "cumulus-digest";
    public const string Sha256Key = "cumulus-sha256";
    public const string FilesKey = "cumulus-files";

    /// <summary>What <see cref="PublishAsync"/> would do now; one request.</summary>
    /// <exception cref="CumulusException">As <see cref="PublishAsync"/>.</exception>
    public async Task<PublishedBundle> PlanAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        Bundle bundle = request.Bundle;
        string environment = Settle("environment", bundle.Environment, request.Environment, bundle)
            ?? throw new CumulusException(ErrorIds.VersionMissing, FailureKind.InvalidInput, $"Bundle '{bundle.Name}' was built for no environment.")
            {
                Target = bundle.Name,
                Advice = "Give -Environment and -Version.",
            };
        string key = BundleNames.Key(bundle.Name, environment, Settle("version", bundle.Version, request.Version, bundle));
        string bucket = string.IsNullOrEmpty(request.Bucket)
            ? throw new CumulusException(ErrorIds.BucketMissing, FailureKind.InvalidInput, $"There is no bucket for environment '{environment}'.")
            {
                Target = environment,
                Advice = "Give -Bucket, or set bucket in the environment's configuration.",
            }
            : request.Bucket;
        return new PublishedBundle
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
            State = await StateAsync(request, bucket, key, cancellationToken),
        };
    }

    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.VersionMissing"/>, <see cref="ErrorIds.BucketMissing"/>, <see cref="ErrorIds.BundleEnvironmentMismatch"/>,
    /// <see cref="ErrorIds.BundleNotFound"/> (the archive is gone from this machine), <see cref="ErrorIds.BundleAlreadyPublished"/>,
    /// and what <see cref="IObjectStore"/> names.
    /// </exception>
    public async Task<PublishedBundle> PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        CheckFiles(request.Bundle);
        PublishedBundle plan = await PlanAsync(request, cancellationToken);
        if (plan.State == PublishState.Unchanged) return plan;
        var metadata = new Dictionary<string, string>
        {
            [DigestKey] = request.Bundle.Digest,
            [Sha256Key] = request.Bundle.Sha256,
            [FilesKey] = request.Bundle.Files.ToString(CultureInfo.InvariantCulture),
        };
        string manifestKey = plan.Key + BundleManifest.Suffix;
        if (!await store.UploadAsync(plan.Bucket, manifestKey, request.Bundle.ManifestPath, metadata, onlyIfAbsent: !request.Force, null, cancellationToken))
        {
            StoredObject? claim = await store.FindAsync(plan.Bucket, manifestKey, cancellationToken);
            if (claim?.Metadata.GetValueOrDefault(Sha256Key) != request.Bundle.Sha256)
            {
                PublishState now = await StateAsync(request, plan.Bucket, plan.Key, cancellationToken);
                return now == PublishState.Unchanged ? plan with { State = now } : throw Claimed(plan, manifestKey);
            }
        }

        if (!await store.UploadAsync(plan.Bucket, plan.Key, request.Bundle.Path, metadata, onlyIfAbsent: !request.Force, request.Progress, cancellationToken))
        {
            return plan with { State = await StateAsync(request, plan.Bucket, plan.Key, cancellationToken) };
        }

        return plan;
    }

    private async Task<PublishState> StateAsync(PublishRequest request, string bucket, string key, CancellationToken cancellationToken)
    {
        StoredObject? there = await store.FindAsync(bucket, key, cancellationToken);
        if (there is null) return PublishState.Published;
        string? digest = there.Metadata.GetValueOrDefault(DigestKey);
        if (digest == request.Bundle.Digest) return PublishState.Unchanged;
        if (request.Force) return PublishState.Replaced;
        string content = digest is null ? $"content of unknown digest ({there.Size} bytes)" : $"other content ({digest})";
        throw new CumulusException(
            ErrorIds.BundleAlreadyPublished,
            FailureKind.Conflict,
            $"s3://{bucket}/{key} was published on {there.LastModified.UtcDateTime:yyyy-MM-dd HH:mm} UTC with {content}; this bundle is {request.Bundle.Digest}.")
        {
            Target = key,
            Advice = "Publish under a new version, or replace it with -Force; hosts that have the version installed are not told.",
        };
    }

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
    }

    private static CumulusException Claimed(PublishedBundle plan, string manifestKey) =>
        new(ErrorIds.BundleAlreadyPublished, FailureKind.Conflict, $"Somebody began to publish other content as s3://{plan.Bucket}/{plan.Key}: {manifestKey} is there.")
        {
            Target = plan.Key,
            Advice = "Wait for them; or, if that run died, take over with -Force.",
        };
}
