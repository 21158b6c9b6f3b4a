using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;

namespace Cumulus.PowerShell;

/// <summary>Creates or updates the stacks of an environment by their graph, follows them, and has their hosts install the version.</summary>
[Cmdlet("Deploy", "Environment", SupportsShouldProcess = true)]
[OutputType(typeof(StackDeployment), typeof(PlannedChange))]
public sealed class DeployEnvironmentCommand : DeployingCmdlet
{
    /// <summary>Stacks that do not wait for each other are worked on side by side, at most so many.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    public int MaxParallel { get; set; } = 1;

    /// <summary>Start what can be started and return. Wait-EnvironmentDeployment takes the waiting up.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Keep what a failed operation made.</summary>
    [Parameter]
    public SwitchParameter DisableRollback { get; set; }

    /// <summary>What becomes of a stack whose operation fails. Default: the configuration's.</summary>
    [Parameter]
    [ValidateSet("Rollback", "DoNothing", "Delete")]
    public string? OnFailure { get; set; }

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Say nothing to the build service that runs this: no groups, annotations, summary or outputs.</summary>
    [Parameter]
    public SwitchParameter NoCi { get; set; }

    /// <summary>Show the plan and ask before anything is changed.</summary>
    [Parameter]
    public SwitchParameter RequireApproval { get; set; }

    /// <summary>Allow that databases, volumes, buckets and the like are replaced or deleted.</summary>
    [Parameter]
    public SwitchParameter AllowReplacement { get; set; }

    /// <summary>Wait for another deployment or operation to end, or fail at once.</summary>
    [Parameter]
    [ValidateSet("Wait", "Fail")]
    public string IfBusy { get; set; } = "Wait";

    /// <summary>When a stack fails, take back the stacks that had succeeded before it.</summary>
    [Parameter]
    public SwitchParameter RollbackOnFailure { get; set; }

    /// <summary>CloudWatch alarms, as names or ARNs, that roll a stack back when they ring.</summary>
    [Parameter]
    public string[]? RollbackAlarm { get; set; }

    /// <summary>How long each stack goes on watching its alarms after all its resources are there.</summary>
    [Parameter]
    [ValidateRange(0, 180)]
    public int BakeTimeMinutes { get; set; }

    /// <summary>Delete the stacks first, when everything is known to be in order, and create them anew.</summary>
    [Parameter]
    public SwitchParameter Recreate { get; set; }

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override async Task RunAsync(string environment, string? version, CancellationToken stop)
    {
        EnvironmentDefinition definition = Configuration.Environment(environment);
        EnvironmentRequest request = Request(environment, version);
        using AwsGateways aws = await OpenAwsAsync(AwsConnection.Of(definition), stop);
        EnvironmentDeployer deployer = Deployer(aws);
        var reporter = new DeploymentReporter(Host);
        string what = request.EffectiveVersion is { } v ? $"Deploy version {v} to {aws.Region}" : $"Deploy to {aws.Region}";
        if (!ShouldProcess(environment, what))
        {
            WriteObjects(await deployer.CompareAsync(request, reporter, stop));
            return;
        }

        if (IsSet(Recreate) && !await RemoveFirstAsync(aws, deployer, request, reporter, stop)) return;
        DeploymentOrigin origin = await DeploymentCaller.OfAsync(aws, Host, stop);
        request = request with
        {
            MaxParallel = MaxParallel,
            NoWait = IsSet(NoWait),
            DisableRollback = IsSet(DisableRollback) ? true : null,
            OnFailure = OnFailure is { } name ? Enum.Parse<StackFailureAction>(name, ignoreCase: true) : null,
            AllowReplacement = IsSet(AllowReplacement),
            WaitIfBusy = !IfBusy.Equals("Fail", StringComparison.OrdinalIgnoreCase),
            RollbackOnFailure = IsSet(RollbackOnFailure),
            RollbackAlarmArns = [.. (RollbackAlarm ?? []).Select(alarm => DeploymentCaller.AlarmArn(alarm, aws.Region, origin))],
            BakeMinutes = IsBound(nameof(BakeTimeMinutes)) ? BakeTimeMinutes : null,
            Origin = origin,
        };
        try
        {
            EnvironmentDeployment deployment = await WithLock(deployer, definition).DeployAsync(request, reporter, stop, IsSet(RequireApproval) ? Approve(environment) : null);
            WriteObjects(deployment.Stacks);
        }
        catch (DeploymentFailedException e)
        {
            WriteObjects(e.Deployment.Stacks);
            throw;
        }
    }

    // Templates, parameters and bundles are looked through before the first stack goes (D-24).
    private async Task<bool> RemoveFirstAsync(AwsGateways aws, EnvironmentDeployer deployer, EnvironmentRequest request, DeploymentReporter reporter, CancellationToken stop)
    {
        await deployer.PlanAsync(request, stop);
        var removal = new RemovalRequest { Configuration = Configuration, Environment = request.Environment, Stacks = request.Stacks, TimeLimit = request.TimeLimit };
        var remover = new EnvironmentRemover(aws.Stacks, aws.Region, TimeProvider.System) { Hooks = new HookRunner() };
        IReadOnlyList<EnvironmentStack> plan = await remover.PlanAsync(removal, stop);
        string names = string.Join(", ", plan.Select(s => s.StackName));
        if (plan.Count > 0 && !IsSet(Force) && !ShouldContinue($"Delete in {aws.Region} and create anew: {names}?", $"Recreate environment {request.Environment}")) return false;
        await remover.RemoveAsync(removal, plan, reporter, gone => WriteVerbose($"{gone.StackName}  {gone.Status}"), stop);
        return true;
    }

    private Func<IReadOnlyList<PlannedChange>, Task<bool>> Approve(string environment) => changes =>
    {
        string plan = PlanText.Of(changes);
        if (!IsSet(Force)) return Task.FromResult(ShouldContinue($"Deploy this to environment '{environment}'?", plan));
        Host.WriteStatus(plan);
        return Task.FromResult(true);
    };
}
