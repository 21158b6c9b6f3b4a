using System.Management.Automation;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>Breaks a running update off and waits until the stack is what it was before.</summary>
[Cmdlet(VerbsLifecycle.Stop, "StackUpdate", SupportsShouldProcess = true)]
[OutputType(typeof(EnvironmentStack))]
public sealed class StopStackUpdateCommand : RecoveryCmdlet
{
    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    private protected override string Action => "Stop the update";

    private protected override Task RunAsync(StackRecovery recovery, string name, string stackName, string token, WaitLimit limit, CancellationToken stop) =>
        recovery.CancelAsync(Environment, name, stackName, token, limit, stop);
}
