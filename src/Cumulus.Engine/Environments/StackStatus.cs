namespace Cumulus.Engine.Environments;

/// <summary>What an operation on a stack sets out to do.</summary>
public enum StackOperation
{
    Create,
    Update,
    Delete,

    /// <summary>Taking a create or update back.</summary>
    Rollback,
}

/// <summary>
/// The meaning of CloudFormation's stack statuses
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html). A status that this table does not
/// know counts as in progress, so that a wait goes on to its limit instead of ending with a wrong result (D-36).
/// </summary>
public static class StackStatus
{
    /// <summary>Not CloudFormation's: the environment names the stack and the account has none.</summary>
    public const string NotDeployed = "NOT_DEPLOYED";

    private static readonly HashSet<string> Settled = new(StringComparer.Ordinal)
    {
        "CREATE_COMPLETE", "CREATE_FAILED",
        "ROLLBACK_COMPLETE", "ROLLBACK_FAILED",
        "UPDATE_COMPLETE", "UPDATE_FAILED",
        "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED",
        "DELETE_COMPLETE", "DELETE_FAILED",
        "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_FAILED",
        // Nothing runs: the stack is the shell around a change set that nobody has executed.
        "REVIEW_IN_PROGRESS",
        NotDeployed,
    };

    /// <summary>Nothing is running on the stack: it stays so until somebody acts.</summary>
    public static bool IsFinal(string status) => Settled.Contains(status);

    /// <summary>The operation ended and did what it was asked to do.</summary>
    public static bool IsSuccess(string status, StackOperation operation) => operation switch
    {
        StackOperation.Create => status == "CREATE_COMPLETE",
        StackOperation.Update => status == "UPDATE_COMPLETE",
        StackOperation.Rollback => status is "UPDATE_ROLLBACK_COMPLETE" or "ROLLBACK_COMPLETE" or "IMPORT_ROLLBACK_COMPLETE",
        _ => status is "DELETE_COMPLETE" or NotDeployed,
    };

    /// <summary>The operation ended and did not do what it was asked to do; a stack that went back to its old state failed too (D-03).</summary>
    public static bool IsFailure(string status, StackOperation operation) => IsFinal(status) && !IsSuccess(status, operation);

    /// <summary>The status of a resource or of a stack says that something went wrong there.</summary>
    public static bool SaysFailed(string status) => status.EndsWith("_FAILED", StringComparison.Ordinal);

    /// <summary>The status of a resource says that it is done, whichever way it went.</summary>
    public static bool SaysComplete(string status) => status.EndsWith("_COMPLETE", StringComparison.Ordinal);
}
