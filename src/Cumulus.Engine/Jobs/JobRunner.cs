using Cumulus.Engine.State;

namespace Cumulus.Engine.Jobs;

/// <summary>
/// Runs work as a job: with a record, a log that others can follow, one job of a subject at a time, and a way to stop it from any machine that shares the state.
/// <code>
/// var runner = new JobRunner(state, TimeProvider.System, warn: WriteWarning);
/// BakedImage image = await runner.RunAsync(
///     new JobRequest { Command = "New-GhostImage", Subject = application.Key.Path, Options = options, OnLine = Show },
///     async job =>
///     {
///         if (nothing can be done) throw new JobAbortedException(ErrorIds.ImageSourceNotFound, FailureKind.NotFound, "There is no ...");
///         job.Log.Info("Launching the build instance");
///         BakedImage baked = await builder.BakeAsync(..., job.Stop);      // everything that waits takes job.Stop
///         job.SetResult("ami", baked.ImageId);
///         job.Message = $"Image {baked.ImageId} is ready.";
///         return baked;
///     },
///     stop);
/// </code>
/// What the work throws is the job's failure and comes out as it is; <see cref="JobAbortedException"/> ends the job as aborted, a cancellation as cancelled. Clean-up goes into the
/// work's own <c>finally</c>, under a token of its own: the turn is given back and the end is written when the work has returned. A state that cannot be reached in the meantime fails no work.
/// </summary>
/// <param name="warn">Gets what could not be written, on some other thread.</param>
/// <param name="isAlive">Null: the process table of this machine.</param>
public sealed class JobRunner(IStateStore state, TimeProvider clock, JobPace? pace = null, Action<string>? warn = null, Random? random = null, Func<JobProcess, bool?>? isAlive = null)
{
    private readonly JobPace _pace = pace ?? new JobPace();
    private readonly Random _random = random ?? Random.Shared;

    /// <summary>Waits for the turn, does the work, and writes down how it ended.</summary>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.JobBusy"/>: another job of the subject was there and the wait was not wanted, or too long. <see cref="ErrorIds.JobCancelled"/>: somebody else stopped it.
    /// <see cref="ErrorIds.JobTimedOut"/>: the time limit of the work. <see cref="ErrorIds.JobTurnLost"/>: this process was silent for so long that others took it for dead. And what the work throws.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was set; the job is cancelled.</exception>
    public async Task<T> RunAsync<T>(JobRequest request, Func<RunningJob, Task<T>> work, CancellationToken cancellationToken)
    {
        var redaction = new SecretRedaction(request.Secrets);
        DateTimeOffset now = clock.GetUtcNow();
        using var keeper = new JobKeeper(state, clock, new JobRecord
        {
            Id = JobNames.NewId(now, _random),
            Command = request.Command,
            Application = request.Subject,
            Options = request.Options.ToDictionary(o => o.Key, o => SecretRedaction.IsSecretName(o.Key) ? SecretRedaction.Mask : redaction.Clean(o.Value)),
            User = request.User,
            Host = request.Host,
            Process = JobProcess.Current,
            Status = JobStatus.Init,
            CreatedAt = now,
            LastSign = now,
        });
        await keeper.CreateAsync(cancellationToken);
        var log = new JobLog(state, request.Subject, keeper.Record.Id, clock, redaction, request.OnLine);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var pulse = new JobPulse(keeper, log, clock, _pace, stopped, warn);
        var job = new RunningJob(keeper.Record.Id, log, stopped.Token);
        Lease? turn = null;
        try
        {
            turn = await new JobTurn(state, clock, _pace, isAlive).TakeAsync(request, keeper.Record, log, warn, stopped.Token);
            Lease held = turn;
            job.Lost = () => keeper.IsLost || held.Lost.IsCancellationRequested;
            await keeper.UpdateAsync(r => r with { Status = JobStatus.Started, StartedAt = clock.GetUtcNow() }, evenIfLost: false, stopped.Token);
            if (keeper.IsLost || keeper.Record.CancelledBy is not null) await stopped.CancelAsync();
            stopped.Token.ThrowIfCancellationRequested();
            T value = await WorkAsync(request, work, job, turn, stopped);
            await EndAsync(pulse, keeper, log, redaction, JobStatus.Done, job.Message ?? $"{request.Command} is done.", null, job.Result);
            return value;
        }
        catch (Exception e)
        {
            Exception failure = Explain(e, request, keeper, turn, stopped.Token, cancellationToken);
            JobStatus status = failure switch
            {
                OperationCanceledException => JobStatus.Cancelled,
                CumulusException { ErrorId: ErrorIds.JobCancelled } => JobStatus.Cancelled,
                JobAbortedException => JobStatus.Aborted,
                _ => JobStatus.Failed,
            };
            string message = failure is OperationCanceledException ? "Stopped by the one who ran it." : failure.Message;
            log.Write(status == JobStatus.Failed ? JobLogLevel.Error : JobLogLevel.Warning, message);
            await EndAsync(pulse, keeper, log, redaction, status, message, (failure as CumulusException)?.ErrorId ?? (failure is OperationCanceledException ? null : ErrorIds.UnexpectedError), job.Result);
            if (ReferenceEquals(failure, e)) throw;
            throw failure;
        }
        finally
        {
            if (turn is not null) await turn.DisposeAsync();
        }
    }

    private async Task<T> WorkAsync<T>(JobRequest request, Func<RunningJob, Task<T>> work, RunningJob job, Lease turn, CancellationTokenSource stopped)
    {
        using CancellationTokenRegistration lost = turn.Lost.Register(stopped.Cancel);
        using var limit = new CancellationTokenSource(request.TimeLimit ?? Timeout.InfiniteTimeSpan, clock);
        using CancellationTokenRegistration late = limit.Token.Register(stopped.Cancel);
        try
        {
            return await work(job);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new CumulusException(ErrorIds.JobTimedOut, FailureKind.Timeout, $"{request.Command} was not done within {request.TimeLimit!.Value.TotalSeconds:0} s, and was stopped.", e) { Target = request.Subject };
        }
    }

    // Why the work was stopped, where it was: the token itself does not say.
    private static Exception Explain(Exception e, JobRequest request, JobKeeper keeper, Lease? turn, CancellationToken stopped, CancellationToken caller)
    {
        if (e is not OperationCanceledException || !stopped.IsCancellationRequested || caller.IsCancellationRequested) return e;
        if (keeper.Record.CancelledBy is { } by)
        {
            return new CumulusException(ErrorIds.JobCancelled, FailureKind.OperationFailed, $"Job {keeper.Record.Id} ({request.Command}) was stopped by {by}.", e) { Target = keeper.Record.Id };
        }

        return keeper.IsLost || turn?.Lost.IsCancellationRequested == true
            ? new CumulusException(ErrorIds.JobTurnLost, FailureKind.Conflict, $"Job {keeper.Record.Id} ({request.Command}) stopped itself: it could not reach the state for so long that others may have taken its turn.", e)
            {
                Target = keeper.Record.Id,
                Advice = "Look at the application before you run the command again.",
            }
            : e;
    }

    private async Task EndAsync(JobPulse pulse, JobKeeper keeper, JobLog log, SecretRedaction redaction, JobStatus status, string message, string? errorId, IReadOnlyDictionary<string, string> result)
    {
        await pulse.StopAsync();
        using var limit = new CancellationTokenSource(_pace.EndLimit, clock);
        try
        {
            await log.FlushAsync(limit.Token);
            await keeper.UpdateAsync(
                r => r with
                {
                    Status = status,
                    EndedAt = clock.GetUtcNow(),
                    Message = redaction.Clean(message),
                    ErrorId = errorId,
                    Result = result.ToDictionary(p => p.Key, p => redaction.Clean(p.Value)),
                    LogLines = log.Lines,
                },
                evenIfLost: true,
                limit.Token);
            await state.DeleteAsync(JobNames.Open(keeper.Record.Application, keeper.Record.Id), limit.Token);
        }
        catch (Exception e) when (e is CumulusException or IOException or OperationCanceledException)
        {
            warn?.Invoke($"The end of job {keeper.Record.Id} could not be written down; its record will say that its process died: {e.Message}");
        }
    }
}
