using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.PowerShell;

/// <summary>Brings published bundles to a folder, with manifest and signature, and compares their digests.</summary>
[Cmdlet(VerbsData.Save, "Bundle", SupportsShouldProcess = true)]
[OutputType(typeof(Bundle))]
public sealed class SaveBundleCommand : EnvironmentCmdlet
{
    /// <summary>Environments; wildcards are fine.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string[] Environment { get; set; } = [];

    /// <summary>Versions; wildcards are fine.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string[] Version { get; set; } = [];

    /// <summary>Names of bundles; wildcards are fine. Default: all.</summary>
    [Parameter(Position = 2, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BundleCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Bucket. Default: the environment's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Bucket { get; set; }

    /// <summary>Folder for the files, made when absent. Default: the current folder.</summary>
    [Parameter]
    public string DestinationPath { get; set; } = ".";

    /// <summary>Replace files of the same name with other content.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        string folder = ResolvePath(DestinationPath);
        foreach (BundlePlace place in Bucket is { } bucket ? [BundlePlace.In(bucket, Environment, ConfigurationIfAny)] : BundlePlace.Of(Environment, Configuration))
        {
            using AwsGateways aws = await OpenAwsAsync(place.Connection, stop);
            IReadOnlyList<StoredBundle> found = await new BundleCatalog(aws.Objects, place.Bucket, aws.Region).FindAsync(place.Queries(Version, Name), onlyLatest: false, stop);
            if (found.Count == 0) WriteFailure(NotFound(place));
            foreach (StoredBundle bundle in found)
            {
                if (!ShouldProcess($"s3://{bundle.Bucket}/{bundle.Key}", $"Save to {folder}")) continue;
                WriteObject(await SaveAsync(new BundleSaver(aws.Objects), bundle, folder, stop));
            }
        }
    }

    private async Task<Bundle> SaveAsync(BundleSaver saver, StoredBundle bundle, string folder, CancellationToken stop)
    {
        var bar = new TransferReporter(Host, $"Saving {bundle.Name}", bundle.Size, TimeProvider.System);
        try
        {
            return await saver.SaveAsync(
                new SaveRequest { Bucket = bundle.Bucket, Key = bundle.Key, Folder = folder, Force = IsSet(Force), Log = WriteVerbose, Progress = bar },
                stop);
        }
        finally
        {
            bar.Done();
        }
    }

    private CumulusException NotFound(BundlePlace place)
    {
        string names = Name is null ? "a bundle" : $"a bundle {string.Join(", ", Name)}";
        string what = $"{string.Join(", ", place.Environments)} {string.Join(", ", Version)}";
        return new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"Bucket '{place.Bucket}' does not hold {names} of {what}.") { Target = what, Advice = "Get-Bundle shows what there is." };
    }
}
