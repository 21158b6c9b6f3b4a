using System.Management.Automation;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Jobs;

namespace Cumulus.PowerShell;

/// <summary>The jobs in the state, the newest first. One whose process died is marked as failed.</summary>
[Cmdlet(VerbsCommon.Get, "GhostJob")]
[OutputType(typeof(JobRecord))]
public sealed class GetGhostJobCommand : GhostCmdlet
{
    /// <summary>Ids of jobs; wildcards are fine. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("JobId")]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Name of the application, wildcards are fine; or NAME/ENV/ROLE[/COLOUR] as a whole.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Application")]
    public string Name { get; set; } = "*";

    /// <summary>Environment of the application; wildcards are fine.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Environment")]
    public string Env { get; set; } = "*";

    /// <summary>Role of the application; wildcards are fine.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string Role { get; set; } = "*";

    /// <summary>Only jobs that stand so.</summary>
    [Parameter]
    [ValidateSet("Init", "Started", "Done", "Failed", "Aborted", "Cancelled")]
    public string[] Status { get; set; } = [];

    /// <summary>Only jobs of this command; wildcards are fine.</summary>
    [Parameter]
    public string? Command { get; set; }

    /// <summary>Only jobs of this user; wildcards are fine.</summary>
    [Parameter]
    public string? User { get; set; }

    /// <summary>Only jobs that are younger: 30d, 12h, a time span, or a date.</summary>
    [Parameter]
    public BundleAge? Since { get; set; }

    /// <summary>Only so many, the newest.</summary>
    [Parameter]
    [ValidateRange(1, 100000)]
    public int Last { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        ApplicationPattern pattern = ApplicationKey.Parse(Name) is { } whole
            ? new ApplicationPattern(whole.Name, whole.Env, whole.Role, whole.Colour)
            : new ApplicationPattern(Name, Env, Role);
        var query = new JobQuery
        {
            Ids = Id,
            Subject = pattern == new ApplicationPattern() ? null : subject => ApplicationKey.Parse(subject) is { } key && pattern.Matches(key),
            Status = [.. Status.Select(Enum.Parse<JobStatus>)],
            Command = Command,
            User = User,
            Since = Since?.Before(TimeProvider.System.GetUtcNow()),
            Last = IsBound(nameof(Last)) ? Last : null,
        };
        var store = new JobStore(await StateAsync(env: null, stop), TimeProvider.System);
        WriteObjects(await store.FindAsync(query, stop));
    }
}
