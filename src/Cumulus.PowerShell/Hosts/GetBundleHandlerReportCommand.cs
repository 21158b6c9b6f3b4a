using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Hosts.Service;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>What the hosts of an environment reported: version, outcome and time of the last install.</summary>
[Cmdlet(VerbsCommon.Get, "BundleHandlerReport")]
[OutputType(typeof(BundleHandlerReport))]
public sealed class GetBundleHandlerReportCommand : EnvironmentCmdlet
{
    /// <summary>Environments. Wildcards are fine for those of the configuration.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string[] Environment { get; set; } = [];

    /// <summary>Hosts, by instance id or name; wildcards are fine. Default: all.</summary>
    [Parameter(Position = 1)]
    public string[] HostName { get; set; } = ["*"];

    /// <summary>Bucket to look into. Default: those of the environments; with it no configuration is needed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Bucket { get; set; }

    /// <summary>Earlier runs as well, the newest first; those that changed nothing are not kept.</summary>
    [Parameter]
    public SwitchParameter History { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        foreach (BundlePlace place in Bucket is { } bucket ? [BundlePlace.In(bucket, Environment, ConfigurationIfAny)] : BundlePlace.Of(Environment, Configuration))
        {
            using AwsGateways aws = await OpenAwsAsync(place.Connection, stop);
            var state = new BucketStateStore(aws.Objects, place.Bucket);
            foreach (string environment in place.Environments) await WriteAsync(state, environment, stop);
        }
    }

    private async Task WriteAsync(BucketStateStore state, string environment, CancellationToken stop)
    {
        string? deployed = (await new VersionPointers(state).ReadAsync(environment, stop))?.Version;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        foreach (HostReport report in await new HostReportStore(state).ReadAsync(environment, stop))
        {
            if (!HostName.Any(p => NamePattern.Matches(p, report.Host) || (report.InstanceId is { } id && NamePattern.Matches(p, id)))) continue;
            IEnumerable<HostRun> runs = IsSet(History) ? report.Earlier.Prepend(report.Last) : [report.Last];
            WriteObjects(runs.Select(run => BundleHandlerReport.Of(report, run, deployed, now)));
        }
    }
}
