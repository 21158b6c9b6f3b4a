namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// Signals by logical id (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html). One sender counts once.
/// </summary>
internal sealed class SignalBoard
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Dictionary<string, (bool IsSuccess, string Data)>> _signals = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next signal for any resource.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    public void Send(string logicalId, string uniqueId, bool isSuccess, string data = "")
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (!_signals.TryGetValue(logicalId, out var ofResource))
                _signals[logicalId] = ofResource = [];
            ofResource.TryAdd(uniqueId, (isSuccess, data));
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        changed.SetResult();
    }

    public IReadOnlyDictionary<string, (bool IsSuccess, string Data)> Of(string logicalId)
    {
        lock (_gate)
            return _signals.TryGetValue(logicalId, out var ofResource) ? ofResource.ToDictionary() : [];
    }

    public void Clear(string logicalId)
    {
        lock (_gate)
            _signals.Remove(logicalId);
    }
}
