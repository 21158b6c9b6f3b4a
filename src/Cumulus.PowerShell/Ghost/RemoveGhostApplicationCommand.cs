using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>Removes definitions of applications, after it has named them and asked. Nothing in AWS is touched.</summary>
[Cmdlet(VerbsCommon.Remove, "GhostApplication", SupportsShouldProcess = true)]
public sealed class RemoveGhostApplicationCommand : ApplicationCmdlet
{
    private readonly List<ApplicationKey> _chosen = [];

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        if (Name == "*" && !IsBound(nameof(Name)))
        {
            throw new CumulusException(ErrorIds.NameInvalid, FailureKind.InvalidInput, "Which applications are to be removed was not said.") { Advice = "Give -Name; -Name * means all." };
        }

        foreach (StoredApplication found in await FindAsync(stop))
        {
            if (!_chosen.Contains(found.Definition.Key) && ShouldProcess(found.Definition.Key.Path, "Remove the definition")) _chosen.Add(found.Definition.Key);
        }
    }

    protected override async Task EndAsync(CancellationToken stop)
    {
        if (_chosen.Count == 0) return;
        string names = string.Join(", ", _chosen);
        string query = $"Remove {(_chosen.Count == 1 ? "the definition" : $"these {_chosen.Count} definitions")}: {names}? Instances, groups and images stay, and nothing here knows them any more.";
        if (!IsSet(Force) && !ShouldContinue(query, "Remove applications")) return;
        ApplicationStore store = await StoreAsync(stop);
        foreach (ApplicationKey key in _chosen) await store.RemoveAsync(key, stop);
    }
}
