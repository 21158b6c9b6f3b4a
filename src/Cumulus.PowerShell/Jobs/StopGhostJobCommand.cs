using System.Management.Automation;
using Cumulus.Engine.Jobs;

namespace Cumulus.PowerShell;

/// <summary>Stops jobs, waiting or at work, wherever they run. A job that works cleans up before it ends.</summary>
[Cmdlet(VerbsLifecycle.Stop, "GhostJob", SupportsShouldProcess = true)]
[OutputType(typeof(JobRecord))]
public sealed class StopGhostJobCommand : JobCmdlet
{
    /// <summary>Do not wait until the job has ended.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Limit of the wait, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 600;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        JobStore store = await StoreAsync(stop);
        foreach (JobRecord job in await FindAsync(stop))
        {
            if (job.HasEnded)
            {
                WriteWarning($"Job {job.Id} ({job.Command}) has ended already: {job.Status.ToString().ToLowerInvariant()}.");
                WriteObject(job);
            }
            else if (ShouldProcess($"{job.Id} ({job.Command} of {job.Application}, {job.User} on {job.Host})", "Stop the job") && await store.CancelAsync(job, Caller, stop) is { } asked)
            {
                WriteObject(IsSet(NoWait) ? asked : await store.WaitAsync(asked, TimeSpan.FromSeconds(TimeoutSec), onLook: null, stop));
            }
        }
    }
}
