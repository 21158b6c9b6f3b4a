using System.Management.Automation;
using Cumulus.Engine.Jobs;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that take jobs that there are, by id.</summary>
public abstract class JobCmdlet : GhostCmdlet
{
    /// <summary>Ids of jobs; wildcards are fine.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("JobId", "Job")]
    public string[] Id { get; set; } = [];

    private protected async Task<JobStore> StoreAsync(CancellationToken stop) => new(await StateAsync(env: null, stop), TimeProvider.System);

    private protected async Task<IReadOnlyList<JobRecord>> FindAsync(CancellationToken stop) =>
        await (await StoreAsync(stop)).FindAsync(new JobQuery { Ids = Id }, stop);
}
