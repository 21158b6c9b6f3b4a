using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that look into stacks of an environment.</summary>
public abstract class StackCmdlet : EnvironmentCmdlet
{
    /// <summary>Environment of the configuration.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string Environment { get; set; } = "";

    /// <summary>Short or full names of stacks, wildcards are fine. Default: all that are deployed.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("StackName")]
    [ArgumentCompleter(typeof(StackCompleter))]
    public string[]? Stack { get; set; }

    private protected Task<AwsGateways> OpenAsync(CancellationToken stop) => OpenAwsAsync(AwsConnection.Of(Configuration.Environment(Environment)), stop);

    private protected static StackInspector Inspector(AwsGateways aws) => new(aws.Stacks, aws.StackOperations, aws.Region);
}
