namespace Cumulus.Engine.Environments;

/// <summary>When to stop waiting. The clock is the monotonic one: a change of the time of day moves nothing.</summary>
public sealed class WaitLimit(TimeProvider clock, TimeSpan limit)
{
    private readonly long _start = clock.GetTimestamp();

    public TimeSpan Limit => limit;

    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    public TimeSpan Remaining => limit - Elapsed is { Ticks: > 0 } rest ? rest : TimeSpan.Zero;

    public bool Reached => Remaining == TimeSpan.Zero;

    /// <summary>Waits, but no longer than to the limit.</summary>
    public Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken) =>
        Task.Delay(pause < Remaining ? pause : Remaining, clock, cancellationToken);
}
