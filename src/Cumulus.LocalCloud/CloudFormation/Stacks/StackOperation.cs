namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>One operation on a stack; all events that it causes carry its id.</summary>
/// <param name="type">CREATE_STACK, UPDATE_STACK, DELETE_STACK, CONTINUE_ROLLBACK, ROLLBACK, CREATE_CHANGESET (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_OperationEntry.html).</param>
internal sealed class StackOperation(string type, OperationOptions options, DateTimeOffset startedAt) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id { get; } = Guid.NewGuid().ToString();

    public string Type { get; } = type;

    public OperationOptions Options { get; } = options;

    public string? Token => Options.Token;

    public DateTimeOffset StartedAt { get; } = startedAt;

    public DateTimeOffset? EndedAt { get; private set; }

    public Task Ended => _ended.Task;

    /// <summary>Cancelled when a user cancels the operation.</summary>
    public CancellationToken Cancelled => _cancel.Token;

    public void End(DateTimeOffset at)
    {
        EndedAt = at;
        _ended.TrySetResult();
    }

    public void Cancel() => _cancel.Cancel();

    public void Dispose() => _cancel.Dispose();
}
