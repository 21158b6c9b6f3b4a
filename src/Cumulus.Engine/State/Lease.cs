namespace Cumulus.Engine.State;

/// <summary>A lease that is held: renewed in the background, given back when disposed.</summary>
public sealed class Lease : IAsyncDisposable
{
    private const int RenewalsPerDuration = 4;

    private static readonly TimeSpan ReleaseLimit = TimeSpan.FromSeconds(10);

    private readonly IStateStore _state;
    private readonly string _name;
    private readonly TimeProvider _clock;
    private readonly Action<string>? _warn;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewing;
    private LeaseRecord _record;
    private string _version;
    private long _renewed;

    /// <param name="started">Timestamp from before the document was written.</param>
    internal Lease(IStateStore state, string name, LeaseRecord record, string version, long started, TimeProvider clock, Action<string>? warn)
    {
        (_state, _name, _record, _version, _renewed, _clock, _warn) = (state, name, record, version, started, clock, warn);
        _renewing = RenewAsync(_stop.Token);
    }

    /// <summary>Greater than that of all who had the lease before.</summary>
    public long Fence => _record.Fence;

    /// <summary>Set when somebody else may have the lease by now: it was broken, or could not be renewed in time.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Gives the lease back, if it still is one's own. If that fails a warning says so, and the lease runs out.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _renewing;
        if (!_lost.IsCancellationRequested) await ReleaseAsync();
        _stop.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            TimeSpan left = Left;
            if (left <= TimeSpan.Zero)
            {
                await LoseAsync("could not be renewed in time");
                return;
            }

            TimeSpan pause = _record.Duration / RenewalsPerDuration;
            await Task.Delay(pause < left ? pause : left, _clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested || Left <= TimeSpan.Zero) continue;
            if (!await TryRenewAsync(stop))
            {
                await LoseAsync("was taken by somebody else, or broken");
                return;
            }
        }
    }

    private TimeSpan Left => _record.Duration - _clock.GetElapsedTime(_renewed);

    /// <returns>False when the lease is another's. A failure of the home is none yet: there is time for more tries.</returns>
    private async Task<bool> TryRenewAsync(CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Left, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        long started = _clock.GetTimestamp();
        LeaseRecord next = _record with { Renewals = _record.Renewals + 1, Expires = _clock.GetUtcNow() + _record.Duration };
        try
        {
            string? version = await _state.PutIfMatchAsync(_name, next.ToBytes(), _version, either.Token) ?? await MineAsync(either.Token);
            if (version is null) return false;
            (_record, _version, _renewed) = (next, version, started);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception e) when (e is CumulusException or IOException)
        {
            _warn?.Invoke($"The lease {_name} could not be renewed and is tried again: {e.Message}");
        }

        return true;
    }

    /// <summary>The version of the document if it is still this holder's: a repeated request may meet what its first try wrote.</summary>
    private async Task<string?> MineAsync(CancellationToken cancellationToken) =>
        await _state.GetAsync(_name, cancellationToken) is { } document && LeaseRecord.Read(document, _name).Token == _record.Token ? document.Version : null;

    private async Task LoseAsync(string how)
    {
        _warn?.Invoke($"The lease {_name} {how}.");
        await _lost.CancelAsync();
    }

    private async Task ReleaseAsync()
    {
        using var limit = new CancellationTokenSource(ReleaseLimit, _clock);
        try
        {
            await _state.PutIfMatchAsync(_name, LeaseStore.Free(_record).ToBytes(), _version, limit.Token);
        }
        catch (Exception e) when (e is CumulusException or IOException or OperationCanceledException)
        {
            _warn?.Invoke($"The lease {_name} could not be given back; it runs out in {_record.Seconds:0} s at the latest: {e.Message}");
        }
    }
}
