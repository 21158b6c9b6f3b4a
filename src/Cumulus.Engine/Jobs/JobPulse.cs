namespace Cumulus.Engine.Jobs;

/// <summary>What goes on beside a running job: lines are written, signs of life given, and it is looked whether somebody wants it to stop.</summary>
internal sealed class JobPulse : IDisposable
{
    private readonly JobKeeper _keeper;
    private readonly JobLog _log;
    private readonly TimeProvider _clock;
    private readonly JobPace _pace;
    private readonly CancellationTokenSource _stopped;
    private readonly Action<string>? _warn;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _beating;

    /// <param name="stopped">Set when the job has to end.</param>
    public JobPulse(JobKeeper keeper, JobLog log, TimeProvider clock, JobPace pace, CancellationTokenSource stopped, Action<string>? warn)
    {
        (_keeper, _log, _clock, _pace, _stopped, _warn) = (keeper, log, clock, pace, stopped, warn);
        _beating = BeatAsync(_end.Token);
    }

    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await _beating;
    }

    public void Dispose() => _end.Dispose();

    private async Task BeatAsync(CancellationToken end)
    {
        long signed = _clock.GetTimestamp();
        bool isTold = false;
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(_pace.Pulse, _clock, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested) return;
            try
            {
                await _log.FlushAsync(end);
                if (_clock.GetElapsedTime(signed) >= _pace.Sign)
                {
                    await _keeper.UpdateAsync(r => r, evenIfLost: false, end);
                    signed = _clock.GetTimestamp();
                }
                else
                {
                    await _keeper.LookAsync(end);
                }

                isTold = false;
                if (_keeper.IsLost || _keeper.Record.CancelledBy is not null) await _stopped.CancelAsync();
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
            }
            catch (Exception e) when (e is CumulusException or IOException)
            {
                // The work goes on; it ends when the turn's lease cannot be renewed either.
                if (!isTold) _warn?.Invoke($"The job's log or record could not be written, which is tried again: {e.Message}");
                isTold = true;
            }
        }
    }
}
