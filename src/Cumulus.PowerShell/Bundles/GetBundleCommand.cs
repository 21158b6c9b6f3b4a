using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.PowerShell;

/// <summary>The bundles that are published, by environment and name, the oldest first.</summary>
[Cmdlet(VerbsCommon.Get, "Bundle")]
[OutputType(typeof(StoredBundle))]
public sealed class GetBundleCommand : EnvironmentCmdlet
{
    /// <summary>Environments; wildcards are fine. Default: all of the configuration, or of the bucket.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string[] Environment { get; set; } = ["*"];

    /// <summary>Versions; wildcards are fine. Default: all.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string[]? Version { get; set; }

    /// <summary>Names of bundles; wildcards are fine. Default: all.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BundleCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Bucket to look into. Default: those of the environments; with it no configuration is needed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Bucket { get; set; }

    /// <summary>Of each environment and name only the one that was published last.</summary>
    [Parameter]
    public SwitchParameter Latest { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        foreach (BundlePlace place in Bucket is { } bucket ? [new BundlePlace(bucket, Environment, null)] : BundlePlace.Of(Environment, Configuration))
        {
            using AwsGateways aws = await OpenAwsAsync(place.Connection, stop);
            var catalog = new BundleCatalog(aws.Objects, place.Bucket, aws.Region);
            WriteObjects(await catalog.FindAsync(place.Queries(Version, Name), IsSet(Latest), stop));
        }
    }
}
