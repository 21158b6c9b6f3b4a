namespace Cumulus.Engine.Tests.Support;

/// <summary>A clock that stands still but for waits: a wait is over at once and moves the clock by its length.</summary>
public sealed class AutoClock : TimeProvider
{
    private readonly object _gate = new();
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The waits there were, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    /// <summary>From now on no wait ends.</summary>
    public bool Frozen { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!Frozen && dueTime >= TimeSpan.Zero)
        {
            lock (_gate)
            {
                Waits.Add(dueTime);
                _now += dueTime;
            }

            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
