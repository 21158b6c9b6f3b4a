using Cumulus.Engine.Configuration;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Jobs;

/// <summary>Which jobs are meant. What is null does not count.</summary>
public sealed record JobQuery
{
    /// <summary>Ids, wildcards are fine.</summary>
    public IReadOnlyList<string> Ids { get; init; } = ["*"];

    public Func<string, bool>? Subject { get; init; }

    public IReadOnlyList<JobStatus> Status { get; init; } = [];

    public string? Command { get; init; }

    public string? User { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>Only so many, the newest.</summary>
    public int? Last { get; init; }

    internal bool Matches(JobRecord job) =>
        (Status.Count == 0 || Status.Contains(job.Status))
        && (Command is null || NamePattern.Matches(Command, job.Command))
        && (User is null || NamePattern.Matches(User, job.User))
        && (Since is null || job.CreatedAt >= Since);
}

/// <summary>The jobs in the state, for everyone who shares it.</summary>
/// <param name="isAlive">Null: the process table of this machine.</param>
/// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, and what the home of the state names; so with all methods here.</exception>
public sealed class JobStore(IStateStore state, TimeProvider clock, JobPace? pace = null, Func<JobProcess, bool?>? isAlive = null)
{
    private const int AtOnce = 8;

    private readonly JobPace _pace = pace ?? new JobPace();
    private readonly JobWatch _watch = new(state, clock, pace ?? new JobPace(), isAlive);

    /// <summary>The newest first. One whose process died is marked.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.JobNotFound"/>: an id without wildcards that is not there.</exception>
    public async Task<IReadOnlyList<JobRecord>> FindAsync(JobQuery query, CancellationToken cancellationToken)
    {
        var names = new List<(string Subject, string Id)>();
        await foreach (string name in state.ListAsync(JobNames.Folder, cancellationToken))
        {
            if (JobNames.OfRecord(name) is { } job) names.Add(job);
        }

        foreach (string id in query.Ids.Where(id => !NamePattern.HasWildcard(id) && names.All(n => n.Id != id))) throw NotFound(id);
        var found = new List<JobRecord>();
        IEnumerable<(string Subject, string Id)> wanted = names
            .Where(n => (query.Subject is null || query.Subject(n.Subject)) && query.Ids.Any(p => NamePattern.Matches(p, n.Id)))
            .OrderByDescending(n => n.Id, StringComparer.Ordinal);
        foreach ((string Subject, string Id)[] batch in wanted.Chunk(AtOnce))
        {
            JobRecord?[] records = await Task.WhenAll(batch.Select(n => _watch.ReadAsync(n.Subject, n.Id, cancellationToken)));
            found.AddRange(records.OfType<JobRecord>().Where(query.Matches));
            if (found.Count >= query.Last) return [.. found.Take(query.Last.Value)];
        }

        return found;
    }

    /// <summary>The job as it is now; null when it was removed.</summary>
    public Task<JobRecord?> RefreshAsync(JobRecord job, CancellationToken cancellationToken) => _watch.ReadAsync(job.Application, job.Id, cancellationToken);

    /// <summary>Waits until the job has ended.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.JobWaitTimedOut"/>: the job goes on. <see cref="ErrorIds.JobNotFound"/>: it was removed meanwhile.</exception>
    public async Task<JobRecord> WaitAsync(JobRecord job, TimeSpan limit, Action<JobRecord>? onLook, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        while (true)
        {
            JobRecord now = await RefreshAsync(job, cancellationToken) ?? throw NotFound(job.Id);
            if (now.HasEnded) return now;
            onLook?.Invoke(now);
            TimeSpan left = limit - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                throw new CumulusException(ErrorIds.JobWaitTimedOut, FailureKind.Timeout, $"Job {job.Id} ({job.Command}) has not ended within {limit.TotalSeconds:0} s. It goes on.") { Target = job.Id };
            }

            await Task.Delay(_pace.Pulse < left ? _pace.Pulse : left, clock, cancellationToken);
        }
    }

    /// <summary>Asks a job to stop, wherever it runs. It cleans up and ends as cancelled; one that has ended stays as it is.</summary>
    /// <param name="by">Who asks, for the record.</param>
    /// <returns>The record with the wish in it, or as it ended; null when there is none.</returns>
    public async Task<JobRecord?> CancelAsync(JobRecord job, string by, CancellationToken cancellationToken)
    {
        string name = JobNames.Record(job.Application, job.Id);
        while (await RefreshAsync(job, cancellationToken) is { } now)
        {
            if (now.HasEnded || now.CancelledBy is not null) return now;
            if (await state.GetAsync(name, cancellationToken) is not { } document) return null;
            JobRecord next = JobRecord.Read(document, name) with { CancelledBy = by };
            if (!next.HasEnded && await state.PutIfMatchAsync(name, next.ToBytes(), document.Version, cancellationToken) is not null) return next;
        }

        return null;
    }

    /// <summary>Removes the record and the log of a job that has ended.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.JobRunning"/></exception>
    public async Task RemoveAsync(JobRecord job, CancellationToken cancellationToken)
    {
        if (await RefreshAsync(job, cancellationToken) is { HasEnded: false } running)
        {
            throw new CumulusException(ErrorIds.JobRunning, FailureKind.Conflict, $"Job {job.Id} ({job.Command}) has not ended: it is {running.Status.ToString().ToLowerInvariant()} on {running.Host}.")
            {
                Target = job.Id,
                Advice = "Stop it first (Stop-GhostJob), or wait for it (Wait-GhostJob).",
            };
        }

        // The record last: while it is there the rest can be found again.
        var chunks = new List<string>();
        await foreach (string name in state.ListAsync(JobNames.LogFolder(job.Application, job.Id), cancellationToken)) chunks.Add(name);
        foreach (string name in chunks) await state.DeleteAsync(name, cancellationToken);
        await state.DeleteAsync(JobNames.Open(job.Application, job.Id), cancellationToken);
        await state.DeleteAsync(JobNames.Record(job.Application, job.Id), cancellationToken);
    }

    /// <summary>Those that a rule lets go: ended, older than the newest of each subject that are kept, and old enough. Pure.</summary>
    /// <param name="keepLast">Of each subject; null: no such rule.</param>
    /// <param name="before">Null: no such rule.</param>
    public static IReadOnlyList<JobRecord> Outdated(IReadOnlyList<JobRecord> jobs, int? keepLast, DateTimeOffset? before) =>
        [.. jobs.GroupBy(j => j.Application)
            .SelectMany(g => g.OrderByDescending(j => j.Id, StringComparer.Ordinal).Skip(keepLast ?? 0))
            .Where(j => j.HasEnded && (before is null || j.CreatedAt < before))];

    /// <summary>The error of a job that did not end well; null for one that did, or goes on.</summary>
    public static CumulusException? FailureOf(JobRecord job) => job.Status switch
    {
        JobStatus.Failed => Failure(job, job.ErrorId == ErrorIds.JobProcessDied ? ErrorIds.JobProcessDied : ErrorIds.JobFailed, "failed"),
        JobStatus.Aborted => Failure(job, ErrorIds.JobAborted, "did nothing"),
        JobStatus.Cancelled => Failure(job, ErrorIds.JobCancelled, $"was stopped{(job.CancelledBy is { } by ? $" by {by}" : "")}"),
        _ => null,
    };

    private static CumulusException Failure(JobRecord job, string errorId, string how) =>
        new(errorId, FailureKind.OperationFailed, $"Job {job.Id} ({job.Command} of {job.Application}) {how}: {job.Message}{(job.ErrorId is { } id ? $" (error id {id})" : "")}")
        {
            Target = job.Id,
            Advice = $"See its log: Get-GhostJobLog {job.Id}.",
        };

    private static CumulusException NotFound(string id) =>
        new(ErrorIds.JobNotFound, FailureKind.NotFound, $"There is no job {id}.") { Target = id, Advice = "See Get-GhostJob for those that there are." };
}
