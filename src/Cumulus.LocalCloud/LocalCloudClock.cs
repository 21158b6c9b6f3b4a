namespace Cumulus.LocalCloud;

/// <summary>
/// The time of a local cloud: that of the machine, and ahead of it by what it was stepped. Who waits by it wakes when it is stepped past the end of the wait.
/// </summary>
public sealed class LocalCloudClock : TimeProvider
{
    // How many stops a step makes at most, and how long each is: time in which what was waited for is done and the next wait begins.
    private const int Stops = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly object _gate = new();
    private readonly HashSet<Timer> _timers = [];
    private readonly TimeProvider _machine;
    private Task _steps = Task.CompletedTask;
    private long _ahead;

    /// <param name="machine">Where real time comes from; null: the system.</param>
    public LocalCloudClock(TimeProvider? machine = null) => _machine = machine ?? System;

    /// <summary>By how much it is ahead of the machine's.</summary>
    public TimeSpan Ahead => new(Interlocked.Read(ref _ahead));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _machine.GetUtcNow() + Ahead;

    public override long GetTimestamp() => _machine.GetElapsedTime(0).Ticks + Interlocked.Read(ref _ahead);

    /// <summary>
    /// Makes time pass. It stops where a wait ends, so that what follows the wait happens at its time and may begin another one; an hour takes about a second.
    /// Steps are taken one after the other.
    /// </summary>
    /// <param name="time">Not negative: nothing that has happened is undone.</param>
    public Task StepAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        lock (_gate)
            return _steps = StepAfterAsync(_steps, time, cancellationToken);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private async Task StepAfterAsync(Task earlier, TimeSpan time, CancellationToken cancellationToken)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var (rest, least) = (time, time / Stops);
        while (rest > TimeSpan.Zero)
        {
            var stride = TimeSpan.FromTicks(Math.Min(rest.Ticks, Math.Max(least.Ticks, NextDue().Ticks)));
            Advance(stride);
            rest -= stride;
            await Task.Delay(Pause, _machine, cancellationToken);
        }
    }

    private TimeSpan NextDue()
    {
        lock (_gate)
        {
            var next = _timers.Select(timer => timer.Due).OfType<long>().DefaultIfEmpty(long.MaxValue).Min();
            return next == long.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromTicks(Math.Max(0, next - GetTimestamp()));
        }
    }

    private void Advance(TimeSpan time)
    {
        Timer[] all;
        lock (_gate)
        {
            Interlocked.Add(ref _ahead, time.Ticks);
            all = [.. _timers];
        }
        foreach (var timer in all)
            timer.Rearm();
    }

    /// <summary>A timer of the machine that is set anew whenever the clock is stepped.</summary>
    private sealed class Timer : ITimer
    {
        private readonly LocalCloudClock _clock;
        private readonly ITimer _real;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private TimeSpan _period;

        public Timer(LocalCloudClock clock, TimerCallback callback, object? state)
        {
            (_clock, _callback, _state) = (clock, callback, state);
            _real = clock._machine.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        /// <summary>Time stamp of the clock; null when it is not set.</summary>
        public long? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_clock._gate)
            {
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : _clock.GetTimestamp() + dueTime.Ticks;
                if (Due is null)
                    _clock._timers.Remove(this);
                else
                    _clock._timers.Add(this);
            }
            return Rearm();
        }

        public bool Rearm()
        {
            lock (_clock._gate)
                return _real.Change(Due is { } due ? Wait(due) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            lock (_clock._gate)
            {
                Due = null;
                _clock._timers.Remove(this);
            }
            _real.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private TimeSpan Wait(long due) => TimeSpan.FromTicks(Math.Clamp(due - _clock.GetTimestamp(), 0, TimeSpan.FromDays(1).Ticks));

        private void Fire()
        {
            lock (_clock._gate)
            {
                // Set anew, or disposed, while it was about to fire; and waits of more than a day are taken by the day.
                if (Due is not { } due)
                    return;
                if (due > _clock.GetTimestamp() + TimeSpan.TicksPerMillisecond)
                {
                    Rearm();
                    return;
                }
                if (_period > TimeSpan.Zero)
                {
                    Due = due + _period.Ticks;
                    Rearm();
                }
                else
                {
                    Due = null;
                    _clock._timers.Remove(this);
                }
            }
            _callback(_state);
        }
    }
}
