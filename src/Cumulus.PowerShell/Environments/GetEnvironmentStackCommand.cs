using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>The stacks of an environment and how they stand, those that are not deployed among them.</summary>
[Cmdlet(VerbsCommon.Get, "EnvironmentStack")]
[OutputType(typeof(EnvironmentStack))]
public sealed class GetEnvironmentStackCommand : EnvironmentCmdlet
{
    /// <summary>Environment of the configuration.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string Environment { get; set; } = "";

    /// <summary>Short or full names of stacks, wildcards are fine. Default: all.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(StackCompleter))]
    public string[]? Stack { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAwsAsync(AwsConnection.Of(Configuration.Environment(Environment)), stop);
        WriteObjects(await new EnvironmentReader(aws.Stacks, aws.Region).StacksAsync(Configuration, Environment, Stack ?? [], stop));
    }
}
