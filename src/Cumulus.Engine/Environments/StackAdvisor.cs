namespace Cumulus.Engine.Environments;

/// <summary>What a stack in a given status can take, and what to do about one that can take nothing.</summary>
/// <param name="Advice">Null unless blocked.</param>
public sealed record StackReadiness(StackAction Action, string Reason, string? Advice = null);

/// <summary>
/// The table from stack status to what a deployment may do
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html,
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html). A stack that has ever worked is never
/// deleted here.
/// </summary>
public static class StackAdvisor
{
    /// <param name="status">Null or <see cref="StackStatus.NotDeployed"/>: there is no stack.</param>
    /// <param name="keepsFailures">The definition asks to keep what a failed operation made (<c>disable-rollback</c>).</param>
    public static StackReadiness ForDeployment(string? status, string environment, string stack, bool keepsFailures) => status switch
    {
        null or StackStatus.NotDeployed or "DELETE_COMPLETE" =>
            new(StackAction.Create, "There is no such stack yet."),
        "CREATE_COMPLETE" or "UPDATE_COMPLETE" or "IMPORT_COMPLETE" =>
            new(StackAction.Update, "The stack exists."),
        "UPDATE_ROLLBACK_COMPLETE" or "IMPORT_ROLLBACK_COMPLETE" =>
            new(StackAction.Update, "The last operation failed and was rolled back; the stack can be updated again."),
        "ROLLBACK_COMPLETE" =>
            new(StackAction.Replace, "Its create failed and was rolled back: CloudFormation only lets it be deleted, so it is deleted and created again."),
        "REVIEW_IN_PROGRESS" =>
            new(StackAction.Create, "It holds nothing but a change set that was never executed."),
        "CREATE_FAILED" or "UPDATE_FAILED" when keepsFailures =>
            new(StackAction.Update, "The last operation failed and its resources were kept, as disable-rollback asks; the update goes on from there."),
        "CREATE_FAILED" => new(
            StackAction.Blocked,
            "Its create failed and what it made was kept.",
            $"Remove it with Remove-Environment {environment} -Stack {stack}, or set disable-rollback to go on from what is there."),
        "UPDATE_FAILED" => new(
            StackAction.Blocked,
            "Its last update failed and was not rolled back.",
            $"Roll it back with Resume-StackRollback {environment} -Stack {stack}, or give -DisableRollback to go on from what is there."),
        "ROLLBACK_FAILED" => new(
            StackAction.Blocked,
            "Its create failed, and so did taking the create back.",
            $"See the stack's events for the resources that could not be deleted, then Remove-Environment {environment} -Stack {stack}."),
        "UPDATE_ROLLBACK_FAILED" => new(
            StackAction.Blocked,
            "Its last update failed, and so did taking the update back.",
            $"Put right what Get-StackEvent {environment} -Stack {stack} names, then continue the rollback with Resume-StackRollback {environment} -Stack {stack}; -SkipResource leaves out what cannot be taken back."),
        "IMPORT_ROLLBACK_FAILED" => new(
            StackAction.Blocked,
            "Its last import failed, and so did taking the import back.",
            $"Put right what Get-StackEvent {environment} -Stack {stack} names, then continue the rollback with Resume-StackRollback {environment} -Stack {stack}; -SkipResource leaves out what cannot be taken back."),
        "DELETE_FAILED" => new(
            StackAction.Blocked,
            "It was to be deleted, and some resources could not be.",
            $"Put right what the stack's events name, then Remove-Environment {environment} -Stack {stack}, and deploy again."),
        _ => new(
            StackAction.Blocked,
            "Another operation is running on it.",
            "Wait until it has ended and deploy again."),
    };
}
