using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Deploys exactly what an earlier deployment deployed: its templates, parameters, tags and version.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Rollback", SupportsShouldProcess = true)]
[OutputType(typeof(StackDeployment), typeof(PlannedChange))]
public sealed class InvokeRollbackCommand : DeploymentCmdlet
{
    /// <summary>The deployment to go back to, by its id or the beginning of its last part. Default: the last good state before the one that is there.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    public string? To { get; set; }

    /// <summary>Allow that databases, volumes, buckets and the like are replaced or deleted.</summary>
    [Parameter]
    public SwitchParameter AllowReplacement { get; set; }

    /// <summary>Stacks that do not wait for each other are worked on side by side, at most so many.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int MaxParallel { get; set; } = 1;

    /// <summary>Limit of the whole rollback, in seconds. What runs in CloudFormation by then goes on.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 7200;

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAsync(stop);
        IStateStore state = State(aws);
        DeploymentRecord target = RollbackTarget.Of(Environment, await new DeploymentJournal(state).ReadAsync(Environment, stop), To);
        string[] gone = [.. target.Stacks.Select(s => s.Name).Except(Definition.Stacks)];
        if (gone.Length > 0) WriteWarning($"The configuration no longer has these stacks, which stay as they are: {string.Join(", ", gone)}.");
        string[] later = [.. Definition.Stacks.Except(target.Stacks.Select(s => s.Name))];
        if (later.Length > 0) WriteWarning($"Deployment {target.Id} did not have these stacks, which stay as they are: {string.Join(", ", later)}.");

        var request = new EnvironmentRequest
        {
            Configuration = Configuration,
            Environment = Environment,
            Version = target.Version,
            Stacks = [.. target.Stacks.Select(s => s.Name).Except(gone)],
            Restore = target,
            TimeLimit = TimeSpan.FromSeconds(TimeoutSec),
            MaxParallel = MaxParallel,
            AllowReplacement = IsSet(AllowReplacement),
        };
        EnvironmentDeployer deployer = Deployer(aws);
        var reporter = new DeploymentReporter(Host);
        if (!ShouldProcess(Environment, $"Go back to deployment {target.ShortId}, version {target.Version ?? "none"}, of {target.StartedAt.LocalDateTime:g}"))
        {
            WriteObjects(await deployer.CompareAsync(request, reporter, stop));
            return;
        }

        deployer.Lock = EnvironmentLock.In(state);
        request = request with { Origin = await DeploymentCaller.OfAsync(aws, Host, stop) };
        bool force = IsSet(Force);
        try
        {
            EnvironmentDeployment deployment = await deployer.DeployAsync(request, reporter, stop, changes =>
                Task.FromResult(force || ShouldContinue($"Go back to deployment {target.ShortId} of environment '{Environment}'?", PlanText.Of(changes))));
            WriteObjects(deployment.Stacks);
        }
        catch (DeploymentFailedException e)
        {
            WriteObjects(e.Deployment.Stacks);
            throw;
        }
    }
}
