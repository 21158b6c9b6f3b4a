using System.Management.Automation;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>Breaks a running update off and waits until the stack is what it was before.</summary>
[Cmdlet(VerbsLifecycle.Stop, "StackUpdate", SupportsShouldProcess = true)]
[OutputType(typeof(EnvironmentStack))]
public sealed class StopStackUpdateCommand : RecoveryCmdlet
{
    private protected override string Action => "Stop the update";

    private protected override Task RunAsync(StackRecovery recovery, string name, string stackName, string token, WaitLimit limit, CancellationToken stop) =>
        recovery.CancelAsync(Environment, name, stackName, token, limit, stop);
}
