using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Bundles;

/// <summary>Which of the chosen bundles go.</summary>
/// <param name="KeepLast">The newest of each environment and name stay; null: not counted.</param>
/// <param name="Before">Published at this time or later they stay; null: age does not count.</param>
public sealed record RetentionRule(int? KeepLast = null, DateTimeOffset? Before = null);

public enum RemovalAction
{
    Keep,

    /// <summary>It is going to be removed.</summary>
    Remove,

    Removed,
}

/// <summary>What becomes of one bundle, and why.</summary>
public sealed record BundleRemoval
{
    public required string Environment { get; init; }

    public required string Version { get; init; }

    public required string Name { get; init; }

    public required string Bucket { get; init; }

    /// <summary>Of the archive.</summary>
    public required string Key { get; init; }

    public string? Region { get; init; }

    /// <summary>Bytes of the archive.</summary>
    public required long Size { get; init; }

    public required DateTimeOffset Published { get; init; }

    public string? Digest { get; init; }

    public required RemovalAction Action { get; init; }

    public required string Reason { get; init; }

    /// <summary>It stays because a deployment or a stack uses it, whatever the rule says.</summary>
    public required bool InUse { get; init; }
}

/// <summary>Decides what is removed: data in, plan out.</summary>
public static class Retention
{
    /// <param name="bundles">Those that were chosen; age goes by when they were published, not by their version.</param>
    /// <param name="inUse">What may not go.</param>
    /// <returns>One for each bundle, in their order.</returns>
    public static IReadOnlyList<BundleRemoval> Plan(IReadOnlyList<StoredBundle> bundles, IReadOnlyList<VersionInUse> inUse, RetentionRule rule)
    {
        var rank = new Dictionary<string, int>();
        foreach (IGrouping<(string, string, string), StoredBundle> group in bundles.GroupBy(b => (b.Bucket, b.Environment, b.Name)))
        {
            int n = 0;
            foreach (StoredBundle bundle in group.OrderByDescending(b => b.Published).ThenByDescending(b => b.Key, StringComparer.Ordinal)) rank[bundle.Key] = ++n;
        }

        return [.. bundles.Select(b => Decide(b, inUse.FirstOrDefault(u => u.Environment == b.Environment && u.Version == b.Version), rank[b.Key], rule))];
    }

    private static BundleRemoval Decide(StoredBundle bundle, VersionInUse? use, int rank, RetentionRule rule)
    {
        if (use is not null) return Of(bundle, RemovalAction.Keep, use.Reason, inUse: true);
        if (rule.KeepLast is { } n && rank <= n) return Of(bundle, RemovalAction.Keep, $"it is one of the last {n} of its name");
        if (rule.Before is { } before && bundle.Published >= before) return Of(bundle, RemovalAction.Keep, $"it was published after {before.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        string why = (rule.KeepLast, rule.Before) switch
        {
            (null, null) => "it was chosen",
            ({ } last, null) => Newer(last),
            (null, { } time) => $"it was published before {time.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
            ({ } last, { } time) => $"it was published before {time.UtcDateTime:yyyy-MM-dd HH:mm} UTC, and {Newer(last)}",
        };
        return Of(bundle, RemovalAction.Remove, why);
    }

    private static string Newer(int count) => count == 1 ? "a newer one of its name stays" : $"{count} newer ones of its name stay";

    private static BundleRemoval Of(StoredBundle bundle, RemovalAction action, string reason, bool inUse = false) => new()
    {
        Environment = bundle.Environment,
        Version = bundle.Version,
        Name = bundle.Name,
        Bucket = bundle.Bucket,
        Key = bundle.Key,
        Region = bundle.Region,
        Size = bundle.Size,
        Published = bundle.Published,
        Digest = bundle.Digest,
        Action = action,
        Reason = reason,
        InUse = inUse,
    };
}
