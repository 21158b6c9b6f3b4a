using System.Collections.Concurrent;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Jobs;

/// <summary>
/// Sees that a job's process died, and marks the job. On the same machine the process is looked up. Else the record must have stood still for
/// <see cref="JobPace.Silence"/> by this object's own clock, or, for who looks only once, its last sign must be older than that by more than clocks differ.
/// </summary>
/// <param name="isAlive">Null: the process table of this machine.</param>
internal sealed class JobWatch(IStateStore state, TimeProvider clock, JobPace pace, Func<JobProcess, bool?>? isAlive = null)
{
    private readonly Func<JobProcess, bool?> _isAlive = isAlive ?? (p => p.IsAlive());

    private readonly ConcurrentDictionary<string, (string Version, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>The record as it is, marked if its process died; null when there is none.</summary>
    public async Task<JobRecord?> ReadAsync(string subject, string id, CancellationToken cancellationToken)
    {
        string name = JobNames.Record(subject, id);
        while (await state.GetAsync(name, cancellationToken) is { } document)
        {
            JobRecord record = JobRecord.Read(document, name);
            if (record.HasEnded || !IsDead(record, name, document.Version)) return record;
            JobRecord marked = Marked(record);
            if (await state.PutIfMatchAsync(name, marked.ToBytes(), document.Version, cancellationToken) is null) continue;
            await state.DeleteAsync(JobNames.Open(subject, id), cancellationToken);
            return marked;
        }

        return null;
    }

    private bool IsDead(JobRecord record, string name, string version)
    {
        (string Version, long Since) sight = _seen.AddOrUpdate(name, _ => Now(), (_, before) => before.Version == version ? before : Now());
        return _isAlive(record.Process) is { } alive
            ? !alive
            : clock.GetElapsedTime(sight.Since) >= pace.Silence || clock.GetUtcNow() - record.LastSign > pace.Silence + pace.ClockDifference;

        (string, long) Now() => (version, clock.GetTimestamp());
    }

    private JobRecord Marked(JobRecord record) => record with
    {
        Status = record.Status == JobStatus.Init ? JobStatus.Aborted : JobStatus.Failed,
        EndedAt = clock.GetUtcNow(),
        ErrorId = ErrorIds.JobProcessDied,
        Message = $"Its process {record.Process.Id} on {record.Host} died; the last sign of it is of {record.LastSign.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z.",
    };
}
