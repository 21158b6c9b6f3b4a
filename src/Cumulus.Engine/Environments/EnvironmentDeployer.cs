using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Environments;

/// <summary>Deploys an environment: hook, plan, stack after stack in declared order, hosts, hook.</summary>
/// <param name="bundles">Where the environment's bundles have to lie.</param>
/// <param name="region">AWS region code that the services work in.</param>
public sealed class EnvironmentDeployer(
    IStackService stacks,
    IHostFleet fleet,
    IObjectStore bundles,
    HookRunner hooks,
    string region,
    TimeProvider clock)
{
    private readonly EnvironmentSurveyor _surveyor = new(stacks);

    /// <summary>What a deployment would do now. Changes nothing and runs no hook.</summary>
    /// <exception cref="CumulusException">As <see cref="EnvironmentSurveyor.SurveyAsync"/> and <see cref="EnvironmentPlanner.Plan"/>; <see cref="ErrorIds.BundleNotFound"/>.</exception>
    public async Task<EnvironmentPlan> PlanAsync(EnvironmentRequest request, CancellationToken cancellationToken) =>
        (await PrepareAsync(request, cancellationToken)).Plan;

    private async Task<Prepared> PrepareAsync(EnvironmentRequest request, CancellationToken cancellationToken)
    {
        EnvironmentDefinition environment = request.Configuration.Environment(request.Environment);
        IReadOnlyList<StackDefinition> selected = Select(request, environment);
        EnvironmentPlan plan = EnvironmentPlanner.Plan(request, region, await _surveyor.SurveyAsync(environment, selected, cancellationToken));
        return new Prepared(plan, await RequireBundlesAsync(request.Configuration, environment, plan.Version, cancellationToken));
    }

    /// <summary>
    /// Carries the deployment out. A stack on which an operation runs is waited for first. Cancelling ends the waiting, not what runs in CloudFormation: the
    /// next deployment takes it from there.
    /// </summary>
    /// <exception cref="DeploymentFailedException">The first failure once something had been changed, with what was done until then. Error ids:
    /// <see cref="ErrorIds.StackCreateFailed"/>, <see cref="ErrorIds.StackUpdateFailed"/>, <see cref="ErrorIds.StackDeleteFailed"/>, <see cref="ErrorIds.StackWaitTimedOut"/>,
    /// <see cref="ErrorIds.StackBusy"/>, <see cref="ErrorIds.HostUpdateFailed"/>, <see cref="ErrorIds.HookFailed"/>, and those of <see cref="IStackService"/>.</exception>
    /// <exception cref="CumulusException">Before anything was changed: as <see cref="PlanAsync"/>, <see cref="ErrorIds.HookFailed"/>, <see cref="ErrorIds.StackStuck"/>, <see cref="ErrorIds.StackBusy"/>.</exception>
    public async Task<EnvironmentDeployment> DeployAsync(
        EnvironmentRequest request,
        IDeploymentObserver observer,
        CancellationToken cancellationToken)
    {
        EnvironmentDefinition environment = request.Configuration.Environment(request.Environment);
        Select(request, environment);
        var limit = new WaitLimit(clock, request.TimeLimit);
        var run = new Run(request, environment, observer, limit, clock.GetUtcNow());

        await HookAsync(run, "pre-deploy-hook", environment.PreDeployHook, cancellationToken);
        (EnvironmentPlan plan, IReadOnlyList<StoredObject> archives) = await PlanWhenAtRestAsync(run, cancellationToken);
        observer.Planned(plan);

        var recorder = new DeploymentRecorder(bundles, observer, clock);
        await recorder.BeginAsync(environment, plan, request.OperationId, run.StartedAt, archives, cancellationToken);
        try
        {
            EnvironmentDeployment deployment = await CarryOutAsync(run, plan, cancellationToken);
            await recorder.SucceededAsync(deployment, cancellationToken);
            return deployment;
        }
        catch (DeploymentFailedException e)
        {
            await recorder.FailedAsync(e, cancellationToken);
            throw;
        }
        catch (OperationCanceledException)
        {
            await recorder.StoppedAsync();
            throw;
        }
    }

    private async Task<EnvironmentDeployment> CarryOutAsync(Run run, EnvironmentPlan plan, CancellationToken cancellationToken)
    {
        var worker = new StackWorker(stacks, run.Observer, clock);
        foreach (StackPlan stack in plan.Stacks)
        {
            await StepAsync(run, plan, stack, () => DeployStackAsync(run, worker, plan, stack, cancellationToken));
        }

        try
        {
            await HookAsync(run, "post-deploy-hook", run.Environment.PostDeployHook, cancellationToken);
        }
        catch (CumulusException e)
        {
            throw new DeploymentFailedException(e, Result(run, plan));
        }

        return Result(run, plan);
    }

    private static IReadOnlyList<StackDefinition> Select(EnvironmentRequest request, EnvironmentDefinition environment)
    {
        IReadOnlyList<StackDefinition> selected = StackNames.Select(request.Configuration, request.Environment, request.Stacks);

        // Names in -Parameter are checked before a hook runs or a call is made.
        StackParameters.ByShortName(environment, selected, request.Parameters);
        return selected;
    }

    // Hosts that come up would look for them: a version that is not published as a whole is not deployed.
    private async Task<IReadOnlyList<StoredObject>> RequireBundlesAsync(CumulusConfiguration configuration, EnvironmentDefinition environment, string? version, CancellationToken cancellationToken)
    {
        if (version is null || string.IsNullOrWhiteSpace(environment.Bucket))
        {
            return [];
        }

        var archives = new List<StoredObject>();
        var missing = new List<string>();
        foreach (string bundle in environment.Bundles)
        {
            // The list of the environment may name one that no section describes: it is of the default format.
            BundleFormat configured = configuration.Bundles.FirstOrDefault(b => b.Name == bundle)?.Format ?? BundleFormat.Zip;
            StoredObject? found = null;
            foreach (BundleFormat format in Enum.GetValues<BundleFormat>().OrderBy(f => f == configured ? 0 : 1))
            {
                found ??= await bundles.FindAsync(environment.Bucket, BundleNames.Key(bundle, environment.Name, version, format), cancellationToken);
            }

            if (found is null)
            {
                missing.Add($"s3://{environment.Bucket}/{BundleNames.Key(bundle, environment.Name, version, configured)}");
            }
            else
            {
                archives.Add(found);
            }
        }

        if (missing.Count > 0)
        {
            throw new CumulusException(
                ErrorIds.BundleNotFound,
                FailureKind.NotFound,
                $"Version {version} of environment '{environment.Name}' is not published: there is no {string.Join(", no ", missing)}. Nothing was changed.")
            {
                Target = version,
                Advice = $"Publish it first: New-Bundle {environment.Name} -Version {version} | Publish-Bundle.",
            };
        }

        return archives;
    }

    private async Task<Prepared> PlanWhenAtRestAsync(Run run, CancellationToken cancellationToken)
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

            foreach (StackPlan stack in busy)
            {
                await follower.SettleAsync(stack.StackName, run.Limit, cancellationToken);
            }
        }
    }

    // One stack with its hosts; what is thrown on the way becomes the deployment's end.
    private async Task StepAsync(Run run, EnvironmentPlan plan, StackPlan stack, Func<Task> step)
    {
        long start = clock.GetTimestamp();
        try
        {
            await step();
        }
        catch (CumulusException e)
        {
            if (run.Stacks.All(s => s.Name != stack.Name))
            {
                var failed = e as StackFailedException;
                Finish(run, new StackDeployment
                {
                    Environment = stack.Environment,
                    Name = stack.Name,
                    StackName = stack.StackName,
                    StackId = failed?.Outcome.Description?.Id ?? stack.Current?.Id,
                    Action = stack.Action,
                    Status = failed?.Outcome.Status ?? stack.Status,
                    Version = plan.Version,
                    Region = region,
                    Took = clock.GetElapsedTime(start),
                    Outputs = failed?.Outcome.Description?.Outputs ?? [],
                    FailureReason = failed?.Reason ?? e.Message,
                });
            }

            throw new DeploymentFailedException(e, Result(run, plan));
        }
    }

    private async Task DeployStackAsync(
        Run run,
        StackWorker worker,
        EnvironmentPlan plan,
        StackPlan stack,
        CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        run.Observer.StackStarted(stack.StackName, stack.Action, stack.Reason);
        StackAction action = stack.Action;
        StackDescription? now = stack.Current;
        switch (stack.Action)
        {
            case StackAction.Replace:
                await worker.DeleteAsync(stack.Environment, stack.Name, stack.Current!, $"{stack.Change.Token}-delete", run.Limit, cancellationToken);
                now = await worker.CreateAsync(stack, run.Limit, cancellationToken);
                break;
            case StackAction.Create:
                now = await worker.CreateAsync(stack, run.Limit, cancellationToken);
                break;
            case StackAction.Update:
                StackDescription? updated = await worker.UpdateAsync(stack, run.Limit, cancellationToken);
                action = updated is null ? StackAction.Unchanged : StackAction.Update;
                now = updated ?? stack.Current;
                break;
        }

        Finish(run, new StackDeployment
        {
            Environment = stack.Environment,
            Name = stack.Name,
            StackName = stack.StackName,
            StackId = now!.Id,
            Action = action,
            Status = now.Status,
            Version = plan.Version,
            Region = region,
            Took = clock.GetElapsedTime(start),
            Outputs = now.Outputs,
        });

        // New stacks' instances install at boot. An unchanged stack's are told too: an earlier deployment may have ended between stack and hosts.
        if (stack.Definition.UpdateHosts && action is StackAction.Update or StackAction.Unchanged)
        {
            await UpdateHostsAsync(run, plan, stack, now.Id, cancellationToken);
        }
    }

    private async Task UpdateHostsAsync(Run run, EnvironmentPlan plan, StackPlan stack, string stackId, CancellationToken cancellationToken)
    {
        var updater = new HostUpdater(fleet, run.Observer, clock);
        var request = new HostUpdateRequest(
            plan.Environment,
            stack.Name,
            plan.Version ?? throw new InvalidOperationException("A plan with hosts has a version."),
            run.Environment.Bucket,
            await StackResources.AllAsync(stacks, stackId, cancellationToken),
            run.StartedAt);
        IReadOnlyList<HostUpdate> updated = await updater.UpdateAsync(request, run.Limit, cancellationToken);
        run.Hosts.AddRange(updated);
        if (HostUpdater.Failure(stack.StackName, request.Version, updated) is { } failure)
        {
            throw failure;
        }
    }

    private async Task HookAsync(Run run, string name, string? command, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(command))
        {
            return;
        }

        await hooks.RunAsync(
            new HookRequest
            {
                Name = name,
                Command = command,
                WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(run.Environment.SourceFile))!,
                Environment = run.Environment.Name,
                Version = run.Request.EffectiveVersion,
                Variables = new Dictionary<string, string?> { ["CUMULUS_REGION"] = region, ["CUMULUS_BUCKET"] = run.Environment.Bucket },
                TimeLimit = run.Limit.Remaining,
                OnLine = line => run.Observer.HookLine(name, line),
            },
            cancellationToken);
    }

    private static void Finish(Run run, StackDeployment stack)
    {
        run.Stacks.Add(stack);
        run.Observer.StackFinished(stack);
    }

    private EnvironmentDeployment Result(Run run, EnvironmentPlan plan) => new()
    {
        Environment = plan.Environment,
        Version = plan.Version,
        Region = region,
        Stacks =
        [
            .. run.Stacks.Select(s => s with { Hosts = [.. run.Hosts.Where(h => h.Stack == s.Name)] }),
            .. plan.Stacks.Skip(run.Stacks.Count).Select(s => NotStarted(s, plan)),
        ],
        StartedAt = run.StartedAt,
        Took = run.Limit.Elapsed,
    };

    private StackDeployment NotStarted(StackPlan stack, EnvironmentPlan plan) => new()
    {
        Environment = stack.Environment,
        Name = stack.Name,
        StackName = stack.StackName,
        StackId = stack.Current?.Id,
        Action = stack.Action,
        Status = StackDeployment.NotStarted,
        Version = plan.Version,
        Region = region,
        Took = TimeSpan.Zero,
    };

    /// <param name="Archives">Those of the version in the bucket.</param>
    private sealed record Prepared(EnvironmentPlan Plan, IReadOnlyList<StoredObject> Archives);

    private sealed record Run(
        EnvironmentRequest Request,
        EnvironmentDefinition Environment,
        IDeploymentObserver Observer,
        WaitLimit Limit,
        DateTimeOffset StartedAt)
    {
        public List<StackDeployment> Stacks { get; } = [];

        public List<HostUpdate> Hosts { get; } = [];
    }
}
