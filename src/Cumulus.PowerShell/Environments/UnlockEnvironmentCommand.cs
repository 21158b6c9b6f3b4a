using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Takes an environment away from a deployment that holds it and is dead.</summary>
[Cmdlet(VerbsCommon.Unlock, "Environment", SupportsShouldProcess = true)]
[OutputType(typeof(LeaseRecord))]
public sealed class UnlockEnvironmentCommand : DeploymentCmdlet
{
    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAsync(stop);
        EnvironmentLock held = EnvironmentLock.In(State(aws));
        if (await held.FindAsync(Environment, stop) is not { } lease)
        {
            WriteWarning($"Nobody holds environment '{Environment}'.");
            return;
        }

        if (!ShouldProcess(Environment, $"Take it away from {lease.Holder}")) return;
        if (!IsSet(Force) && !ShouldContinue($"Take environment '{Environment}' away from {lease.Holder}? If that is still at work, it stops.", $"Unlock {Environment}")) return;
        WriteObject(await held.BreakAsync(Environment, stop) ?? lease);
    }
}
