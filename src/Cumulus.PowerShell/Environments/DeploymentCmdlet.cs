using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that work by the records of an environment's deployments.</summary>
public abstract class DeploymentCmdlet : EnvironmentCmdlet
{
    /// <summary>Environment of the configuration.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string Environment { get; set; } = "";

    private protected EnvironmentDefinition Definition => Configuration.Environment(Environment);

    private protected Task<AwsGateways> OpenAsync(CancellationToken stop) => OpenAwsAsync(AwsConnection.Of(Definition), stop);

    private protected static EnvironmentDeployer Deployer(AwsGateways aws) =>
        new(aws.Stacks, aws.Hosts, aws.Objects, new HookRunner(), aws.Region, TimeProvider.System) { Operations = aws.StackOperations, EndpointUrl = aws.EndpointUrl };

    /// <exception cref="CumulusException"><see cref="ErrorIds.BucketMissing"/>: the environment keeps no records.</exception>
    private protected IStateStore State(AwsGateways aws) =>
        Deployer(aws).StateOf(Definition) ?? throw new CumulusException(ErrorIds.BucketMissing, FailureKind.InvalidInput, $"Environment '{Environment}' has no bucket, and so keeps no records of its deployments.")
        {
            Target = Environment,
            Advice = $"Set 'bucket' or 'state-bucket' of environment '{Environment}' in {Definition.SourceFile}.",
        };
}
