using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;

namespace Cumulus.PowerShell;

/// <summary>Deletes the stacks of an environment in reverse order, after it has named them and asked. Bundles stay in the bucket.</summary>
[Cmdlet(VerbsCommon.Remove, "Environment", SupportsShouldProcess = true)]
[OutputType(typeof(StackRemoval))]
public sealed class RemoveEnvironmentCommand : EnvironmentCmdlet
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

    /// <summary>Logical ids of resources that stay where their deletion has failed before.</summary>
    [Parameter]
    public string[]? RetainResource { get; set; }

    /// <summary>Limit of the whole removal, in seconds. What runs in CloudFormation by then goes on.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 7200;

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Say nothing to the build service that runs this: no groups, annotations, summary or outputs.</summary>
    [Parameter]
    public SwitchParameter NoCi { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        var request = new RemovalRequest
        {
            Configuration = Configuration,
            Environment = Environment,
            Stacks = Stack ?? [],
            TimeLimit = TimeSpan.FromSeconds(TimeoutSec),
            RetainResources = RetainResource ?? [],
        };
        using AwsGateways aws = await OpenAwsAsync(AwsConnection.Of(Configuration.Environment(Environment)), stop);
        var remover = new EnvironmentRemover(aws.Stacks, aws.Region, TimeProvider.System) { Hooks = new HookRunner() };
        IReadOnlyList<EnvironmentStack> plan = await remover.PlanAsync(request, stop);
        if (plan.Count == 0)
        {
            WriteWarning($"Environment '{Environment}' has no stacks in {aws.Region}; there is nothing to remove.");
            return;
        }

        string names = string.Join(", ", plan.Select(s => s.StackName));
        if (!ShouldProcess(names, $"Delete in {aws.Region}")) return;
        if (!IsSet(Force) && !ShouldContinue($"Delete {(plan.Count == 1 ? "the stack" : $"these {plan.Count} stacks")} in {aws.Region}: {names}?", $"Remove environment {Environment}")) return;
        await remover.RemoveAsync(request, plan, new DeploymentReporter(Host), WriteObject, stop);
    }
}
