using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Environments;

/// <summary>What is asked of a removal.</summary>
public sealed record RemovalRequest
{
    public required CumulusConfiguration Configuration { get; init; }

    public required string Environment { get; init; }

    /// <summary>Short or full names; empty: all stacks of the environment.</summary>
    public IReadOnlyList<string> Stacks { get; init; } = [];

    /// <summary>Logical ids of resources that stay where their deletion has failed before.</summary>
    public IReadOnlyList<string> RetainResources { get; init; } = [];

    /// <summary>Limit of the whole removal.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Marks all that this removal starts; letters and digits.</summary>
    public string OperationId { get; init; } = Guid.NewGuid().ToString("N");
}

/// <summary>What became of one stack that was to be removed.</summary>
public sealed record StackRemoval
{
    public required string Environment { get; init; }

    /// <summary>Short name, as the configuration has it.</summary>
    public required string Name { get; init; }

    /// <summary>CloudFormation's name.</summary>
    public required string StackName { get; init; }

    public required string StackId { get; init; }

    /// <summary><c>DELETE_COMPLETE</c>.</summary>
    public required string Status { get; init; }

    /// <summary>AWS region code.</summary>
    public required string Region { get; init; }

    public required TimeSpan Took { get; init; }
}

/// <summary>Removes the stacks of an environment, each before those that it waits for, otherwise the last declared one first (D-05). Bundles in the bucket stay.</summary>
/// <param name="region">AWS region code that the service works in.</param>
public sealed class EnvironmentRemover(IStackService stacks, string region, TimeProvider clock)
{
    /// <summary>Runs the hooks before and after a removal; null: nobody does.</summary>
    public HookRunner? Hooks { get; init; }

    /// <summary>The stacks that exist, in the order of their removal: what a question has to name (D-25).</summary>
    /// <exception cref="CumulusException">As <see cref="EnvironmentReader.StacksAsync"/>.</exception>
    public async Task<IReadOnlyList<EnvironmentStack>> PlanAsync(RemovalRequest request, CancellationToken cancellationToken)
    {
        var reader = new EnvironmentReader(stacks, region);
        IReadOnlyList<EnvironmentStack> all = await reader.StacksAsync(request.Configuration, request.Environment, request.Stacks, cancellationToken);
        IReadOnlyList<StackDefinition> order = StackGraph.Of(request.Environment, StackNames.Select(request.Configuration, request.Environment, request.Stacks)).Order;
        Dictionary<string, EnvironmentStack> byName = all.ToDictionary(s => s.Name, StringComparer.Ordinal);
        return [.. order.Reverse().Select(s => byName[s.Name]).Where(s => s.StackId is not null)];
    }

    /// <summary>Deletes one stack after the other, each when the one before it is gone (D-04). The first that stays ends the run: the ones before it may be needed by it.</summary>
    /// <param name="plan">What <see cref="PlanAsync"/> said and the user agreed to; nothing else is deleted.</param>
    /// <param name="removed">Gets each stack that is gone, as soon as it is.</param>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.HookFailed"/>; <see cref="ErrorIds.StackDeleteFailed"/> names the resources that stayed; <see cref="ErrorIds.StackBusy"/>, <see cref="ErrorIds.StackWaitTimedOut"/>, and the
    /// failures of <see cref="IStackService"/>.
    /// </exception>
    public async Task RemoveAsync(
        RemovalRequest request,
        IReadOnlyList<EnvironmentStack> plan,
        IDeploymentObserver observer,
        Action<StackRemoval> removed,
        CancellationToken cancellationToken)
    {
        var limit = new WaitLimit(clock, request.TimeLimit);
        EnvironmentDefinition environment = request.Configuration.Environment(request.Environment);
        EnvironmentHooks? hooks = Hooks is null ? null : new EnvironmentHooks(Hooks, environment, region, observer, limit);
        string[] names = [.. plan.Select(s => s.StackName)];
        if (hooks is not null) await hooks.RunAsync("pre-remove-hook", environment.PreRemoveHook, null, names, null, cancellationToken);
        try
        {
            await RemoveStacksAsync(request, plan, observer, removed, limit, cancellationToken);
        }
        catch (CumulusException)
        {
            if (hooks is not null) await hooks.RunAfterFailureAsync("post-remove-hook", environment.PostRemoveHook, null, names, cancellationToken);
            throw;
        }

        if (hooks is not null) await hooks.RunAsync("post-remove-hook", environment.PostRemoveHook, null, names, "succeeded", cancellationToken);
    }

    private async Task RemoveStacksAsync(
        RemovalRequest request,
        IReadOnlyList<EnvironmentStack> plan,
        IDeploymentObserver observer,
        Action<StackRemoval> removed,
        WaitLimit limit,
        CancellationToken cancellationToken)
    {
        var follower = new StackFollower(stacks, observer, clock);
        var worker = new StackWorker(stacks, observer, clock);
        for (int i = 0; i < plan.Count; i++)
        {
            EnvironmentStack stack = plan[i];
            long start = clock.GetTimestamp();
            string id = stack.StackId ?? throw new ArgumentException($"Stack '{stack.StackName}' is not deployed.", nameof(plan));
            if (await AtRestAsync(follower, id, limit, cancellationToken) is { } current)
            {
                observer.StackStarted(stack.StackName, StackAction.Remove, $"It is {current.Status} and is deleted.");
                await worker.DeleteAsync(stack.Environment, stack.Name, current, $"cumulus-{request.OperationId}-{i}", limit, request.RetainResources, cancellationToken);
            }

            removed(new StackRemoval
            {
                Environment = stack.Environment,
                Name = stack.Name,
                StackName = stack.StackName,
                StackId = id,
                Status = "DELETE_COMPLETE",
                Region = region,
                Took = clock.GetElapsedTime(start),
            });
        }
    }

    // A delete that runs already is joined; any other operation has to end first.
    private async Task<StackDescription?> AtRestAsync(
        StackFollower follower,
        string id,
        WaitLimit limit,
        CancellationToken cancellationToken)
    {
        StackDescription? now = await stacks.FindAsync(id, cancellationToken);
        return now is null or { Status: "DELETE_IN_PROGRESS" } || StackStatus.IsFinal(now.Status)
            ? now
            : await follower.SettleAsync(id, limit, cancellationToken);
    }
}
