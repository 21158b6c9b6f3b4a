using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Ghost.Deployments;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Deploys the very packages of an earlier deployment again.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GhostRollback", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(GhostDeployment), typeof(PlannedModule))]
public sealed class InvokeGhostRollbackCommand : RolloutCmdlet
{
    /// <summary>Id of the deployment, or its end of four characters or more. Default: the last one that succeeded before the one that is in effect.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    public string? DeploymentId { get; set; }

    /// <summary>Only these of its modules.</summary>
    [Parameter]
    public string[] Module { get; set; } = [];

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        StoredApplication application = await SingleAsync(stop);
        ApplicationKey key = application.Definition.Key;
        IStateStore state = await StateAsync(key.Env, stop);
        var records = new GhostDeploymentStore(state);
        GhostDeployment former = DeploymentId is { } id ? await records.GetAsync(key.Path, id, stop) : await BeforeAsync(records, key.Path, stop);
        (IObjectStore objects, string bucket) = await PackagesAsync(PackageBucket, stop);
        using AwsGateways aws = await OpenAwsAsync(application.Definition, stop);
        DeployRequest request = RequestFor(application, bucket) with { Modules = Module, RollbackTo = former };
        if (!ShouldProcess(key.Path, $"Deploy again what {former.Id} deployed: {former.Summary}"))
        {
            WriteObjects((await Deployer(state, objects, aws, WriteVerbose).PlanAsync(request, stop)).Modules);
            return;
        }

        WriteObject(await RunJobAsync(
            state,
            "Invoke-GhostRollback",
            key,
            new Dictionary<string, string> { ["deployment"] = former.Id, ["module"] = string.Join(",", Module) },
            job => Deployer(state, objects, aws, job.Log.Info).DeployAsync(request with { Job = job.Id }, job),
            stop));
    }

    private static async Task<GhostDeployment> BeforeAsync(GhostDeploymentStore records, string application, CancellationToken stop) =>
        (await records.ReadAsync(application, null, stop)).Where(d => d.Outcome == GhostDeploymentOutcome.Succeeded).Skip(1).FirstOrDefault()
        ?? throw new CumulusException(ErrorIds.GhostDeploymentNotFound, FailureKind.NotFound, $"{application} has no deployment to go back to.") { Target = application, Advice = "See Get-GhostDeployment." };
}
