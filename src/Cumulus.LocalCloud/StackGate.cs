using System.Collections.Concurrent;

namespace Cumulus.LocalCloud;

/// <summary>
/// One CloudFormation call at a time: moto makes the resources of a stack lazily, so that even reading a stack while it is
/// being created creates resources twice.
/// </summary>
internal sealed class StackGate : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<string, bool> _changed = new();

    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        return new Leave(_turn);
    }

    public void Changed(string region) => _changed[region] = true;

    /// <summary>Whether stacks of this region have changed since they were read last.</summary>
    public bool HasChanged(string region) => _changed.ContainsKey(region);

    public async Task<T> ReadAsync<T>(string region, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        using var entered = await EnterAsync(cancellationToken);
        var result = await read();
        // Not before: a reading that fails has to be made again. Nothing changes meanwhile, since the turn is taken.
        _changed.TryRemove(region, out _);
        return result;
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Leave(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
