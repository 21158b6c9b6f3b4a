using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Jobs;

namespace Cumulus.PowerShell;

/// <summary>Waits until jobs have ended. One that did not end well is an error.</summary>
[Cmdlet(VerbsLifecycle.Wait, "GhostJob")]
[OutputType(typeof(JobRecord))]
public sealed class WaitGhostJobCommand : JobCmdlet
{
    /// <summary>Limit of the wait, in seconds. The job goes on after it.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 7200;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        JobStore store = await StoreAsync(stop);
        foreach (JobRecord job in await FindAsync(stop))
        {
            JobRecord ended = await store.WaitAsync(job, TimeSpan.FromSeconds(TimeoutSec), Show, stop);
            WriteProgress(new CmdletProgress(1, $"Waiting for {job.Command}", "ended", Completed: true));
            WriteObject(ended);
            if (JobStore.FailureOf(ended) is { } failure) WriteFailure(failure);
        }
    }

    private void Show(JobRecord job) =>
        WriteProgress(new CmdletProgress(1, $"Waiting for {job.Command}", $"{job.Application}  {job.Status.ToString().ToLowerInvariant()} on {job.Host}"));
}
