using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>The outputs of an environment's stacks.</summary>
[Cmdlet(VerbsCommon.Get, "StackOutput")]
[OutputType(typeof(StackOutput))]
public sealed class GetStackOutputCommand : EnvironmentCmdlet
{
    /// <summary>Environment of the configuration.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string Environment { get; set; } = "";

    /// <summary>Short or full names of stacks, wildcards are fine. Default: all that are deployed.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("StackName")]
    [ArgumentCompleter(typeof(StackCompleter))]
    public string[]? Stack { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAwsAsync(AwsConnection.Of(Configuration.Environment(Environment)), stop);
        WriteObjects(await new EnvironmentReader(aws.Stacks, aws.Region).OutputsAsync(Configuration, Environment, Stack ?? [], stop));
    }
}
