using System.Collections.Concurrent;

namespace Cumulus.Engine.Aws;

/// <summary>
/// How many calls a second the program makes to one service of one account and region, all stacks, jobs and commands together. The rate halves when the
/// service says that it is too much and grows slowly while it does not, so that programs side by side come to share what there is.
/// </summary>
public sealed class ApiBudget(TimeProvider clock)
{
    /// <summary>Calls a second to begin with, and the most and least that the rate becomes.</summary>
    public const double FirstRate = 10;
    public const double HighestRate = 20;
    public const double LowestRate = 0.5;

    // So many calls may be made at once after a pause.
    private const int Burst = 20;

    private const double Growth = 0.05;

    private static readonly ConcurrentDictionary<string, ApiBudget> Shared = new(StringComparer.Ordinal);

    private readonly object _gate = new();
    private double _rate = FirstRate;
    private TimeSpan _next = TimeSpan.MinValue;
    private readonly long _start = clock.GetTimestamp();

    /// <summary>Calls a second.</summary>
    public double Rate
    {
        get
        {
            lock (_gate) return _rate;
        }
    }

    /// <summary>The one budget of this process for a service at an endpoint.</summary>
    public static ApiBudget Of(string endpoint) => Shared.GetOrAdd(endpoint, _ => new ApiBudget(TimeProvider.System));

    /// <summary>Waits until it is this call's turn.</summary>
    public Task EnterAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause;
        lock (_gate)
        {
            TimeSpan now = clock.GetElapsedTime(_start);
            TimeSpan step = TimeSpan.FromSeconds(1 / _rate);
            TimeSpan earliest = now - (step * Burst);
            _next = (_next > earliest ? _next : earliest) + step;
            pause = _next - now;
        }

        return pause > TimeSpan.Zero ? Task.Delay(pause, clock, cancellationToken) : Task.CompletedTask;
    }

    public void Succeeded()
    {
        lock (_gate) _rate = Math.Min(HighestRate, _rate + Growth);
    }

    /// <summary>The service refused a call because there were too many: what was saved up is gone too.</summary>
    public void Throttled()
    {
        lock (_gate)
        {
            _rate = Math.Max(LowestRate, _rate / 2);
            TimeSpan now = clock.GetElapsedTime(_start);
            if (_next < now) _next = now;
        }
    }
}
