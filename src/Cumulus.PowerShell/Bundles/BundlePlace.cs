using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>A bucket to look into, for some environments.</summary>
/// <param name="Environments">Names, or wildcards where a bucket was given.</param>
/// <param name="Connection">What the configuration says about how to get there; null: nothing.</param>
internal sealed record BundlePlace(string Bucket, IReadOnlyList<string> Environments, AwsConnection? Connection)
{
    /// <summary>A bucket that was given, reached as the configuration says for one of the environments there.</summary>
    /// <param name="configuration">Null: there is none.</param>
    public static BundlePlace In(string bucket, IReadOnlyList<string> environments, CumulusConfiguration? configuration) =>
        new(bucket, environments, environments.Select(e => Configured(e, bucket, configuration)).FirstOrDefault(e => e is not null) is { } known ? AwsConnection.Of(known) : null);

    /// <summary>The environment in the configuration, if its bucket is this one.</summary>
    public static EnvironmentDefinition? Configured(string environment, string bucket, CumulusConfiguration? configuration) =>
        configuration?.Environments.FirstOrDefault(e => e.Name == environment && e.Bucket == bucket);

    /// <summary>The buckets of environments in the configuration.</summary>
    /// <param name="environments">Names; wildcards are fine.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.EnvironmentNotFound"/>, <see cref="ErrorIds.BucketMissing"/>, and those of reading the configuration.</exception>
    public static IReadOnlyList<BundlePlace> Of(IReadOnlyList<string> environments, CumulusConfiguration configured)
    {
        IEnumerable<EnvironmentDefinition> chosen = environments.SelectMany(pattern => NamePattern.HasWildcard(pattern)
            ? configured.Environments.Where(e => NamePattern.Matches(pattern, e.Name) && !string.IsNullOrWhiteSpace(e.Bucket))
            : [WithBucket(configured.Environment(pattern))]);
        return
        [
            .. chosen.DistinctBy(e => e.Name)
                .GroupBy(e => (e.Bucket!, AwsConnection.Of(e)))
                .Select(g => new BundlePlace(g.Key.Item1, [.. g.Select(e => e.Name)], g.Key.Item2)),
        ];
    }

    public IReadOnlyList<BundleQuery> Queries(IReadOnlyList<string>? versions, IReadOnlyList<string>? names) => BundleQuery.Of(Environments, versions, names);

    private static EnvironmentDefinition WithBucket(EnvironmentDefinition environment) =>
        !string.IsNullOrWhiteSpace(environment.Bucket)
            ? environment
            : throw new CumulusException(ErrorIds.BucketMissing, FailureKind.InvalidInput, $"Environment '{environment.Name}' has no bucket.")
            {
                Target = environment.Name,
                Advice = $"Give -Bucket, or set bucket of the environment in {environment.SourceFile}.",
            };
}
