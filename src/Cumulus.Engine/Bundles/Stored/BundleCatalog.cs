using System.Globalization;
using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Bundles;

/// <summary>Finds the bundles of a bucket.</summary>
/// <param name="region">Only told on.</param>
public sealed class BundleCatalog(IObjectStore store, string bucket, string? region)
{
    /// <summary>HEAD requests at one time.</summary>
    private const int AtOnce = 16;

    /// <summary>
    /// All that one of the queries means, by environment and name, the oldest first. A manifest without an archive, which a publisher left that died, is no
    /// bundle.
    /// </summary>
    /// <param name="onlyLatest">Of each environment and name the one that was published last.</param>
    /// <exception cref="CumulusException">As <see cref="IObjectStore"/>.</exception>
    public async Task<IReadOnlyList<StoredBundle>> FindAsync(IReadOnlyList<BundleQuery> queries, bool onlyLatest, CancellationToken cancellationToken)
    {
        var objects = new SortedDictionary<string, ListedObject>(StringComparer.Ordinal);
        foreach (string prefix in Shortest(queries.Select(q => q.Prefix)))
        {
            await foreach (ListedObject found in store.ListAsync(bucket, prefix, cancellationToken)) objects[found.Key] = found;
        }

        var archives = new List<(ListedObject Object, BundleKeyParts Parts)>();
        foreach (ListedObject found in objects.Values)
        {
            if (BundleNames.Parse(found.Key) is { } parts && queries.Any(q => q.Matches(parts))) archives.Add((found, parts));
        }

        archives =
        [
            .. archives
                .OrderBy(a => a.Parts.Environment, StringComparer.Ordinal)
                .ThenBy(a => a.Parts.Name, StringComparer.Ordinal)
                .ThenBy(a => a.Object.LastModified)
                .ThenBy(a => a.Parts.Version, StringComparer.Ordinal),
        ];
        if (onlyLatest) archives = [.. archives.GroupBy(a => (a.Parts.Environment, a.Parts.Name)).Select(g => g.Last())];

        var bundles = new StoredBundle?[archives.Count];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, archives.Count, limit, async (i, stop) =>
        {
            (ListedObject archive, BundleKeyParts parts) = archives[i];
            // Somebody may have removed it since.
            if (await store.FindAsync(bucket, archive.Key, stop) is { } there) bundles[i] = Describe(there, parts, objects.ContainsKey);
        });
        return [.. bundles.OfType<StoredBundle>()];
    }

    // A prefix that another one covers is not listed twice.
    private static IEnumerable<string> Shortest(IEnumerable<string> prefixes)
    {
        string? last = null;
        foreach (string prefix in prefixes.Distinct().Order(StringComparer.Ordinal))
        {
            if (last is not null && prefix.StartsWith(last, StringComparison.Ordinal)) continue;
            yield return last = prefix;
        }
    }

    private StoredBundle Describe(StoredObject archive, BundleKeyParts parts, Func<string, bool> isThere) => new()
    {
        Environment = parts.Environment,
        Version = parts.Version,
        Name = parts.Name,
        Bucket = bucket,
        Key = archive.Key,
        Region = region,
        Format = parts.Format,
        Files = int.TryParse(archive.Metadata.GetValueOrDefault(BundlePublisher.FilesKey), NumberStyles.None, CultureInfo.InvariantCulture, out int files) ? files : null,
        Size = archive.Size,
        Published = archive.LastModified,
        IsSigned = isThere(archive.Key + SignatureDocument.Suffix),
        HasManifest = isThere(archive.Key + BundleManifest.Suffix),
        Digest = archive.Metadata.GetValueOrDefault(BundlePublisher.DigestKey),
        Sha256 = archive.Metadata.GetValueOrDefault(BundlePublisher.Sha256Key),
    };
}
