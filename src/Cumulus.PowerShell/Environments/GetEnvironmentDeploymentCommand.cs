using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>The deployments of an environment that are on record, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "EnvironmentDeployment")]
[OutputType(typeof(DeploymentRecord))]
public sealed class GetEnvironmentDeploymentCommand : DeploymentCmdlet
{
    /// <summary>The whole id, its beginning, or the beginning of its last part.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string? Id { get; set; }

    /// <summary>The newest so many. Default: all.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; } = int.MaxValue;

    /// <summary>How it ended. Default: all.</summary>
    [Parameter]
    [ValidateSet("Running", "Succeeded", "Failed", "Stopped")]
    public string[]? Outcome { get; set; }

    /// <summary>Of this version only.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string? Version { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAsync(stop);
        var journal = new DeploymentJournal(State(aws));
        bool all = Id is null && Outcome is null && Version is null && Last < int.MaxValue;
        IReadOnlyList<DeploymentRecord> records = all ? await journal.LatestAsync(Environment, Last, stop) : [.. (await journal.ReadAsync(Environment, stop)).Reverse()];
        if (Id is { } id)
        {
            records = RollbackTarget.Matching(records, id);
            if (records.Count == 0) throw new CumulusException(ErrorIds.DeploymentNotFound, FailureKind.NotFound, $"Environment '{Environment}' has no deployment '{id}'.") { Target = id };
        }

        WriteObjects(records
            .Where(r => Outcome is null || Outcome.Contains(r.Outcome.ToString(), StringComparer.OrdinalIgnoreCase))
            .Where(r => Version is null || r.Version == Version)
            .Take(Last));
    }
}
