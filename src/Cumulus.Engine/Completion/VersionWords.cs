using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Completion;

/// <summary>Versions: the configured ones, and what is published in the bucket, the newest first.</summary>
/// <param name="list">Objects of a bucket below a prefix.</param>
public sealed class VersionWords(BucketListing list) : ICompletionSource
{
    public VersionWords()
        : this(ListAsync)
    {
    }

    public IReadOnlyList<CompletionWord> Offline(CompletionScope scope) =>
    [
        .. (scope.Environment is { } named ? [named] : scope.Configuration?.Environments ?? [])
            .Where(e => e.Version is not null)
            .Select(e => new CompletionWord(e.Version!, $"configured for {e.Name}")),
    ];

    public async Task<IReadOnlyList<CompletionWord>> LiveAsync(CompletionScope scope, CancellationToken cancellationToken)
    {
        string? environment = scope.Given("Environment") is { } given && !NamePattern.HasWildcard(given) ? given : null;
        string? bucket = scope.Given("Bucket") ?? scope.Environment?.Bucket;
        if (environment is null || bucket is null) return [];
        IReadOnlyList<ListedObject> found = await list(scope.Connection, bucket, $"{environment}/", cancellationToken);
        return
        [
            .. found.Select(o => (Object: o, Parts: BundleNames.Parse(o.Key)))
                .Where(o => o.Parts is not null)
                .GroupBy(o => o.Parts!.Version)
                .OrderByDescending(g => g.Max(o => o.Object.LastModified))
                .ThenByDescending(g => g.Key, StringComparer.Ordinal)
                .Select(g => new CompletionWord(g.Key, $"{string.Join(", ", g.Select(o => o.Parts!.Name))}, published {g.Max(o => o.Object.LastModified).UtcDateTime:yyyy-MM-dd HH:mm} UTC")),
        ];
    }

    private static async Task<IReadOnlyList<ListedObject>> ListAsync(AwsConnection connection, string bucket, string prefix, CancellationToken cancellationToken)
    {
        using AwsGateways aws = await AwsGateways.ConnectAsync(connection, cancellationToken);
        var result = new List<ListedObject>();
        await foreach (ListedObject found in aws.Objects.ListAsync(bucket, prefix, cancellationToken)) result.Add(found);
        return result;
    }
}

/// <summary>Objects of a bucket below a prefix.</summary>
public delegate Task<IReadOnlyList<ListedObject>> BucketListing(AwsConnection connection, string bucket, string prefix, CancellationToken cancellationToken);
