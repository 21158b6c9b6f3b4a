using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Ghost.Deployments;

namespace Cumulus.PowerShell;

/// <summary>The deployments of applications, the newest first.</summary>
[Cmdlet(VerbsCommon.Get, "GhostDeployment")]
[OutputType(typeof(GhostDeployment))]
public sealed class GetGhostDeploymentCommand : ApplicationCmdlet
{
    /// <summary>Id of a deployment, or its end of four characters or more. Default: all.</summary>
    [Parameter]
    public string? Id { get; set; }

    /// <summary>Only deployments of this module; wildcards are fine.</summary>
    [Parameter]
    public string? Module { get; set; }

    /// <summary>Only those that ended so.</summary>
    [Parameter]
    [ValidateSet("Running", "Succeeded", "TakenBack", "Failed")]
    public string? Outcome { get; set; }

    /// <summary>Only so many of each application, the newest.</summary>
    [Parameter]
    [ValidateRange(1, 100000)]
    public int Last { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        var store = new GhostDeploymentStore(await StateAsync(Pattern.Env, stop));
        foreach (StoredApplication application in await FindAsync(stop))
        {
            string key = application.Definition.Key.Path;
            try
            {
                IEnumerable<GhostDeployment> found = Id is { } id ? [await store.GetAsync(key, id, stop)] : await store.ReadAsync(key, IsFiltered || !IsBound(nameof(Last)) ? null : Last, stop);
                found = found.Where(d => (Module is null || d.Modules.Any(m => NamePattern.Matches(Module, m.Package.Name))) && (Outcome is null || d.Outcome.ToString() == Outcome));
                WriteObjects(IsBound(nameof(Last)) ? found.Take(Last) : found);
            }
            catch (CumulusException e)
            {
                WriteFailure(e, key);
            }
        }
    }

    private bool IsFiltered => Module is not null || Outcome is not null;
}
