using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>An operation on a stack that has been started and is to be followed to its end.</summary>
/// <param name="Token">Client request token of the operation.</param>
/// <param name="Marker">Id of the newest event before the operation; null when the stack had none.</param>
/// <param name="Before">The stack before the operation; null for one that is new.</param>
/// <param name="ResourceCount">Resources that are going to be touched; null when not known.</param>
public sealed record FollowedOperation(
    string StackName,
    string StackId,
    StackOperation Operation,
    string Token,
    string? Marker,
    StackDescription? Before,
    int? ResourceCount);

/// <summary>How an operation ended.</summary>
/// <param name="Description">Null when the stack is gone.</param>
/// <param name="Events">Of this operation, oldest first.</param>
public sealed record StackOutcome(string Status, StackDescription? Description, IReadOnlyList<StackEventRecord> Events);

/// <summary>
/// Follows one operation on one stack to its end. A look that fails (throttling, a broken connection, a server error) never ends the
/// wait: the operation goes on in CloudFormation whether it is watched or not.
/// </summary>
public sealed class StackFollower(IStackService stacks, IDeploymentObserver observer, TimeProvider clock)
{
    // A final status without the event that belongs to it is believed when it stays: events can be late or not readable.
    private const int LooksToBelieve = 3;

    // What no wait can heal: the caller may not look, or is nobody any more.
    private const int LooksToGiveUp = 10;

    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.StackWaitTimedOut"/>; <see cref="ErrorIds.AccessDenied"/>, <see cref="ErrorIds.CredentialsRejected"/> or
    /// <see cref="ErrorIds.CredentialsNotFound"/> when the stack can no longer be looked at. The operation itself goes on.
    /// </exception>
    public async Task<StackOutcome> FollowAsync(FollowedOperation operation, WaitLimit limit, CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        var pace = new PollPace();
        var history = new StackHistory(operation);
        var state = new FollowState();
        while (true)
        {
            CumulusException? problem = await LookAsync(operation, history, state, cancellationToken);
            if (state.Description is { } seen)
            {
                observer.StackProgressed(history.Progress(seen.Status, clock.GetElapsedTime(start)));
            }

            if (EndOf(operation, history, state) is { } status)
            {
                return new StackOutcome(status, state.Description, history.Events);
            }

            if (problem is not null && state.Blind >= LooksToGiveUp)
            {
                throw Blinded(operation, problem);
            }

            if (limit.Reached)
            {
                throw TimedOut(operation, state, limit, problem);
            }

            await limit.PauseAsync(problem is null ? pace.AfterSuccess() : pace.AfterFailure(), cancellationToken);
        }
    }

    /// <summary>Waits until nothing runs on the stack any more; null when it is gone.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackBusy"/> when it still runs at the limit.</exception>
    public async Task<StackDescription?> SettleAsync(string nameOrId, WaitLimit limit, CancellationToken cancellationToken)
    {
        var pace = new PollPace();
        string status = "";
        while (true)
        {
            CumulusException? problem = null;
            try
            {
                StackDescription? description = await stacks.FindAsync(nameOrId, cancellationToken);
                if (description is null || StackStatus.IsFinal(description.Status))
                {
                    return description;
                }

                if (status != description.Status)
                {
                    status = description.Status;
                    observer.StackBusy(description.Name, status);
                }
            }
            catch (CumulusException e) when (!IsHopeless(e))
            {
                problem = e;
                observer.Detail($"{nameOrId}: the look failed and is repeated: {e.Message}");
            }

            if (limit.Reached)
            {
                throw new CumulusException(
                    ErrorIds.StackBusy,
                    FailureKind.Conflict,
                    $"Another operation is running on stack '{nameOrId}' ({status}) and did not end within {Text(limit.Limit)}. Nothing was changed.",
                    problem)
                { Target = nameOrId, Advice = "Wait until it has ended and run the command again." };
            }

            await limit.PauseAsync(problem is null ? pace.AfterSuccess() : pace.AfterFailure(), cancellationToken);
        }
    }

    /// <summary>The id of the stack's newest event: what comes after it belongs to what is started next.</summary>
    public async Task<string?> MarkAsync(string nameOrId, CancellationToken cancellationToken)
    {
        await foreach (StackEventRecord newest in stacks.EventsAsync(nameOrId, cancellationToken))
        {
            return newest.EventId;
        }

        return null;
    }

    // Description first, then events: an end that the description tells has its event by then, as a rule.
    private async Task<CumulusException?> LookAsync(
        FollowedOperation operation,
        StackHistory history,
        FollowState state,
        CancellationToken cancellationToken)
    {
        CumulusException? problem = null;
        bool described = false;
        try
        {
            state.Saw(await stacks.FindAsync(operation.StackId, cancellationToken));
            described = true;
        }
        catch (CumulusException e)
        {
            problem = e;
        }

        bool listed = false;
        try
        {
            foreach (StackEventRecord fresh in await history.ReadNewAsync(stacks, cancellationToken))
            {
                observer.StackEvent(fresh);
            }

            listed = true;
        }
        catch (CumulusException e)
        {
            problem ??= e;
        }

        state.Blind = !described && !listed && IsHopeless(problem!) ? state.Blind + 1 : 0;
        if (problem is not null)
        {
            observer.Detail($"{operation.StackName}: a look failed and is repeated: {problem.Message}");
        }

        return problem;
    }

    // The status at the end of the operation, or null while it has not ended. The status from before the operation must not pass for
    // its end (D-36): it has to have an event of the operation, or to have changed.
    private static string? EndOf(FollowedOperation operation, StackHistory history, FollowState state)
    {
        if (state.Gone)
        {
            bool deleted = operation.Operation == StackOperation.Delete || history.LastOwnStatus == "DELETE_COMPLETE";
            return deleted || state.LooksAtEnd >= LooksToGiveUp ? "DELETE_COMPLETE" : null;
        }

        // The shell of a change set whose execution has not shown yet.
        if (state.Description is not { } now || !StackStatus.IsFinal(now.Status) || now.Status == "REVIEW_IN_PROGRESS")
        {
            return null;
        }

        if (history.LastOwnStatus == now.Status)
        {
            return now.Status;
        }

        bool changed = operation.Before is null || state.SawRunning || now.UpdatedAt > (operation.Before.UpdatedAt ?? operation.Before.CreatedAt);
        return changed && state.LooksAtEnd >= LooksToBelieve ? now.Status : null;
    }

    internal static bool IsHopeless(CumulusException e) =>
        e.ErrorId is ErrorIds.AccessDenied or ErrorIds.CredentialsRejected or ErrorIds.CredentialsNotFound;

    private static CumulusException Blinded(FollowedOperation operation, CumulusException problem) =>
        new(problem.ErrorId, problem.Kind, $"Stack '{operation.StackName}' goes on in CloudFormation, but can no longer be followed. {problem.Message}", problem)
        { Target = operation.StackName, Advice = problem.Advice };

    private static CumulusException TimedOut(FollowedOperation operation, FollowState state, WaitLimit limit, CumulusException? problem)
    {
        string status = state.Description?.Status ?? "of unknown status";
        string trouble = problem is null ? "" : $" The last look failed: {problem.Message}";
        return new CumulusException(
            ErrorIds.StackWaitTimedOut,
            FailureKind.Timeout,
            $"Stack '{operation.StackName}' is still {status} after {Text(limit.Limit)}, the limit of the wait. It goes on in CloudFormation.{trouble}",
            problem)
        { Target = operation.StackName, Advice = "Run the command again: it waits for the operation to end and goes on from there. Or give more time with -TimeoutSec." };
    }

    internal static string Text(TimeSpan span) => span.TotalMinutes >= 2 ? FormattableString.Invariant($"{span.TotalMinutes:0.#} minutes") : FormattableString.Invariant($"{span.TotalSeconds:0.#} seconds");

    private sealed class FollowState
    {
        public StackDescription? Description { get; private set; }

        public bool Gone { get; private set; }

        public bool SawRunning { get; private set; }

        /// <summary>Looks in a row that found the stack at rest, or gone.</summary>
        public int LooksAtEnd { get; private set; }

        /// <summary>Looks in a row at which the caller was refused.</summary>
        public int Blind { get; set; }

        public void Saw(StackDescription? description)
        {
            bool atRest = description is null || StackStatus.IsFinal(description.Status);
            LooksAtEnd = atRest && (description is null) == Gone ? LooksAtEnd + 1 : atRest ? 1 : 0;
            Gone = description is null;
            SawRunning |= description is not null && !StackStatus.IsFinal(description.Status);
            Description = description;
        }
    }
}
