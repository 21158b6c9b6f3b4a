using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>Creates, updates and deletes single stacks: starts the operation, follows it, judges its end.</summary>
public sealed class StackWorker(IStackService stacks, IDeploymentObserver observer, TimeProvider clock)
{
    private const int TriesToExplain = 4;

    private readonly StackFollower _follower = new(stacks, observer, clock);

    /// <summary>Carries out a plan's create.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackCreateFailed"/>, <see cref="ErrorIds.StackBusy"/>, and the failures of <see cref="StackFollower.FollowAsync"/>.</exception>
    public async Task<StackDescription> CreateAsync(StackPlan plan, WaitLimit limit, CancellationToken cancellationToken)
    {
        string id = await StartAsync(plan.StackName, plan.Change.Token, async () => await stacks.CreateAsync(plan.Change, cancellationToken), cancellationToken)
            ?? throw new InvalidOperationException($"The create of stack '{plan.StackName}' gave no id.");
        var operation = new FollowedOperation(plan.StackName, id, StackOperation.Create, plan.Change.Token, Marker: null, Before: null, plan.ResourceCount);
        return await EndAsync(plan.Environment, plan.Name, operation, limit, cancellationToken)
            ?? throw new InvalidOperationException($"Stack '{plan.StackName}' was created and is not there.");
    }

    /// <summary>Carries out a plan's update; null when the service found nothing to do.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackUpdateFailed"/>, <see cref="ErrorIds.StackBusy"/>, and the failures of <see cref="StackFollower.FollowAsync"/>.</exception>
    public async Task<StackDescription?> UpdateAsync(StackPlan plan, WaitLimit limit, CancellationToken cancellationToken)
    {
        StackDescription before = plan.Current ?? throw new ArgumentException("An update is of a stack that exists.", nameof(plan));
        string? marker = await _follower.MarkAsync(before.Id, cancellationToken);
        if (await StartAsync(plan.StackName, plan.Change.Token, () => stacks.UpdateAsync(plan.Change, cancellationToken), cancellationToken) is not { } id)
        {
            return null;
        }

        var operation = new FollowedOperation(plan.StackName, id, StackOperation.Update, plan.Change.Token, marker, before, ResourceCount: null);
        return await EndAsync(plan.Environment, plan.Name, operation, limit, cancellationToken);
    }

    /// <summary>Deletes a stack and waits until it is gone.</summary>
    /// <param name="name">Short name, for advice.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackDeleteFailed"/> names the resources that stayed; the failures of <see cref="StackFollower.FollowAsync"/>.</exception>
    public async Task DeleteAsync(
        string environment,
        string name,
        StackDescription stack,
        string token,
        WaitLimit limit,
        CancellationToken cancellationToken)
    {
        int? resources = (await stacks.ResourcesAsync(stack.Id, cancellationToken)).Count;
        string? marker = await _follower.MarkAsync(stack.Id, cancellationToken);
        if (stack.Status != "DELETE_IN_PROGRESS")
        {
            await stacks.DeleteAsync(stack.Id, token, cancellationToken);
        }

        var operation = new FollowedOperation(stack.Name, stack.Id, StackOperation.Delete, token, marker, stack, resources);
        StackOutcome outcome = await _follower.FollowAsync(operation, limit, cancellationToken);
        if (StackStatus.IsFailure(outcome.Status, StackOperation.Delete))
        {
            throw await StayedAsync(environment, name, operation, outcome, cancellationToken);
        }
    }

    private async Task<StackDescription?> EndAsync(
        string environment,
        string name,
        FollowedOperation operation,
        WaitLimit limit,
        CancellationToken cancellationToken)
    {
        StackOutcome outcome = await _follower.FollowAsync(operation, limit, cancellationToken);
        if (!StackStatus.IsFailure(outcome.Status, operation.Operation))
        {
            return outcome.Description;
        }

        outcome = await CompleteAsync(operation, outcome, cancellationToken);
        ResourceFailure? cause = await StackFailure.CauseAsync(stacks, outcome.Events, operation.StackId, cancellationToken);
        throw StackFailure.Error(environment, name, operation, outcome, cause);
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

    private async Task<StackFailedException> StayedAsync(
        string environment,
        string name,
        FollowedOperation operation,
        StackOutcome outcome,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<StackResourceRecord> resources = [];
        try
        {
            resources = await stacks.ResourcesAsync(operation.StackId, cancellationToken);
        }
        catch (CumulusException e)
        {
            observer.Detail($"{operation.StackName}: the resources cannot be listed: {e.Message}");
        }

        StackResourceRecord[] stayed = [.. resources.Where(r => r.Status == "DELETE_FAILED")];
        ResourceFailure? cause = await StackFailure.CauseAsync(stacks, outcome.Events, operation.StackId, cancellationToken);
        if (stayed.Length == 0)
        {
            return StackFailure.Error(environment, name, operation, outcome, cause);
        }

        string list = string.Join("; ", stayed.Select(r => $"{r.LogicalId} ({r.ResourceType}, {r.PhysicalId ?? "no id"}): {r.Reason ?? "no reason given"}"));
        string reason = $"These resources stayed: {list.TrimEnd('.')}.";
        return new StackFailedException(
            ErrorIds.StackDeleteFailed,
            $"The delete of stack '{operation.StackName}' failed. {reason} The stack is now {outcome.Status}.",
            outcome,
            reason,
            cause)
        { Target = operation.StackName, Advice = $"Put right what is said of them (empty a bucket, end what uses them), then Remove-Environment {environment} -Stack {name} again." };
    }

    // A refused start is explained by the stack's state, never by the service's text (D-38).
    private async Task<string?> StartAsync(string stackName, string token, Func<Task<string?>> start, CancellationToken cancellationToken)
    {
        try
        {
            return await start();
        }
        catch (CumulusException refusal) when (refusal.ErrorId is ErrorIds.AwsRequestFailed or ErrorIds.EndpointUnreachable)
        {
            if (await TryFindAsync(stackName, cancellationToken) is not { } now || StackStatus.IsFinal(now.Status))
            {
                throw;
            }

            // The answer was lost, not the request: the operation that runs is this one.
            if (await IsOursAsync(now.Id, token, cancellationToken))
            {
                return now.Id;
            }

            throw new CumulusException(
                ErrorIds.StackBusy,
                FailureKind.Conflict,
                $"Stack '{stackName}' is {now.Status}: an operation of somebody else's runs on it. {refusal.Message}",
                refusal)
            { Target = stackName, Advice = "Run the command again: it waits for that operation to end, then plans anew." };
        }
    }

    private async Task<StackDescription?> TryFindAsync(string stackName, CancellationToken cancellationToken)
    {
        try
        {
            return await stacks.FindAsync(stackName, cancellationToken);
        }
        catch (CumulusException e)
        {
            observer.Detail($"{stackName}: the look failed: {e.Message}");
            return null;
        }
    }

    private async Task<bool> IsOursAsync(string stackId, string token, CancellationToken cancellationToken)
    {
        await foreach (StackEventRecord newest in stacks.EventsAsync(stackId, cancellationToken))
        {
            return newest.Token == token;
        }

        return false;
    }
}
