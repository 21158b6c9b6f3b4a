using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>A stack that ended in another status than the one that was wanted.</summary>
public sealed class StackFailedException(string errorId, string message, StackOutcome outcome, string reason, ResourceFailure? cause)
    : CumulusException(errorId, FailureKind.OperationFailed, message)
{
    public StackOutcome Outcome { get; } = outcome;

    /// <summary>Why it failed, without the stack's name.</summary>
    public string Reason { get; } = reason;

    /// <summary>Null when CloudFormation named no resource.</summary>
    public ResourceFailure? Cause { get; } = cause;
}

/// <summary>Finds the first cause of a failure among events, and says it.</summary>
public static class StackFailure
{
    public const string StackType = "AWS::CloudFormation::Stack";

    // Stacks in stacks deeper than this are not looked into.
    private const int MaxDepth = 8;

    // Set on resources that were stopped because another one had failed: a consequence, not a cause.
    private const string Cancelled = "cancelled";

    public static bool IsOfStackItself(StackEventRecord e, string stackId) => e.ResourceType == StackType && e.PhysicalId == stackId;

    /// <summary>The earliest failure of a resource that is not the mere consequence of another one.</summary>
    /// <param name="events">Of one operation, oldest first.</param>
    public static StackEventRecord? FirstCause(IReadOnlyList<StackEventRecord> events, string stackId) =>
        events.FirstOrDefault(e => StackStatus.SaysFailed(e.Status) && !IsOfStackItself(e, stackId) && !IsConsequence(e));

    /// <summary>As <see cref="FirstCause"/>, but where the cause is a nested stack, the cause inside it.</summary>
    public static async Task<ResourceFailure?> CauseAsync(
        IStackService stacks,
        IReadOnlyList<StackEventRecord> events,
        string stackId,
        CancellationToken cancellationToken)
    {
        StackEventRecord? cause = FirstCause(events, stackId);
        for (int depth = 0; depth < MaxDepth && cause is { ResourceType: StackType, PhysicalId: { Length: > 0 } nestedId }; depth++)
        {
            if (FirstCause(await NestedEventsAsync(stacks, nestedId, cause, cancellationToken), nestedId) is not { } inner)
            {
                break;
            }

            cause = inner;
        }

        return cause is null ? null : new ResourceFailure(cause.StackName, cause.LogicalId, cause.ResourceType, cause.Status, Reason(cause.Reason));
    }

    /// <summary>The error for an operation that failed.</summary>
    /// <param name="environment">Environment and <paramref name="name"/> are for the advice.</param>
    /// <param name="name">Short name of the stack.</param>
    public static StackFailedException Error(
        string environment,
        string name,
        FollowedOperation operation,
        StackOutcome outcome,
        ResourceFailure? cause)
    {
        string errorId = operation.Operation switch
        {
            StackOperation.Create => ErrorIds.StackCreateFailed,
            StackOperation.Update => ErrorIds.StackUpdateFailed,
            StackOperation.Rollback => ErrorIds.StackRollbackFailed,
            _ => ErrorIds.StackDeleteFailed,
        };
        string what = operation.Operation.ToString().ToLowerInvariant();
        string reason = Describe(operation, outcome, cause);
        return new StackFailedException(errorId, $"The {what} of stack '{operation.StackName}' failed: {reason} The stack is now {outcome.Status}.", outcome, reason, cause)
        {
            Target = operation.StackName,
            Advice = $"{FailureAdvice.For(reason, cause?.ResourceType)} {Advice(environment, name, outcome.Status)}".TrimStart(),
        };
    }

    /// <summary>Why it failed, as one or more sentences.</summary>
    public static string Describe(FollowedOperation operation, StackOutcome outcome, ResourceFailure? cause)
    {
        if (cause is not null)
        {
            string where = cause.StackName == operation.StackName ? "" : $" of nested stack '{cause.StackName}'";
            return Sentence($"{cause.LogicalId} ({cause.ResourceType}){where} {cause.Status}: {cause.Reason}");
        }

        string? reason = outcome.Events.FirstOrDefault(e => IsOfStackItself(e, operation.StackId) && e.Reason is not null && TellsOfFailure(e.Status))?.Reason
            ?? outcome.Description?.StatusReason;
        return Sentence(Reason(reason));
    }

    private static bool TellsOfFailure(string status) => StackStatus.SaysFailed(status) || status.Contains("ROLLBACK", StringComparison.Ordinal);

    private static bool IsConsequence(StackEventRecord e) => e.Reason?.Contains(Cancelled, StringComparison.OrdinalIgnoreCase) == true;

    private static string Reason(string? reason) => string.IsNullOrWhiteSpace(reason) ? "CloudFormation gives no reason" : reason.Trim();

    internal static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";

    private static string Advice(string environment, string name, string status) => status switch
    {
        "ROLLBACK_COMPLETE" => "Put the cause right and deploy again: the rolled back stack is then deleted and created anew.",
        "UPDATE_ROLLBACK_COMPLETE" => "The stack went back to what it was. Put the cause right and deploy again.",
        "DELETE_COMPLETE" => "Somebody deleted the stack meanwhile. Deploy again.",
        _ => StackAdvisor.ForDeployment(status, environment, name, keepsFailures: false).Advice ?? "Put the cause right and deploy again.",
    };

    // The events of the nested stack that belong to the same operation: from the newest back to where the operation began.
    private static async Task<IReadOnlyList<StackEventRecord>> NestedEventsAsync(
        IStackService stacks,
        string nestedId,
        StackEventRecord parent,
        CancellationToken cancellationToken)
    {
        var newestFirst = new List<StackEventRecord>();
        try
        {
            await foreach (StackEventRecord e in stacks.EventsAsync(nestedId, cancellationToken))
            {
                if (parent.Token is not null && e.Token is not null && e.Token != parent.Token)
                {
                    break;
                }

                newestFirst.Add(e);
                if (IsOfStackItself(e, nestedId) && e.Status is ("CREATE_IN_PROGRESS" or "UPDATE_IN_PROGRESS"))
                {
                    break;
                }
            }
        }
        catch (CumulusException)
        {
            // The outer cause is still true; a nested history that cannot be read must not hide it.
            return [];
        }

        newestFirst.Reverse();
        return newestFirst;
    }
}
