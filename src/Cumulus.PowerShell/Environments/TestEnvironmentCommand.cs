using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>Whether the stacks of an environment are there, could be deployed to, and are as their templates have them.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Environment")]
[OutputType(typeof(EnvironmentTest))]
public sealed class TestEnvironmentCommand : StackCmdlet
{
    /// <summary>Limit of the test, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 1800;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAsync(stop);
        var limit = new WaitLimit(TimeProvider.System, TimeSpan.FromSeconds(TimeoutSec));
        WriteObjects(await Inspector(aws).TestAsync(Configuration, Environment, Stack ?? [], limit, stop));
    }
}
