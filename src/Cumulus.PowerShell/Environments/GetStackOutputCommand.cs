using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>The outputs of an environment's stacks.</summary>
[Cmdlet(VerbsCommon.Get, "StackOutput")]
[OutputType(typeof(StackOutput), typeof(System.Collections.Hashtable), typeof(string))]
public sealed class GetStackOutputCommand : EnvironmentCmdlet
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

    /// <summary>Write one table of all outputs, by STACK.KEY; of one stack by KEY.</summary>
    [Parameter]
    public SwitchParameter AsHashtable { get; set; }

    /// <summary>Write lines STACK_KEY=VALUE, as files of variables for build pipelines have them.</summary>
    [Parameter]
    public SwitchParameter AsEnvironmentFile { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAwsAsync(AwsConnection.Of(Configuration.Environment(Environment)), stop);
        IReadOnlyList<StackOutput> outputs = await new EnvironmentReader(aws.Stacks, aws.Region).OutputsAsync(Configuration, Environment, Stack ?? [], stop);
        if (IsSet(AsHashtable)) WriteObject(OutputForms.Table(outputs, isOne: Stack is { Length: 1 }));
        else if (IsSet(AsEnvironmentFile)) WriteObjects(OutputForms.Variables(outputs));
        else WriteObjects(outputs);
    }
}
