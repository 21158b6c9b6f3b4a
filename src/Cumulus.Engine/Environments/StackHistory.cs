using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>The events of one operation as far as they have been read, oldest first, each once.</summary>
public sealed class StackHistory(FollowedOperation operation)
{
    private readonly List<StackEventRecord> _events = [];
    private string? _lastSeen = operation.Marker;

    public IReadOnlyList<StackEventRecord> Events => _events;

    /// <summary>The newest status that an event of this operation gives the stack itself.</summary>
    public string? LastOwnStatus => _events.FindLast(IsOwn)?.Status;

    /// <summary>Reads backwards to the last event that was seen and no further; pages are asked for as they are needed.</summary>
    public async Task<IReadOnlyList<StackEventRecord>> ReadNewAsync(IStackService stacks, CancellationToken cancellationToken)
    {
        var newestFirst = new List<StackEventRecord>();
        await foreach (StackEventRecord e in stacks.EventsAsync(operation.StackId, cancellationToken))
        {
            if (e.EventId == _lastSeen)
            {
                break;
            }

            newestFirst.Add(e);
        }

        if (newestFirst.Count == 0)
        {
            return [];
        }

        // Only now: a reading that broke in the middle is repeated as a whole.
        _lastSeen = newestFirst[0].EventId;
        newestFirst.Reverse();
        StackEventRecord[] ours = [.. newestFirst.Where(e => e.Token is null || e.Token == operation.Token)];
        _events.AddRange(ours);
        return ours;
    }

    public StackProgress Progress(string status, TimeSpan elapsed)
    {
        StackEventRecord[] latest = [.. _events.Where(e => !IsOwn(e)).GroupBy(e => e.LogicalId, StringComparer.Ordinal).Select(g => g.Last())];
        int done = latest.Count(e => StackStatus.SaysComplete(e.Status));
        return new StackProgress(operation.StackName, status, done, Math.Max(operation.ResourceCount ?? 0, latest.Length), elapsed);
    }

    private bool IsOwn(StackEventRecord e) => StackFailure.IsOfStackItself(e, operation.StackId);
}
