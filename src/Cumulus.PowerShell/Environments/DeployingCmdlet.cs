using System.Collections;
using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that plan a deployment: of which environment and version, with what.</summary>
/// <remarks>
/// Bundles that come down the pipeline are counted first: one run for each environment and version, when all are there.
/// </remarks>
public abstract class DeployingCmdlet : EnvironmentCmdlet
{
    private readonly List<(string Environment, string? Version)> _targets = [];

    /// <summary>Environment of the configuration.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
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

    /// <summary>Limit of the whole run, in seconds. What runs in CloudFormation by then goes on.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 7200;

    /// <summary>Standard, or Express: complete when the configuration is applied, not when resources are stable.</summary>
    [Parameter]
    [ValidateSet("Standard", "Express")]
    public string Mode { get; set; } = "Standard";

    /// <summary>Also put back what was changed by hand since the last deployment.</summary>
    [Parameter]
    public SwitchParameter RevertDrift { get; set; }

    /// <summary>Take over resources that exist under the names of the template.</summary>
    [Parameter]
    public SwitchParameter ImportExistingResource { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        var target = (Environment, Version);
        if (!_targets.Contains(target)) _targets.Add(target);
        return Task.CompletedTask;
    }

    protected override async Task EndAsync(CancellationToken stop)
    {
        foreach ((string environment, string? version) in _targets)
        {
            try
            {
                await RunAsync(environment, version, stop);
            }
            catch (CumulusException e)
            {
                WriteFailure(e, environment);
            }
        }
    }

    /// <summary>One environment and version.</summary>
    private protected abstract Task RunAsync(string environment, string? version, CancellationToken stop);

    private protected EnvironmentRequest Request(string environment, string? version)
    {
        if (Configuration.Environment(environment).Stacks.Count == 0) WriteWarning($"The environment '{environment}' has no stacks.");
        return new EnvironmentRequest
        {
            Configuration = Configuration,
            Environment = environment,
            Version = version,
            Stacks = Stack ?? [],
            Parameters = GivenParameters(),
            TimeLimit = TimeSpan.FromSeconds(TimeoutSec),
            IsExpress = Mode.Equals("Express", StringComparison.OrdinalIgnoreCase),
            RevertDrift = IsSet(RevertDrift),
            ImportExisting = IsSet(ImportExistingResource),
        };
    }

    private protected static EnvironmentDeployer Deployer(AwsGateways aws) =>
        new(aws.Stacks, aws.Hosts, aws.Objects, new HookRunner(), aws.Region, TimeProvider.System) { Operations = aws.StackOperations, EndpointUrl = aws.EndpointUrl };

    private protected static EnvironmentDeployer WithLock(EnvironmentDeployer deployer, EnvironmentDefinition environment)
    {
        if (deployer.StateOf(environment) is { } state) deployer.Lock = EnvironmentLock.In(state);
        return deployer;
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
