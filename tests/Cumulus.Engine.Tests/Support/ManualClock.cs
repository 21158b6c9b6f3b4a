namespace Cumulus.Engine.Tests.Support;

/// <summary>A clock that moves when it is told to, timers with it. The time of day can jump without any time passing, as a clock that is set does.</summary>
public sealed class ManualClock : TimeProvider
{
    private readonly object _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _day = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private long _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _day;
    }

    public override long GetTimestamp()
    {
        lock (_gate) return _passed;
    }

    /// <summary>Somebody sets the clock.</summary>
    public void Jump(TimeSpan by)
    {
        lock (_gate) _day += by;
    }

    /// <summary>Lets time pass, timer after timer. What a timer sets going runs at once, as far as it comes without waiting for anything else.</summary>
    public void Advance(TimeSpan by)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            long end = GetTimestamp() + by.Ticks;
            while (TakeNext(end) is { } next) next.Fire();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>From here on nothing in this test is posted to the test's own queue, so that a timer's work is done when <see cref="Advance"/> returns.</summary>
    public static ManualClock Start()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        return new ManualClock();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private Timer? TakeNext(long end)
    {
        lock (_gate)
        {
            Timer? next = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
            Pass((next?.Due ?? end) - _passed);
            if (next is not null) _timers.Remove(next);
            return next;
        }
    }

    private void Pass(long ticks)
    {
        if (ticks <= 0) return;
        _passed += ticks;
        _day += TimeSpan.FromTicks(ticks);
    }

    private sealed class Timer(ManualClock clock, Action fire) : ITimer
    {
        public long Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                if (dueTime < TimeSpan.Zero) return true;
                Due = clock._passed + dueTime.Ticks;
                clock._timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._gate) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
