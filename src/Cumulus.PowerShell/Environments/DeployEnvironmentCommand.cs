using System.Collections;
using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;

namespace Cumulus.PowerShell;

/// <summary>Creates or updates the stacks of an environment in declared order, follows them, and has their hosts install the version.</summary>
/// <remarks>
/// Bundles that come down the pipeline are counted first: one deployment for each environment and version, when all are published.
/// </remarks>
[Cmdlet("Deploy", "Environment", SupportsShouldProcess = true)]
[OutputType(typeof(StackDeployment), typeof(StackPlan))]
public sealed class DeployEnvironmentCommand : EnvironmentCmdlet
{
    private readonly List<(string Environment, string? Version)> _targets = [];

    /// <summary>Environment of the configuration.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string Environment { get; set; } = "";

    /// <summary>Version to deploy; its bundles have to be published. Default: the environment's.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string? Version { get; set; }

    /// <summary>Short or full names of stacks, wildcards are fine. Default: all.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(StackCompleter))]
    public string[]? Stack { get; set; }

    /// <summary>Template parameters that replace the configured ones: @{ web = @{ InstanceType = 't3.small' } }.</summary>
    [Parameter]
    public Hashtable? Parameter { get; set; }

    /// <summary>Limit of the whole deployment, in seconds. What runs in CloudFormation by then goes on.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 7200;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Say nothing to the build service that runs this: no groups, annotations, summary or outputs.</summary>
    [Parameter]
    public SwitchParameter NoCi { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        var target = (Environment, Version);
        if (!_targets.Contains(target)) _targets.Add(target);
        return Task.CompletedTask;
    }

    protected override async Task EndAsync(CancellationToken stop)
    {
        foreach ((string environment, string? version) in _targets) await DeployAsync(environment, version, stop);
    }

    private async Task DeployAsync(string name, string? version, CancellationToken stop)
    {
        if (Configuration.Environment(name).Stacks.Count == 0) WriteWarning($"The environment '{name}' has no stacks.");
        var request = new EnvironmentRequest
        {
            Configuration = Configuration,
            Environment = name,
            Version = version,
            Stacks = Stack ?? [],
            Parameters = GivenParameters(),
            TimeLimit = TimeSpan.FromSeconds(TimeoutSec),
        };
        using AwsGateways aws = await OpenAwsAsync(AwsConnection.Of(Configuration.Environment(name)), stop);
        var deployer = new EnvironmentDeployer(aws.Stacks, aws.Hosts, aws.Objects, new HookRunner(), aws.Region, TimeProvider.System);
        string what = request.EffectiveVersion is { } v ? $"Deploy version {v} to {aws.Region}" : $"Deploy to {aws.Region}";
        if (!ShouldProcess(name, what))
        {
            WriteObjects((await deployer.PlanAsync(request, stop)).Stacks);
            return;
        }

        try
        {
            EnvironmentDeployment deployment = await deployer.DeployAsync(request, new DeploymentReporter(Host), stop);
            WriteObjects(deployment.Stacks);
        }
        catch (DeploymentFailedException e)
        {
            WriteObjects(e.Deployment.Stacks);
            throw;
        }
    }

    private Dictionary<string, IReadOnlyDictionary<string, string>> GivenParameters()
    {
        var result = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (DictionaryEntry stack in Parameter ?? [])
        {
            if (stack.Value is not IDictionary values)
            {
                throw new CumulusException(ErrorIds.StackParameterInvalid, FailureKind.InvalidInput, $"-Parameter has no table for stack '{stack.Key}'.")
                {
                    Target = stack.Key,
                    Advice = "Write it as @{ STACK = @{ NAME = 'value' } }.",
                };
            }

            result[Text(stack.Key)] = values.Cast<DictionaryEntry>().ToDictionary(e => Text(e.Key), e => Text(e.Value));
        }

        return result;
    }

    private static string Text(object? value) => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
}
