using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>What of stacks was changed by hand since they were deployed.</summary>
[Cmdlet(VerbsCommon.Get, "StackDrift")]
[OutputType(typeof(StackDrift))]
public sealed class GetStackDriftCommand : StackCmdlet
{
    /// <summary>Also resources that are as the template has them, and those that cannot be compared.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Limit of the comparison, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 1800;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAsync(stop);
        bool all = IsSet(All);
        var limit = new WaitLimit(TimeProvider.System, TimeSpan.FromSeconds(TimeoutSec));
        WriteObjects((await Inspector(aws).DriftAsync(Configuration, Environment, Stack ?? [], limit, stop)).Where(d => all || d.IsDrifted));
    }
}
