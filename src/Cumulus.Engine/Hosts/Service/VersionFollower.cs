namespace Cumulus.Engine.Hosts.Service;

/// <summary>How often a host looks, and for how long.</summary>
/// <param name="Interval">Between two looks; each pause is up to a quarter shorter or longer, so that a fleet does not look in step.</param>
/// <param name="Limit">After this no new look begins; null: until it is stopped.</param>
public sealed record FollowPace(TimeSpan Interval, TimeSpan? Limit)
{
    private const double Jitter = 0.25;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    /// <param name="failures">In a row until now: each doubles the pause, up to a quarter of an hour.</param>
    internal TimeSpan Pause(int failures, Random random)
    {
        TimeSpan longest = Interval > LongestPause ? Interval : LongestPause;
        double pause = Math.Min(Interval.TotalSeconds * Math.Pow(2, failures), longest.TotalSeconds);
        return TimeSpan.FromSeconds(pause * (1 - Jitter + random.NextDouble() * 2 * Jitter));
    }
}

/// <summary>Keeps a host at what it is to have: looks, installs when something else is asked for, and goes on after errors.</summary>
public sealed class VersionFollower(FollowPace pace, TimeProvider clock, Random random)
{
    /// <summary>
    /// Runs until the limit, or until it is cancelled. The first target is installed in any case. What failed is tried again at the next look, but for what was installed and had
    /// to be taken back: services were stopped for that once, and are not again until something else is asked for.
    /// </summary>
    /// <param name="look">Null: nothing to install yet.</param>
    /// <param name="failed">Told of each failure, with the time until the next look.</param>
    public async Task RunAsync(
        Func<CancellationToken, Task<HandlerTarget?>> look,
        Func<HandlerTarget, CancellationToken, Task> install,
        Action<Exception, TimeSpan> failed,
        CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        HandlerTarget? done = null;
        int failures = 0;
        while (true)
        {
            Exception? failure = null;
            HandlerTarget? target = null;
            try
            {
                target = await look(cancellationToken);
                if (target is not null && !target.IsSameAs(done)) await install(target, cancellationToken);
                done = target;
                failures = 0;
            }
            catch (Exception e) when (e is CumulusException or IOException or UnauthorizedAccessException)
            {
                failure = e;
                failures++;
                if (e is CumulusException { WasUndone: true }) done = target;
            }

            TimeSpan pause = pace.Pause(failures, random);
            if (failure is not null) failed(failure, pause);
            if (pace.Limit is { } limit)
            {
                TimeSpan left = limit - clock.GetElapsedTime(started);
                if (left <= pause) return;
            }

            await Task.Delay(pause, clock, cancellationToken);
        }
    }
}
