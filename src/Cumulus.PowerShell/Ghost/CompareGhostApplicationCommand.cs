using System.Management.Automation;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>What of the definitions is not in effect yet, and which command brings it into effect.</summary>
[Cmdlet(VerbsData.Compare, "GhostApplication")]
[OutputType(typeof(PendingChange))]
public sealed class CompareGhostApplicationCommand : ApplicationCmdlet
{
    protected override async Task ProcessAsync(CancellationToken stop)
    {
        IReadOnlyList<StoredApplication> found = await FindAsync(stop);
        var effects = new EffectStore(await StateAsync(Pattern.Env, stop), TimeProvider.System);
        foreach (StoredApplication application in found)
        {
            IReadOnlyList<PendingChange> pending = PendingChanges.Of(application, await effects.ReadAsync(application.Definition.Key, stop));
            if (pending.Count == 0) WriteVerbose($"{application.Definition.Key}: all of it is in effect.");
            WriteObjects(pending);
        }
    }
}
