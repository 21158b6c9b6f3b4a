using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Takes bundles out of a bucket. The archive goes first: a host that comes meanwhile finds no bundle, and never an archive without the manifest and
/// the signature that it is compared with. A run that is killed between leaves a manifest that nobody takes for a bundle.
/// </summary>
public sealed class BundleRemover(IObjectStore store, string bucket, Action<string>? log)
{
    private const int AtOnce = 8;

    /// <param name="plan">Only what it says to remove is removed.</param>
    /// <param name="failed">Gets one error for each key that S3 did not delete.</param>
    /// <returns>Those that are gone.</returns>
    /// <exception cref="CumulusException">As <see cref="IObjectStore"/>.</exception>
    public async Task<IReadOnlyList<BundleRemoval>> RemoveAsync(IReadOnlyList<BundleRemoval> plan, Action<CumulusException> failed, CancellationToken cancellationToken)
    {
        BundleRemoval[] wanted = [.. plan.Where(p => p.Action == RemovalAction.Remove)];
        HashSet<string> kept = await DeleteAsync([.. wanted.Select(w => w.Key)]);
        BundleRemoval[] gone = [.. wanted.Where(w => !kept.Contains(w.Key)).Select(w => w with { Action = RemovalAction.Removed })];
        await DeleteAsync([.. gone.SelectMany(g => new[] { g.Key + SignatureDocument.Suffix, g.Key + BundleManifest.Suffix })]);

        var index = new ContentIndex(store, bucket, log);
        HashSet<string> keys = [.. gone.Select(g => g.Key)];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            gone.Where(g => g.Digest is not null).Select(g => (g.Digest, Format: BundleFormats.Of(g.Key)!.Value)).Distinct(),
            limit,
            async (content, stop) => await index.ForgetAsync(content.Digest!, content.Format, keys, stop));
        return gone;

        async Task<HashSet<string>> DeleteAsync(string[] keys)
        {
            IReadOnlyList<DeleteFailure> failures = keys.Length == 0 ? [] : await store.DeleteAsync(bucket, keys, cancellationToken);
            foreach (DeleteFailure failure in failures) failed(Failed(failure));
            return [.. failures.Select(f => f.Key)];
        }
    }

    private CumulusException Failed(DeleteFailure failure)
    {
        bool denied = failure.Code == "AccessDenied";
        return new CumulusException(
            denied ? ErrorIds.AccessDenied : ErrorIds.AwsRequestFailed,
            denied ? FailureKind.AccessDenied : FailureKind.OperationFailed,
            $"s3://{bucket}/{failure.Key} was not deleted: {failure.Message} ({failure.Code}).")
        {
            Target = failure.Key,
            Advice = denied ? "Allow s3:DeleteObject to the principal." : "Give the command again.",
        };
    }
}
