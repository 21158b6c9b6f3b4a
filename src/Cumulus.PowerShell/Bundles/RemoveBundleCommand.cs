using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Environments;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Removes published bundles, after it has named them and asked. What an environment uses, or would go back to, stays.</summary>
[Cmdlet(VerbsCommon.Remove, "Bundle", SupportsShouldProcess = true)]
[OutputType(typeof(BundleRemoval))]
public sealed class RemoveBundleCommand : EnvironmentCmdlet
{
    private readonly List<(BundlePlace Place, IReadOnlyList<BundleQuery> Queries)> _chosen = [];

    /// <summary>Environments; wildcards are fine.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string[] Environment { get; set; } = [];

    /// <summary>Versions; wildcards are fine. Default: all that -KeepLast or -OlderThan do not keep.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string[]? Version { get; set; }

    /// <summary>Names of bundles; wildcards are fine. Default: all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BundleCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Bucket. Default: the environment's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Bucket { get; set; }

    /// <summary>Keep the newest of each environment and name, by the time of publishing.</summary>
    [Parameter]
    [ValidateRange(1, 100000)]
    public int KeepLast { get; set; }

    /// <summary>Remove only what was published before: 30d, 12h, a time span, or a date.</summary>
    [Parameter]
    public BundleAge? OlderThan { get; set; }

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        if (Version is null && Name is null && !IsBound(nameof(KeepLast)) && OlderThan is null)
        {
            throw new CumulusException(ErrorIds.VersionMissing, FailureKind.InvalidInput, "Which bundles of the environment are to be removed was not said.")
            {
                Target = string.Join(", ", Environment),
                Advice = "Give -Version, -Name, -KeepLast or -OlderThan.",
            };
        }

        IReadOnlyList<BundlePlace> places = Bucket is { } bucket ? [BundlePlace.In(bucket, Environment, ConfigurationIfAny)] : BundlePlace.Of(Environment, Configuration);
        _chosen.AddRange(places.Select(place => (place, place.Queries(Version, Name))));
        return Task.CompletedTask;
    }

    protected override async Task EndAsync(CancellationToken stop)
    {
        var rule = new RetentionRule(
            IsBound(nameof(KeepLast)) ? KeepLast : null,
            OlderThan?.Before(TimeProvider.System.GetUtcNow()));
        foreach (var group in _chosen.GroupBy(c => (c.Place.Bucket, c.Place.Connection)))
        {
            using AwsGateways aws = await OpenAwsAsync(group.Key.Connection, stop);
            await RemoveAsync(aws, group.Key.Bucket, [.. group.SelectMany(c => c.Queries).Distinct()], rule, stop);
        }
    }

    private async Task RemoveAsync(AwsGateways aws, string bucket, IReadOnlyList<BundleQuery> queries, RetentionRule rule, CancellationToken stop)
    {
        var catalog = new BundleCatalog(aws.Objects, bucket, aws.Region);
        IReadOnlyList<StoredBundle> found = await catalog.FindAsync(queries, onlyLatest: false, stop);
        IReadOnlyList<BundleRemoval> plan = Retention.Plan(found, await InUseAsync(aws, bucket, found, stop), rule);
        BundleRemoval[] going = [.. plan.Where(p => p.Action == RemovalAction.Remove && ShouldProcess($"s3://{p.Bucket}/{p.Key}", $"Remove ({p.Reason})"))];
        Tell(plan, rule);
        if (going.Length == 0)
        {
            WriteObjects(plan.Where(p => p.Action == RemovalAction.Remove));
            return;
        }

        string names = string.Join(", ", going.Select(p => $"{p.Name} {p.Version} of {p.Environment}"));
        if (!IsSet(Force) && !ShouldContinue($"Remove {(going.Length == 1 ? "the bundle" : $"these {going.Length} bundles")} from bucket {bucket}: {names}?", "Remove bundles")) return;

        // The answer may have taken long: what is deployed since then stays as well.
        BundleRemoval[] chosen = [.. Retention.Plan(found, await InUseAsync(aws, bucket, found, stop), rule).Where(p => going.Any(g => g.Key == p.Key))];
        Tell(chosen, rule);
        WriteObjects(await new BundleRemover(aws.Objects, bucket, WriteVerbose).RemoveAsync(chosen, e => WriteFailure(e), stop));
    }

    private async Task<IReadOnlyList<VersionInUse>> InUseAsync(AwsGateways aws, string bucket, IReadOnlyList<StoredBundle> found, CancellationToken stop)
    {
        var reader = new VersionUseReader(new BucketStateStore(aws.Objects, bucket), aws.Stacks, aws.Region, WriteWarning);
        var result = new List<VersionInUse>();
        foreach (string environment in found.Select(b => b.Environment).Distinct())
        {
            result.AddRange(await reader.ReadAsync(environment, BundlePlace.Configured(environment, bucket, ConfigurationIfAny) is null ? null : Configuration, stop));
        }

        return result;
    }

    // A rule keeps in silence; what was asked for by name and stays is an error.
    private void Tell(IReadOnlyList<BundleRemoval> plan, RetentionRule rule)
    {
        foreach (BundleRemoval kept in plan.Where(p => p.Action == RemovalAction.Keep))
        {
            if (kept.InUse && rule == new RetentionRule())
            {
                WriteFailure(new CumulusException(ErrorIds.BundleInUse, FailureKind.Conflict, $"s3://{kept.Bucket}/{kept.Key} stays: {kept.Reason}.")
                {
                    Target = kept.Key,
                    Advice = "Deploy another version first; the current and the previous one stay.",
                });
            }
            else
            {
                WriteVerbose($"{kept.Key} stays: {kept.Reason}");
            }
        }
    }
}
