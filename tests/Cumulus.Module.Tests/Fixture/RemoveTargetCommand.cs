using System.Management.Automation;
using Cumulus.PowerShell;

namespace Cumulus.Fixture;

/// <summary>Asks as a destructive command does: always ShouldProcess, and a second question that only -Force answers.</summary>
[Cmdlet(VerbsCommon.Remove, "Target", SupportsShouldProcess = true)]
public sealed class RemoveTargetCommand : CumulusCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public string Name { get; set; } = "";

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        await Task.Yield();
        if (ShouldProcess(Name, "Remove") && (IsSet(Force) || ShouldContinue($"Really remove {Name}?", "Remove")))
            WriteObject($"removed {Name}");
    }
}
