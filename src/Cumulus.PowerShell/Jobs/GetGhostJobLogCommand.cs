using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Jobs;

namespace Cumulus.PowerShell;

/// <summary>The log of a job. With -Wait it goes on while the job runs, on whatever machine, and ends with it; a job that did not end well is an error then.</summary>
[Cmdlet(VerbsCommon.Get, "GhostJobLog")]
[OutputType(typeof(JobLine))]
public sealed class GetGhostJobLogCommand : JobCmdlet
{
    /// <summary>Follow until the job has ended.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Number of the first line that is wanted, from 1.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long From { get; set; } = 1;

    /// <summary>Leave out lines below this level.</summary>
    [Parameter]
    [ValidateSet("Debug", "Info", "Warning", "Error")]
    public string Level { get; set; } = "Debug";

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        var least = Enum.Parse<JobLogLevel>(Level);
        JobStore store = await StoreAsync(stop);
        var reader = new JobLogReader(await StateAsync(env: null, stop), store, TimeProvider.System);
        foreach (JobRecord job in await FindAsync(stop))
        {
            await foreach (JobLine line in reader.ReadAsync(job, From, IsSet(Wait), stop))
            {
                if (line.Level >= least) WriteObject(line);
            }

            if (IsSet(Wait) && await store.RefreshAsync(job, stop) is { } ended && JobStore.FailureOf(ended) is { } failure) WriteFailure(failure);
        }
    }
}
