using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Jobs;

namespace Cumulus.PowerShell;

/// <summary>Removes records and logs of jobs that have ended: by id, or by a rule.</summary>
[Cmdlet(VerbsCommon.Remove, "GhostJob", SupportsShouldProcess = true)]
public sealed class RemoveGhostJobCommand : GhostCmdlet
{
    private readonly List<JobRecord> _found = [];

    /// <summary>Ids of jobs; wildcards are fine. Default: all that -KeepLast or -OlderThan do not keep.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("JobId")]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Keep the newest of each application.</summary>
    [Parameter]
    [ValidateRange(1, 100000)]
    public int KeepLast { get; set; }

    /// <summary>Remove only what is older: 30d, 12h, a time span, or a date.</summary>
    [Parameter]
    public BundleAge? OlderThan { get; set; }

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private bool HasRule => IsBound(nameof(KeepLast)) || OlderThan is not null;

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        if (!IsBound(nameof(Id)) && !HasRule)
        {
            throw new CumulusException(ErrorIds.JobNotFound, FailureKind.InvalidInput, "Which jobs are to be removed was not said.") { Advice = "Give -Id, -KeepLast or -OlderThan." };
        }

        _found.AddRange(await (await StoreAsync(stop)).FindAsync(new JobQuery { Ids = Id }, stop));
    }

    protected override async Task EndAsync(CancellationToken stop)
    {
        // A rule passes over what runs; what was named is an error when it does.
        IReadOnlyList<JobRecord> chosen = HasRule
            ? JobStore.Outdated(_found, IsBound(nameof(KeepLast)) ? KeepLast : null, OlderThan?.Before(TimeProvider.System.GetUtcNow()))
            : [.. _found.DistinctBy(j => j.Id)];
        JobRecord[] going = [.. chosen.Where(j => ShouldProcess($"{j.Id} ({j.Command} of {j.Application}, {j.Status.ToString().ToLowerInvariant()})", "Remove the job"))];
        if (going.Length == 0) return;
        if (!IsSet(Force) && !ShouldContinue($"Remove {(going.Length == 1 ? $"job {going[0].Id}" : $"these {going.Length} jobs")} with log?", "Remove jobs")) return;
        JobStore store = await StoreAsync(stop);
        foreach (JobRecord job in going)
        {
            try
            {
                await store.RemoveAsync(job, stop);
            }
            catch (CumulusException e)
            {
                WriteFailure(e, job.Id);
            }
        }
    }

    private async Task<JobStore> StoreAsync(CancellationToken stop) => new(await StateAsync(env: null, stop), TimeProvider.System);
}
