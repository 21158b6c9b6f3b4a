using System.Collections.Concurrent;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>One deployment while it runs: its work on single stacks, and what came of them so far.</summary>
internal sealed class DeploymentRun(
    EnvironmentRequest request,
    EnvironmentDefinition environment,
    string region,
    IStackService stacks,
    IHostFleet fleet,
    IStackOperations? operations,
    IDeploymentObserver observer,
    WaitLimit limit,
    TimeProvider clock)
{
    private const int AtOnce = 8;

    private readonly StackWorker _worker = new(stacks, observer, clock);
    private readonly ChangeSetMaker _maker = new(stacks, observer);
    private readonly ConcurrentDictionary<string, StackDeployment> _done = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StackDescription> _now = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StackPlan> _settled = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<HostUpdate> _hosts = new();

    public EnvironmentRequest Request => request;

    public EnvironmentDefinition Environment => environment;

    public IDeploymentObserver Observer => observer;

    public WaitLimit Limit => limit;

    public DateTimeOffset StartedAt { get; } = clock.GetUtcNow();

    /// <summary>The plans as they were carried out, and the stacks as they came out of it; of those that ended well.</summary>
    public IReadOnlyList<SettledStack> Settled => [.. _now.Select(n => new SettledStack(_settled[n.Key], n.Value))];

    /// <summary>
    /// Makes the change sets of all updates whose inputs are known, before the first is executed: what CloudFormation refuses, and what would lose data, is told
    /// before anything is changed.
    /// </summary>
    /// <exception cref="CumulusException">As <see cref="ChangeSetMaker.MakeAsync"/>; <see cref="ErrorIds.ReplacementNotAllowed"/>.</exception>
    public async Task<EnvironmentPlan> PrepareAsync(EnvironmentPlan plan, CancellationToken cancellationToken)
    {
        var prepared = plan.Stacks.ToArray();
        var lost = new ConcurrentQueue<(StackPlan Plan, ResourceChangeRecord Change)>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, prepared.Length, options, async (i, stop) =>
        {
            StackPlan stack = prepared[i];
            if (stack.Action != StackAction.Update || stack.Unknown.Count > 0) return;
            StackChangeSet set = await _maker.MakeAsync(stack, ChangeSetMaker.NameOf(stack), limit, stop);
            if (set.IsEmpty) prepared[i] = stack with { Action = StackAction.Unchanged, Reason = "CloudFormation finds nothing to change." };
            foreach (ResourceChangeRecord change in set.Changes.Where(StatefulResources.IsLost)) lost.Enqueue((stack, change));
        });
        if (!lost.IsEmpty && !request.AllowReplacement)
        {
            await TakeAwayAsync(plan, cancellationToken);
            throw NotAllowed([.. lost], "Nothing was changed.");
        }

        return plan with { Stacks = prepared };
    }

    /// <summary>Takes away the change sets that were made for a plan and not executed.</summary>
    public async Task TakeAwayAsync(EnvironmentPlan plan, CancellationToken cancellationToken)
    {
        foreach (StackPlan stack in plan.Stacks.Where(s => s.Action is StackAction.Create or StackAction.Update))
        {
            if (await stacks.ChangeSetAsync(ChangeSetMaker.NameOf(stack), stack.StackName, cancellationToken) is not { } set) continue;
            await _maker.TakeAwayAsync(stack, new ChangeSetReference(set.Id, set.StackId), limit, cancellationToken);
        }
    }

    /// <summary>One stack with its hosts; what is thrown on the way is in the result too.</summary>
    public async Task StepAsync(EnvironmentPlan plan, StackPlan stack, CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        try
        {
            await DeployAsync(plan, stack, start, cancellationToken);
        }
        catch (CumulusException e)
        {
            if (!_done.ContainsKey(stack.Name))
            {
                var failed = e as StackFailedException;
                Finish(Report(plan, stack, stack.Action, failed?.Outcome.Status ?? stack.Status, start) with
                {
                    StackId = failed?.Outcome.Description?.Id ?? stack.Current?.Id,
                    Outputs = failed?.Outcome.Description?.Outputs ?? [],
                    FailureReason = failed?.Reason ?? e.Message,
                });
            }

            throw;
        }
    }

    public EnvironmentDeployment Result(EnvironmentPlan plan) => new()
    {
        Environment = plan.Environment,
        Version = plan.Version,
        Region = region,
        Stacks =
        [
            .. plan.Stacks.Select(s => _done.TryGetValue(s.Name, out StackDeployment? done)
                ? done with { Hosts = [.. _hosts.Where(h => h.Stack == s.Name)] }
                : Report(plan, s, s.Action, StackDeployment.NotStarted, clock.GetTimestamp()) with { StackId = s.Current?.Id, Took = TimeSpan.Zero }),
        ],
        StartedAt = StartedAt,
        Took = limit.Elapsed,
    };

    private async Task DeployAsync(EnvironmentPlan plan, StackPlan stack, long start, CancellationToken cancellationToken)
    {
        stack = EnvironmentPlanner.Settle(stack, reference => OutputOf(stack, reference));
        observer.StackStarted(stack.StackName, stack.Action, stack.Reason);
        StackAction action = stack.Action;
        StackDescription? now = stack.Current;
        if (action == StackAction.Replace)
        {
            await _worker.DeleteAsync(stack.Environment, stack.Name, stack.Current!, $"{stack.Change.Token}-delete", limit, [], cancellationToken);
            stack = stack with { Current = null };
        }

        if (action != StackAction.Unchanged)
        {
            if (request.NoWait)
            {
                await StartOnlyAsync(plan, stack, action, start, cancellationToken);
                return;
            }

            StackDescription? changed = await _worker.DeployAsync(stack, limit, set => Permit(stack, set), cancellationToken);
            if (changed is null) action = StackAction.Unchanged;
            now = changed ?? stack.Current;
        }

        _now[stack.Name] = now!;
        _settled[stack.Name] = stack;
        await StackSettings.ApplyAsync(operations, stack.Definition, now!, action, cancellationToken);
        Finish(Report(plan, stack, action, now!.Status, start) with { StackId = now.Id, Outputs = now.Outputs });

        // New stacks' instances install at boot. An unchanged stack's are told too: an earlier deployment may have ended between stack and hosts.
        if (stack.Definition.UpdateHosts && action is StackAction.Update or StackAction.Unchanged)
        {
            await UpdateHostsAsync(plan, stack, now.Id, cancellationToken);
        }
    }

    private async Task StartOnlyAsync(EnvironmentPlan plan, StackPlan stack, StackAction action, long start, CancellationToken cancellationToken)
    {
        FollowedOperation? started = await _worker.StartAsync(stack, limit, set => Permit(stack, set), cancellationToken);
        string running = stack.IsNew ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS";
        Finish(Report(plan, stack, started is null ? StackAction.Unchanged : action, started is null ? stack.Status : running, start) with { StackId = started?.StackId ?? stack.Current?.Id });
    }

    private string OutputOf(StackPlan stack, OutputReference reference)
    {
        StackDescription? there = _now.GetValueOrDefault(reference.Stack);
        return OutputTable.ValueOf(there, reference.Output) ?? throw OutputTable.Missing(environment, stack.Definition, reference, there);
    }

    private void Permit(StackPlan stack, StackChangeSet set)
    {
        ResourceChangeRecord[] lost = [.. set.Changes.Where(StatefulResources.IsLost)];
        if (lost.Length > 0 && !request.AllowReplacement) throw NotAllowed([.. lost.Select(c => (stack, c))], "The stack was not changed.");
    }

    private CumulusException NotAllowed(IReadOnlyList<(StackPlan Plan, ResourceChangeRecord Change)> lost, string state)
    {
        string list = string.Join("; ", lost.Select(l =>
            $"{l.Change.LogicalId} ({l.Change.ResourceType}) of stack '{l.Plan.StackName}' would {(l.Change.Action == "Remove" ? "be deleted" : l.Change.Replacement == "True" ? "be replaced" : "perhaps be replaced")}"));
        return new CumulusException(ErrorIds.ReplacementNotAllowed, FailureKind.Conflict, $"Data would be lost: {list}. {state}")
        {
            Target = lost[0].Plan.StackName,
            Advice = $"See it with Compare-Environment {environment.Name}; keep it by a DeletionPolicy and UpdateReplacePolicy of Retain, or give -AllowReplacement if it may go.",
        };
    }

    private async Task UpdateHostsAsync(EnvironmentPlan plan, StackPlan stack, string stackId, CancellationToken cancellationToken)
    {
        var updater = new HostUpdater(fleet, observer, clock);
        var update = new HostUpdateRequest(
            plan.Environment,
            stack.Name,
            plan.Version ?? throw new InvalidOperationException("A plan with hosts has a version."),
            environment.Bucket,
            await StackResources.AllAsync(stacks, stackId, cancellationToken),
            StartedAt);
        IReadOnlyList<HostUpdate> updated = await updater.UpdateAsync(update, limit, cancellationToken);
        foreach (HostUpdate host in updated) _hosts.Enqueue(host);
        if (HostUpdater.Failure(stack.StackName, update.Version, updated) is { } failure)
        {
            throw failure;
        }
    }

    private StackDeployment Report(EnvironmentPlan plan, StackPlan stack, StackAction action, string status, long start) => new()
    {
        Environment = stack.Environment,
        Name = stack.Name,
        StackName = stack.StackName,
        Action = action,
        Status = status,
        Version = plan.Version,
        Region = region,
        Took = clock.GetElapsedTime(start),
    };

    private void Finish(StackDeployment stack)
    {
        _done[stack.Name] = stack;
        observer.StackFinished(stack);
    }
}

/// <summary>A stack whose deployment ended well.</summary>
internal sealed record SettledStack(StackPlan Plan, StackDescription Now);
