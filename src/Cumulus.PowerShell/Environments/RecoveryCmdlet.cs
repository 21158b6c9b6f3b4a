using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that bring single stacks out of a state.</summary>
public abstract class RecoveryCmdlet : EnvironmentCmdlet
{
    /// <summary>Environment of the configuration.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string Environment { get; set; } = "";

    /// <summary>Short or full names of the stacks, wildcards are fine.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("StackName")]
    [ArgumentCompleter(typeof(StackCompleter))]
    public string[] Stack { get; set; } = [];

    /// <summary>Limit of the waiting, in seconds. What runs in CloudFormation by then goes on.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 7200;

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        EnvironmentDefinition environment = Configuration.Environment(Environment);
        using AwsGateways aws = await OpenAwsAsync(AwsConnection.Of(environment), stop);
        var recovery = new StackRecovery(aws.Stacks, aws.StackOperations, new DeploymentReporter(Host), TimeProvider.System);
        var limit = new WaitLimit(TimeProvider.System, TimeSpan.FromSeconds(TimeoutSec));
        var reader = new EnvironmentReader(aws.Stacks, aws.Region);
        foreach (StackDefinition stack in StackNames.Select(Configuration, Environment, Stack))
        {
            string name = environment.FullStackName(stack.Name);
            if (!ShouldProcess(name, $"{Action} in {aws.Region}")) continue;
            await RunAsync(recovery, stack.Name, name, $"cumulus-{Guid.NewGuid():N}", limit, stop);
            WriteObjects(await reader.StacksAsync(Configuration, Environment, [stack.Name], stop));
        }
    }

    private protected abstract string Action { get; }

    private protected abstract Task RunAsync(StackRecovery recovery, string name, string stackName, string token, WaitLimit limit, CancellationToken stop);
}
