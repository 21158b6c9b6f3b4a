using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>What a deployment would change, by CloudFormation's own change sets. Nothing is changed, and nothing is left behind.</summary>
[Cmdlet(VerbsData.Compare, "Environment")]
[OutputType(typeof(PlannedChange))]
public sealed class CompareEnvironmentCommand : DeployingCmdlet
{
    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    private protected override async Task RunAsync(string environment, string? version, CancellationToken stop)
    {
        EnvironmentRequest request = Request(environment, version);
        using AwsGateways aws = await OpenAwsAsync(AwsConnection.Of(Configuration.Environment(environment)), stop);
        WriteObjects(await Deployer(aws).CompareAsync(request, new DeploymentReporter(Host), stop));
    }
}
