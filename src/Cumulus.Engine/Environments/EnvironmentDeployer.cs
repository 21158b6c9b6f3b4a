using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Processes;
using Cumulus.Engine.State;
using Cumulus.Engine.Templates;

namespace Cumulus.Engine.Environments;

/// <summary>Deploys an environment: hook, plan, stack after stack by the graph, hosts, hook.</summary>
/// <param name="bundles">Where the environment's bundles have to lie, and its state is kept.</param>
/// <param name="region">AWS region code that the services work in.</param>
public sealed class EnvironmentDeployer(
    IStackService stacks,
    IHostFleet fleet,
    IObjectStore bundles,
    HookRunner hooks,
    string region,
    TimeProvider clock)
{
    private readonly PublishedVersion _published = new(bundles);

    /// <summary>Sets policies and termination protection; null: nobody does.</summary>
    public IStackOperations? Operations { get; init; }

    /// <summary>Of a local AWS; null: AWS itself.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>Keeps two from deploying one environment at once; null: nobody does.</summary>
    public EnvironmentLock? Lock { get; set; }

    /// <summary>What a deployment would do now. Changes nothing and runs no hook.</summary>
    /// <exception cref="CumulusException">As <see cref="EnvironmentPlanner.Plan"/>; <see cref="ErrorIds.BundleNotFound"/>, and the failures of <see cref="IStackService"/>.</exception>
    public async Task<EnvironmentPlan> PlanAsync(EnvironmentRequest request, CancellationToken cancellationToken) =>
        (await PrepareAsync(request, cancellationToken)).Plan;

    /// <summary>What a deployment would change, by CloudFormation's own change sets, of which nothing is left behind.</summary>
    /// <exception cref="CumulusException">As <see cref="PlanAsync"/>, and <see cref="ErrorIds.ChangeSetFailed"/>.</exception>
    public async Task<IReadOnlyList<PlannedChange>> CompareAsync(EnvironmentRequest request, IDeploymentObserver observer, CancellationToken cancellationToken)
    {
        EnvironmentPlan plan = await PlanAsync(request, cancellationToken);
        string? bucket = request.Configuration.Environment(request.Environment).Bucket;
        return await new EnvironmentPreviewer(stacks, bundles, observer).PreviewAsync(plan, bucket, keep: false, new WaitLimit(clock, request.TimeLimit), cancellationToken);
    }

    /// <summary>
    /// Carries the deployment out. A stack on which an operation runs is waited for first. Cancelling ends the waiting, not what runs in CloudFormation: the
    /// next deployment takes it from there.
    /// </summary>
    /// <param name="approve">Sees all changes before the first is made; false ends the deployment with <see cref="ErrorIds.ApprovalRequired"/>. Null: nobody is asked.</param>
    /// <exception cref="DeploymentFailedException">The first failure once something had been changed, with what was done until then. Error ids:
    /// <see cref="ErrorIds.StackCreateFailed"/>, <see cref="ErrorIds.StackUpdateFailed"/>, <see cref="ErrorIds.StackDeleteFailed"/>, <see cref="ErrorIds.StackWaitTimedOut"/>,
    /// <see cref="ErrorIds.StackBusy"/>, <see cref="ErrorIds.ChangeSetFailed"/>, <see cref="ErrorIds.HostUpdateFailed"/>, <see cref="ErrorIds.HookFailed"/>, and those of <see cref="IStackService"/>.</exception>
    /// <exception cref="CumulusException">Before anything was changed: as <see cref="PlanAsync"/>, <see cref="ErrorIds.HookFailed"/>, <see cref="ErrorIds.StackStuck"/>, <see cref="ErrorIds.StackBusy"/>,
    /// <see cref="ErrorIds.EnvironmentBusy"/>, <see cref="ErrorIds.ChangeSetFailed"/>, <see cref="ErrorIds.ReplacementNotAllowed"/>.</exception>
    public async Task<EnvironmentDeployment> DeployAsync(
        EnvironmentRequest request,
        IDeploymentObserver observer,
        CancellationToken cancellationToken,
        Func<IReadOnlyList<PlannedChange>, Task<bool>>? approve = null)
    {
        EnvironmentDefinition environment = request.Configuration.Environment(request.Environment);
        Select(request, environment);
        var limit = new WaitLimit(clock, request.TimeLimit);
        await using EnvironmentHold? hold = Lock is null ? null : await Lock.TakeAsync(environment, request, limit, observer, cancellationToken);
        CancellationToken stop = hold?.Token ?? cancellationToken;
        try
        {
            return await DeployHeldAsync(request, environment, observer, limit, approve, stop);
        }
        catch (OperationCanceledException) when (hold?.IsLost == true && !cancellationToken.IsCancellationRequested)
        {
            throw EnvironmentLock.Lost(environment.Name);
        }
    }

    private async Task<EnvironmentDeployment> DeployHeldAsync(
        EnvironmentRequest request,
        EnvironmentDefinition environment,
        IDeploymentObserver observer,
        WaitLimit limit,
        Func<IReadOnlyList<PlannedChange>, Task<bool>>? approve,
        CancellationToken cancellationToken)
    {
        var run = new DeploymentRun(request, environment, region, stacks, fleet, Operations, observer, limit, clock);
        await Hooks(run).RunAsync("pre-deploy-hook", environment.PreDeployHook, request.EffectiveVersion, Names(run), null, cancellationToken);
        (EnvironmentPlan plan, IReadOnlyList<StoredObject> archives) = await PlanWhenAtRestAsync(run, cancellationToken);
        observer.Planned(plan);
        if (approve is not null) await ApproveAsync(run, plan, approve, cancellationToken);
        plan = await run.PrepareAsync(plan, cancellationToken);

        IStateStore? state = StateOf(environment);
        var recorder = new DeploymentRecorder(state, observer, clock);
        await recorder.BeginAsync(request, environment, plan, run.StartedAt, archives, isHeld: Lock is not null, cancellationToken);
        try
        {
            EnvironmentDeployment deployment = await CarryOutAsync(run, plan, cancellationToken);
            if (!request.NoWait) await recorder.SucceededAsync(deployment, run.Settled, cancellationToken);
            return deployment;
        }
        catch (DeploymentFailedException e)
        {
            await recorder.FailedAsync(e, run.Settled, cancellationToken);
            await Hooks(run).RunAfterFailureAsync("post-deploy-hook", environment.PostDeployHook, request.EffectiveVersion, Names(run), cancellationToken);
            if (request.RollbackOnFailure && state is not null) throw await TakeBackAsync(run, e, state, cancellationToken);
            throw;
        }
        catch (OperationCanceledException)
        {
            await recorder.StoppedAsync();
            throw;
        }
    }

    /// <summary>Where records and leases of an environment are kept; null: nowhere.</summary>
    public IStateStore? StateOf(EnvironmentDefinition environment)
    {
        string? bucket = string.IsNullOrWhiteSpace(environment.StateBucket) ? environment.Bucket : environment.StateBucket;
        return string.IsNullOrWhiteSpace(bucket) ? null : new BucketStateStore(bundles, bucket);
    }

    private async Task<Prepared> PrepareAsync(EnvironmentRequest request, CancellationToken cancellationToken)
    {
        EnvironmentDefinition environment = request.Configuration.Environment(request.Environment);
        IReadOnlyList<StackDefinition> selected = Select(request, environment);
        StackGraph.Of(environment.Name, selected);
        IStateStore? state = StateOf(environment);
        var stock = new TemplateStock(bundles, state, new TemplateDestination(string.IsNullOrWhiteSpace(environment.Bucket) ? null : environment.Bucket, region, EndpointUrl));
        PlanningInputs inputs = await new EnvironmentSurveyor(stacks, state, stock).SurveyAsync(environment, selected, request.Restore, region, cancellationToken);
        string? version = request.EffectiveVersion;
        IReadOnlyList<StoredObject> archives = await _published.RequireAsync(request.Configuration, environment, version, cancellationToken);
        EnvironmentPlan plan = EnvironmentPlanner.Plan(request, inputs with
        {
            BundleDigests = [.. archives.Select(a => KeyValuePair.Create(PublishedVersion.NameOf(a), PublishedVersion.DigestOf(a)))],
        });
        return new Prepared(plan with { Bundles = environment.Bundles }, archives);
    }

    private async Task ApproveAsync(DeploymentRun run, EnvironmentPlan plan, Func<IReadOnlyList<PlannedChange>, Task<bool>> approve, CancellationToken cancellationToken)
    {
        var previewer = new EnvironmentPreviewer(stacks, bundles, run.Observer);
        IReadOnlyList<PlannedChange> changes = await previewer.PreviewAsync(plan, run.Environment.Bucket, keep: true, run.Limit, cancellationToken);
        if (changes.All(c => c.IsNothing)) return;
        bool approved = false;
        try
        {
            approved = await approve(changes);
        }
        finally
        {
            if (!approved) await run.TakeAwayAsync(plan, CancellationToken.None);
        }

        if (approved) return;
        throw new CumulusException(ErrorIds.ApprovalRequired, FailureKind.Conflict, $"The deployment of environment '{plan.Environment}' was not approved. Nothing was changed.") { Target = plan.Environment };
    }

    private async Task<EnvironmentDeployment> CarryOutAsync(DeploymentRun run, EnvironmentPlan plan, CancellationToken cancellationToken)
    {
        IReadOnlyList<StackPlan> now = run.Request.NoWait ? [.. plan.Stacks.Where(s => s.WaitsFor.Count == 0)] : plan.Stacks;
        try
        {
            await StackScheduler.RunAsync(now, s => s.Name, s => s.WaitsFor, run.Request.MaxParallel, s => run.StepAsync(plan, s, cancellationToken), cancellationToken);
            if (!run.Request.NoWait) await Hooks(run).RunAsync("post-deploy-hook", run.Environment.PostDeployHook, plan.Version, Names(run), "succeeded", cancellationToken);
        }
        catch (CumulusException e)
        {
            throw new DeploymentFailedException(e, run.Result(plan));
        }

        return run.Result(plan);
    }

    private static IReadOnlyList<StackDefinition> Select(EnvironmentRequest request, EnvironmentDefinition environment)
    {
        IReadOnlyList<StackDefinition> selected = StackNames.Select(request.Configuration, request.Environment, request.Stacks);
        if (request.Restore is { } record) selected = [.. selected.Where(s => record.Stacks.Any(r => r.Name == s.Name))];

        // Names in -Parameter are checked before a hook runs or a call is made.
        StackParameters.ByShortName(environment, selected, request.Parameters);
        return selected;
    }

    private async Task<Prepared> PlanWhenAtRestAsync(DeploymentRun run, CancellationToken cancellationToken)
    {
        var follower = new StackFollower(stacks, run.Observer, clock);
        while (true)
        {
            Prepared prepared = await PrepareAsync(run.Request, cancellationToken);
            EnvironmentPlan plan = prepared.Plan;
            if (plan.Stacks.FirstOrDefault(s => s.Action == StackAction.Blocked && !s.Busy) is { } stuck)
            {
                throw new CumulusException(ErrorIds.StackStuck, FailureKind.Conflict, $"Stack '{stuck.StackName}' is {stuck.Status}. {stuck.Reason} Nothing was changed.")
                { Target = stuck.StackName, Advice = stuck.Advice };
            }

            StackPlan[] busy = [.. plan.Stacks.Where(s => s.Busy)];
            if (busy.Length == 0)
            {
                return prepared;
            }

            if (!run.Request.WaitIfBusy)
            {
                throw new CumulusException(ErrorIds.StackBusy, FailureKind.Conflict, $"Another operation is running on stack '{busy[0].StackName}' ({busy[0].Status}). Nothing was changed.")
                { Target = busy[0].StackName, Advice = "Give -IfBusy Wait to wait for it, or run the command again later." };
            }

            foreach (StackPlan stack in busy)
            {
                await follower.SettleAsync(stack.StackName, run.Limit, cancellationToken);
            }
        }
    }

    // The stacks that had succeeded go back to the last good deployment of each; the failure stays the failure.
    private async Task<DeploymentFailedException> TakeBackAsync(DeploymentRun run, DeploymentFailedException failure, IStateStore state, CancellationToken cancellationToken)
    {
        string[] updated = [.. failure.Deployment.Stacks.Where(s => s is { Action: StackAction.Update, Status: "UPDATE_COMPLETE" }).Select(s => s.Name)];
        string[] created = [.. failure.Deployment.Stacks.Where(s => s is { Action: StackAction.Create or StackAction.Replace, Status: "CREATE_COMPLETE" }).Select(s => s.StackName)];
        if (created.Length > 0) run.Observer.Warning($"New stacks stay: {string.Join(", ", created)}. Remove-Environment takes them away.");
        if (updated.Length == 0) return failure;
        string what;
        try
        {
            DeploymentRecord? good = RollbackTarget.LastGoodOf(await new DeploymentJournal(state).ReadAsync(run.Environment.Name, cancellationToken), updated, run.StartedAt);
            if (good is null) throw new CumulusException(ErrorIds.RollbackImpossible, FailureKind.NotFound, "no earlier good deployment of them is on record");
            EnvironmentRequest back = run.Request with
            {
                Restore = good,
                Version = good.Version,
                Stacks = [.. good.Stacks.Select(s => s.Name)],
                Parameters = new Dictionary<string, IReadOnlyDictionary<string, string>>(),
                OperationId = $"{run.Request.OperationId}b",
                RollbackOnFailure = false,
                AllowReplacement = true,
            };
            await DeployHeldAsync(back, run.Environment with { PreDeployHook = null, PostDeployHook = null }, run.Observer, run.Limit, null, cancellationToken);
            what = $"Taken back to deployment {good.Id}: {string.Join(", ", good.Stacks.Select(s => s.StackName))}.";
        }
        catch (CumulusException e)
        {
            what = $"The stacks that had succeeded ({string.Join(", ", updated)}) could not be taken back: {StackFailure.Sentence(e.Message)}";
        }

        return new DeploymentFailedException(new CumulusException(failure.ErrorId, failure.Kind, $"{failure.Message} {what}", failure) { Target = failure.Target, Advice = failure.Advice }, failure.Deployment);
    }

    private EnvironmentHooks Hooks(DeploymentRun run) => new(hooks, run.Environment, region, run.Observer, run.Limit);

    private static IEnumerable<string> Names(DeploymentRun run) => Select(run.Request, run.Environment).Select(s => run.Environment.FullStackName(s.Name));

    /// <param name="Archives">Those of the version in the bucket.</param>
    private sealed record Prepared(EnvironmentPlan Plan, IReadOnlyList<StoredObject> Archives);
}
