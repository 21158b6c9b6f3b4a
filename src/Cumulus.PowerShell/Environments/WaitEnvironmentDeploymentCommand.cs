using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Waits for a deployment that was started elsewhere, or whose waiting was lost, and tells how it ended.</summary>
[Cmdlet(VerbsLifecycle.Wait, "EnvironmentDeployment")]
[OutputType(typeof(StackDeployment))]
public sealed class WaitEnvironmentDeploymentCommand : DeploymentCmdlet
{
    /// <summary>The whole id, its beginning, or the beginning of its last part. Default: the newest deployment.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string? Id { get; set; }

    /// <summary>Limit of the waiting, in seconds. What runs in CloudFormation by then goes on.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 7200;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAsync(stop);
        IStateStore state = State(aws);
        var journal = new DeploymentJournal(state);
        IReadOnlyList<DeploymentRecord> records = Id is { } id ? RollbackTarget.Matching(await journal.ReadAsync(Environment, stop), id) : await journal.LatestAsync(Environment, 1, stop);
        if (records is not [.., var record])
        {
            throw new CumulusException(ErrorIds.DeploymentNotFound, FailureKind.NotFound, Id is null ? $"No deployment of environment '{Environment}' is on record." : $"Environment '{Environment}' has no deployment '{Id}'.") { Target = Id ?? Environment };
        }

        var waiter = new DeploymentWaiter(aws.Stacks, state, EnvironmentLock.In(state), new DeploymentReporter(Host), TimeProvider.System);
        try
        {
            WriteObjects((await waiter.WaitAsync(record, TimeSpan.FromSeconds(TimeoutSec), stop)).Stacks);
        }
        catch (DeploymentFailedException e)
        {
            WriteObjects(e.Deployment.Stacks);
            throw;
        }
    }
}
