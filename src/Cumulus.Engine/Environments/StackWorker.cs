using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>Creates, updates and deletes single stacks: starts the operation, follows it, judges its end.</summary>
public sealed class StackWorker(IStackService stacks, IDeploymentObserver observer, TimeProvider clock)
{
    private const int TriesToExplain = 4;

    private const int TriesToStart = 3;

    private readonly StackFollower _follower = new(stacks, observer, clock);
    private readonly ChangeSetMaker _maker = new(stacks, observer);

    /// <summary>Carries out a plan's create or update by a change set and follows it to its end.</summary>
    /// <param name="permit">Sees the change set before it is executed; what it throws ends the work, and the change set is taken away.</param>
    /// <returns>Null when there was nothing to do.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackCreateFailed"/>, <see cref="ErrorIds.StackUpdateFailed"/>, <see cref="ErrorIds.StackBusy"/>, those of
    /// <see cref="ChangeSetMaker.MakeAsync"/>, and the failures of <see cref="StackFollower.FollowAsync"/>.</exception>
    public async Task<StackDescription?> DeployAsync(StackPlan plan, WaitLimit limit, Action<StackChangeSet> permit, CancellationToken cancellationToken)
    {
        if (await StartAsync(plan, limit, permit, cancellationToken) is not { } operation) return null;
        StackOutcome outcome = await _follower.FollowAsync(operation, limit, cancellationToken);
        await RequireSuccessAsync(plan.Environment, plan.Name, operation, outcome, cancellationToken);
        return outcome.Description ?? throw new InvalidOperationException($"Stack '{plan.StackName}' was deployed and is not there.");
    }

    /// <summary>Starts a plan's create or update.</summary>
    /// <returns>What to follow; null when there was nothing to do.</returns>
    public async Task<FollowedOperation?> StartAsync(StackPlan plan, WaitLimit limit, Action<StackChangeSet> permit, CancellationToken cancellationToken)
    {
        StackOperation kind = plan.IsNew ? StackOperation.Create : StackOperation.Update;
        string token = plan.Change.Token;

        // A change set has no time-out.
        if (plan.Current is null && plan.Change.TimeoutInMinutes is not null)
        {
            string id = await CreateAsync(plan, cancellationToken);
            return new FollowedOperation(plan.StackName, id, kind, token, Marker: null, Before: null, plan.ResourceCount);
        }

        StackChangeSet set = await _maker.MakeAsync(plan, ChangeSetMaker.NameOf(plan), limit, cancellationToken);
        if (set.IsEmpty) return null;
        try
        {
            permit(set);
        }
        catch (CumulusException)
        {
            await _maker.TakeAwayAsync(plan, new ChangeSetReference(set.Id, set.StackId), limit, cancellationToken);
            throw;
        }

        string? marker = plan.Current is null ? null : await _follower.MarkAsync(set.StackId, cancellationToken);
        await ExecuteAsync(plan, set, cancellationToken);
        int? resources = kind == StackOperation.Create ? plan.ResourceCount : set.Changes.Count;
        return new FollowedOperation(plan.StackName, set.StackId, kind, token, marker, kind == StackOperation.Create ? null : plan.Current, resources);
    }

    /// <summary>Deletes a stack and waits until it is gone.</summary>
    /// <param name="name">Short name, for advice.</param>
    /// <param name="retain">Logical ids of resources that stay where they could not be deleted.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackDeleteFailed"/> names the resources that stayed; the failures of <see cref="StackFollower.FollowAsync"/>.</exception>
    public async Task DeleteAsync(
        string environment,
        string name,
        StackDescription stack,
        string token,
        WaitLimit limit,
        IReadOnlyList<string> retain,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<StackResourceRecord> resources = await stacks.ResourcesAsync(stack.Id, cancellationToken);
        string? marker = await _follower.MarkAsync(stack.Id, cancellationToken);
        if (stack.Status != "DELETE_IN_PROGRESS")
        {
            // CloudFormation takes the names only for a stack whose deletion has failed, and only of resources that it has.
            string[] stay = stack.Status == "DELETE_FAILED" ? [.. retain.Where(id => resources.Any(r => r.LogicalId == id))] : [];
            await stacks.DeleteAsync(new StackDeletion(stack.Id, token, stay), cancellationToken);
        }

        var operation = new FollowedOperation(stack.Name, stack.Id, StackOperation.Delete, token, marker, stack, resources.Count);
        StackOutcome outcome = await _follower.FollowAsync(operation, limit, cancellationToken);
        if (StackStatus.IsFailure(outcome.Status, StackOperation.Delete))
        {
            throw await StayedAsync(environment, name, operation, outcome, cancellationToken);
        }
    }

    /// <summary>The error for an operation that did not end well, with its first cause.</summary>
    /// <exception cref="StackFailedException">It did not end well.</exception>
    public async Task RequireSuccessAsync(string environment, string name, FollowedOperation operation, StackOutcome outcome, CancellationToken cancellationToken)
    {
        if (!StackStatus.IsFailure(outcome.Status, operation.Operation)) return;
        outcome = await CompleteAsync(operation, outcome, cancellationToken);
        ResourceFailure? cause = await StackFailure.CauseAsync(stacks, outcome.Events, operation.StackId, cancellationToken)
            ?? await OperationCauseAsync(operation, outcome, cancellationToken);
        throw StackFailure.Error(environment, name, operation, outcome, cause);
    }

    private async Task<string> CreateAsync(StackPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            return await stacks.CreateAsync(plan.Change, cancellationToken);
        }
        catch (CumulusException refusal) when (refusal.ErrorId is ErrorIds.AwsRequestFailed or ErrorIds.EndpointUnreachable)
        {
            if (await FindOursAsync(plan.StackName, plan.Change.Token, refusal, cancellationToken) is { } ours) return ours.Id;
            throw;
        }
    }

    // The answer to the start may be lost, and the operation run all the same.
    private async Task ExecuteAsync(StackPlan plan, StackChangeSet set, CancellationToken cancellationToken)
    {
        bool? disableRollback = plan.Change.IsExpress || plan.Change.OnFailure is not null ? null : plan.Change.DisableRollback;
        for (int tries = 1; ; tries++)
        {
            try
            {
                await stacks.ExecuteChangeSetAsync(set.Id, plan.Change.Token, disableRollback, cancellationToken);
                return;
            }
            catch (CumulusException refusal) when (refusal.ErrorId is ErrorIds.AwsRequestFailed or ErrorIds.EndpointUnreachable)
            {
                if (await FindOursAsync(set.StackId, plan.Change.Token, refusal, cancellationToken) is not null) return;
                StackChangeSet? now = await TryAsync(plan.StackName, () => stacks.ChangeSetAsync(set.Id, null, cancellationToken));
                if (now?.ExecutionStatus.StartsWith("EXECUTE_", StringComparison.Ordinal) == true) return;
                if (now is not { IsReady: true } || refusal.Kind != FailureKind.Unavailable || tries == TriesToStart) throw;
                observer.Detail($"{plan.StackName}: the change set is executed again: {refusal.Message}");
            }
        }
    }

    // A refused start is explained by the stack's state, never by the service's text (D-38).
    private async Task<StackDescription?> FindOursAsync(string nameOrId, string token, CumulusException refusal, CancellationToken cancellationToken)
    {
        if (await TryAsync(nameOrId, () => stacks.FindAsync(nameOrId, cancellationToken)) is not { } now || StackStatus.IsFinal(now.Status)) return null;
        await foreach (StackEventRecord newest in stacks.EventsAsync(now.Id, cancellationToken))
        {
            if (newest.Token == token) return now;
            break;
        }

        throw new CumulusException(
            ErrorIds.StackBusy,
            FailureKind.Conflict,
            $"Stack '{now.Name}' is {now.Status}: an operation of somebody else's runs on it. {refusal.Message}",
            refusal)
        { Target = now.Name, Advice = "Run the command again: it waits for that operation to end, then plans anew." };
    }

    // The cause is worth a few more tries when the last looks at the events failed.
    private async Task<StackOutcome> CompleteAsync(FollowedOperation operation, StackOutcome outcome, CancellationToken cancellationToken)
    {
        var pace = new PollPace();
        for (int i = 1; i < TriesToExplain && StackFailure.FirstCause(outcome.Events, operation.StackId) is null; i++)
        {
            try
            {
                var history = new StackHistory(operation);
                await history.ReadNewAsync(stacks, cancellationToken);
                return outcome with { Events = history.Events };
            }
            catch (CumulusException e)
            {
                observer.Detail($"{operation.StackName}: the events cannot be read: {e.Message}");
                await Task.Delay(pace.AfterFailure(), clock, cancellationToken);
            }
        }

        return outcome;
    }

    // What no resource event tells: validations before the deployment, and hooks.
    private async Task<ResourceFailure?> OperationCauseAsync(FollowedOperation operation, StackOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Description?.OperationId is not { } id) return null;
        IReadOnlyList<OperationFailure>? failures = await TryAsync(operation.StackName, async () => (IReadOnlyList<OperationFailure>?)await stacks.FailuresAsync(id, cancellationToken));
        return failures?.LastOrDefault(f => f.Blocks && f.Reason.Length > 0 && f.LogicalId.Length > 0 && f.ResourceType != StackFailure.StackType) is { } first
            ? new ResourceFailure(operation.StackName, first.LogicalId, first.ResourceType, first.Status, first.Reason)
            : null;
    }

    private async Task<StackFailedException> StayedAsync(
        string environment,
        string name,
        FollowedOperation operation,
        StackOutcome outcome,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<StackResourceRecord> resources = await TryAsync(operation.StackName, async () => (IReadOnlyList<StackResourceRecord>?)await stacks.ResourcesAsync(operation.StackId, cancellationToken)) ?? [];
        StackResourceRecord[] stayed = [.. resources.Where(r => r.Status == "DELETE_FAILED")];
        ResourceFailure? cause = await StackFailure.CauseAsync(stacks, outcome.Events, operation.StackId, cancellationToken);
        if (stayed.Length == 0)
        {
            return StackFailure.Error(environment, name, operation, outcome, cause);
        }

        string list = string.Join("; ", stayed.Select(r => $"{r.LogicalId} ({r.ResourceType}, {r.PhysicalId ?? "no id"}): {r.Reason ?? "no reason given"}"));
        string reason = $"These resources stayed: {list.TrimEnd('.')}.";
        string retain = string.Join(", ", stayed.Select(r => r.LogicalId));
        return new StackFailedException(
            ErrorIds.StackDeleteFailed,
            $"The delete of stack '{operation.StackName}' failed. {reason} The stack is now {outcome.Status}.",
            outcome,
            reason,
            cause)
        {
            Target = operation.StackName,
            Advice = $"Put right what is said of them (empty a bucket, end what uses them), then Remove-Environment {environment} -Stack {name} again; with -RetainResource {retain} it goes without them.",
        };
    }

    private async Task<T?> TryAsync<T>(string stackName, Func<Task<T?>> look)
        where T : class
    {
        try
        {
            return await look();
        }
        catch (CumulusException e)
        {
            observer.Detail($"{stackName}: the look failed: {e.Message}");
            return null;
        }
    }
}
