using System.Management.Automation;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>Brings a stack back to its last good state: goes on with a rollback that failed, or takes back what a failed operation left.</summary>
[Cmdlet(VerbsLifecycle.Resume, "StackRollback", SupportsShouldProcess = true)]
[OutputType(typeof(EnvironmentStack))]
public sealed class ResumeStackRollbackCommand : RecoveryCmdlet
{
    /// <summary>Logical ids of resources that the rollback leaves as they are; NESTED.RESOURCE for those of nested stacks.</summary>
    [Parameter]
    public string[]? SkipResource { get; set; }

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    private protected override string Action => "Resume the rollback";

    private protected override Task RunAsync(StackRecovery recovery, string name, string stackName, string token, WaitLimit limit, CancellationToken stop) =>
        recovery.ResumeAsync(Environment, name, stackName, SkipResource ?? [], token, limit, stop);
}
