using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Ghost.Deployments;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Finishes or takes back the roll-out of an application whose process died, from any machine.</summary>
[Cmdlet(VerbsLifecycle.Resume, "GhostJob", SupportsShouldProcess = true)]
[OutputType(typeof(GhostDeployment))]
public sealed class ResumeGhostJobCommand : RolloutCmdlet
{
    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        StoredApplication application = await SingleAsync(stop);
        ApplicationKey key = application.Definition.Key;
        IStateStore state = await StateAsync(key.Env, stop);
        (IObjectStore objects, string bucket) = await PackagesAsync(PackageBucket, stop);
        using AwsGateways aws = await OpenAwsAsync(application.Definition, stop);
        if (!ShouldProcess(key.Path, "Finish or take back the interrupted roll-out")) return;
        GhostDeployment? ended = await RunJobAsync(
            state,
            "Resume-GhostJob",
            key,
            [],
            job => Deployer(state, objects, aws, job.Log.Info).ResumeAsync(application.Definition, RequestFor(application, bucket) with { Job = job.Id }, job),
            stop);
        if (ended is null) WriteWarning($"{key} has no interrupted roll-out.");
        else WriteObject(ended);
    }
}
