using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>Ways out of the states that a deployment cannot leave by itself. No stack is ever deleted here.</summary>
public sealed class StackRecovery(IStackService stacks, IStackOperations operations, IDeploymentObserver observer, TimeProvider clock)
{
    private readonly StackFollower _follower = new(stacks, observer, clock);
    private readonly StackWorker _worker = new(stacks, observer, clock);

    /// <summary>
    /// Brings a stack back to the last state that worked: goes on with a rollback that failed, takes back an operation that was kept, or waits for a rollback
    /// that runs.
    /// </summary>
    /// <param name="name">Short name, for advice.</param>
    /// <param name="skip">Logical ids of resources that a rollback that failed leaves as they are.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackNotFound"/>; <see cref="ErrorIds.StackVerbWrong"/>: there is nothing to resume in its state; <see cref="ErrorIds.StackRollbackFailed"/>, and the
    /// failures of <see cref="StackFollower.FollowAsync"/>.</exception>
    public async Task<StackDescription> ResumeAsync(string environment, string name, string stackName, IReadOnlyList<string> skip, string token, WaitLimit limit, CancellationToken cancellationToken)
    {
        StackDescription now = await RequireAsync(stackName, cancellationToken);
        StackVerb verb = StackAdvisor.Verb(now.Status);
        if (verb is not (StackVerb.ContinueRollback or StackVerb.Rollback or StackVerb.WaitForRollback)) throw Wrong(environment, name, now, "has no rollback to resume");
        if (skip.Count > 0 && verb != StackVerb.ContinueRollback) throw Wrong(environment, name, now, "has no rollback that failed, so that there is no resource to skip");
        string? marker = await _follower.MarkAsync(now.Id, cancellationToken);
        if (verb == StackVerb.ContinueRollback) await operations.ContinueRollbackAsync(now.Id, skip, token, cancellationToken);
        if (verb == StackVerb.Rollback) await operations.RollbackAsync(now.Id, token, cancellationToken);
        return await FollowAsync(environment, name, now, verb == StackVerb.WaitForRollback ? null : marker, token, limit, cancellationToken);
    }

    /// <summary>Breaks a running update off and waits until the stack is what it was.</summary>
    /// <exception cref="CumulusException">As <see cref="ResumeAsync"/>.</exception>
    public async Task<StackDescription> CancelAsync(string environment, string name, string stackName, string token, WaitLimit limit, CancellationToken cancellationToken)
    {
        StackDescription now = await RequireAsync(stackName, cancellationToken);
        if (StackAdvisor.Verb(now.Status) != StackVerb.Cancel) throw Wrong(environment, name, now, "has no update that could be stopped");
        string? marker = await _follower.MarkAsync(now.Id, cancellationToken);
        await operations.CancelUpdateAsync(now.Id, token, cancellationToken);
        return await FollowAsync(environment, name, now, marker, token, limit, cancellationToken);
    }

    private async Task<StackDescription> FollowAsync(string environment, string name, StackDescription before, string? marker, string token, WaitLimit limit, CancellationToken cancellationToken)
    {
        var operation = new FollowedOperation(before.Name, before.Id, StackOperation.Rollback, token, marker, before, ResourceCount: null);
        StackOutcome outcome = await _follower.FollowAsync(operation, limit, cancellationToken);
        await _worker.RequireSuccessAsync(environment, name, operation, outcome, cancellationToken);
        return outcome.Description!;
    }

    private async Task<StackDescription> RequireAsync(string stackName, CancellationToken cancellationToken) =>
        await stacks.FindAsync(stackName, cancellationToken)
        ?? throw new CumulusException(ErrorIds.StackNotFound, FailureKind.NotFound, $"Stack '{stackName}' is not deployed.") { Target = stackName };

    private static CumulusException Wrong(string environment, string name, StackDescription now, string why) =>
        new(ErrorIds.StackVerbWrong, FailureKind.Conflict, $"Stack '{now.Name}' is {now.Status} and {why}.") { Target = now.Name, Advice = StackAdvisor.Next(now.Status, environment, name) };
}
