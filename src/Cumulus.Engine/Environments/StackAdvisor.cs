namespace Cumulus.Engine.Environments;

/// <summary>What a stack in a given status can take, and what to do about one that can take nothing.</summary>
/// <param name="Advice">Null unless blocked.</param>
public sealed record StackReadiness(StackAction Action, string Reason, string? Advice = null);

/// <summary>The one thing that is right for a stack in its status.</summary>
public enum StackVerb
{
    Create,
    Update,

    /// <summary>Delete, then create: it never came to be.</summary>
    Replace,

    /// <summary>Take back what a failed operation left (<c>RollbackStack</c>).</summary>
    Rollback,

    /// <summary>Go on with a rollback that failed, perhaps without some resources (<c>ContinueUpdateRollback</c>).</summary>
    ContinueRollback,

    /// <summary>An update runs: wait for it, or break it off.</summary>
    Cancel,

    /// <summary>A rollback runs: wait for it.</summary>
    WaitForRollback,

    /// <summary>Something else runs: wait for it.</summary>
    Wait,

    /// <summary>Its deletion, or the rollback of its create, stopped at some resources: delete it again, perhaps without them.</summary>
    Delete,
}

/// <summary>
/// The table from stack status to what may be done
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html,
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html,
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html). A stack that has ever worked is never
/// deleted here.
/// </summary>
public static class StackAdvisor
{
    private static readonly Dictionary<string, (StackVerb Verb, string Meaning)> Table = new(StringComparer.Ordinal)
    {
        [StackStatus.NotDeployed] = (StackVerb.Create, "There is no such stack yet."),
        ["DELETE_COMPLETE"] = (StackVerb.Create, "There is no such stack yet."),
        ["REVIEW_IN_PROGRESS"] = (StackVerb.Create, "It holds nothing but a change set that was never executed."),
        ["CREATE_COMPLETE"] = (StackVerb.Update, "The stack exists."),
        ["UPDATE_COMPLETE"] = (StackVerb.Update, "The stack exists."),
        ["IMPORT_COMPLETE"] = (StackVerb.Update, "The stack exists."),
        ["UPDATE_ROLLBACK_COMPLETE"] = (StackVerb.Update, "The last operation failed and was rolled back; the stack can be updated again."),
        ["IMPORT_ROLLBACK_COMPLETE"] = (StackVerb.Update, "The last operation failed and was rolled back; the stack can be updated again."),
        ["ROLLBACK_COMPLETE"] = (StackVerb.Replace, "Its create failed and was rolled back: CloudFormation only lets it be deleted, so it is deleted and created again."),
        ["CREATE_FAILED"] = (StackVerb.Rollback, "Its create failed and what it made was kept."),
        ["UPDATE_FAILED"] = (StackVerb.Rollback, "Its last update failed and was not rolled back."),
        ["ROLLBACK_FAILED"] = (StackVerb.Delete, "Its create failed, and so did taking the create back."),
        ["DELETE_FAILED"] = (StackVerb.Delete, "It was to be deleted, and some resources could not be."),
        ["UPDATE_ROLLBACK_FAILED"] = (StackVerb.ContinueRollback, "Its last update failed, and so did taking the update back."),
        ["IMPORT_ROLLBACK_FAILED"] = (StackVerb.ContinueRollback, "Its last import failed, and so did taking the import back."),
        ["UPDATE_IN_PROGRESS"] = (StackVerb.Cancel, "Another operation is running on it."),
        ["ROLLBACK_IN_PROGRESS"] = (StackVerb.WaitForRollback, "Its create is being taken back."),
        ["UPDATE_ROLLBACK_IN_PROGRESS"] = (StackVerb.WaitForRollback, "Its last update is being taken back."),
        ["UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"] = (StackVerb.WaitForRollback, "Its last update is being taken back."),
        ["IMPORT_ROLLBACK_IN_PROGRESS"] = (StackVerb.WaitForRollback, "Its last import is being taken back."),
        ["CREATE_IN_PROGRESS"] = (StackVerb.Wait, "Another operation is running on it."),
        ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"] = (StackVerb.Wait, "Another operation is running on it."),
        ["IMPORT_IN_PROGRESS"] = (StackVerb.Wait, "Another operation is running on it."),
        ["DELETE_IN_PROGRESS"] = (StackVerb.Wait, "Another operation is running on it."),
    };

    /// <summary>A status that this table does not know counts as running (D-36).</summary>
    public static StackVerb Verb(string? status) => Of(status).Verb;

    /// <summary>The command to give next, as a sentence.</summary>
    public static string Next(string? status, string environment, string stack) => Verb(status) switch
    {
        StackVerb.Create or StackVerb.Update or StackVerb.Replace => $"Deploy it: Deploy-Environment {environment} -Stack {stack}.",
        StackVerb.Rollback when status == "CREATE_FAILED" =>
            $"Take the create back with Resume-StackRollback {environment} -Stack {stack}, or give -DisableRollback to go on from what is there.",
        StackVerb.Rollback => $"Roll it back with Resume-StackRollback {environment} -Stack {stack}, or give -DisableRollback to go on from what is there.",
        StackVerb.ContinueRollback =>
            $"Put right what Get-StackEvent {environment} -Stack {stack} names, then continue the rollback with Resume-StackRollback {environment} -Stack {stack}; -SkipResource leaves out what cannot be taken back.",
        StackVerb.Cancel => $"Wait until it has ended and deploy again; Stop-StackUpdate {environment} -Stack {stack} breaks it off.",
        StackVerb.WaitForRollback => $"Wait until it has ended (Resume-StackRollback {environment} -Stack {stack} does), then deploy again.",
        StackVerb.Delete => $"Put right what Get-StackEvent {environment} -Stack {stack} names, then Remove-Environment {environment} -Stack {stack} (-RetainResource leaves out what cannot be deleted), and deploy again.",
        _ => "Wait until it has ended and deploy again.",
    };

    /// <param name="status">Null or <see cref="StackStatus.NotDeployed"/>: there is no stack.</param>
    /// <param name="keepsFailures">The definition asks to keep what a failed operation made (<c>disable-rollback</c>).</param>
    public static StackReadiness ForDeployment(string? status, string environment, string stack, bool keepsFailures)
    {
        (StackVerb verb, string meaning) = Of(status);
        return verb switch
        {
            StackVerb.Create => new StackReadiness(StackAction.Create, meaning),
            StackVerb.Update => new StackReadiness(StackAction.Update, meaning),
            StackVerb.Replace => new StackReadiness(StackAction.Replace, meaning),
            StackVerb.Rollback when keepsFailures => new StackReadiness(StackAction.Update, "The last operation failed and its resources were kept, as disable-rollback asks; the update goes on from there."),
            _ => new StackReadiness(StackAction.Blocked, meaning, Next(status, environment, stack)),
        };
    }

    private static (StackVerb Verb, string Meaning) Of(string? status) =>
        Table.TryGetValue(status ?? StackStatus.NotDeployed, out var known) ? known : (StackVerb.Wait, "Another operation is running on it.");
}
