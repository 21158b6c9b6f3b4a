using Cumulus.Engine.State;

namespace Cumulus.Engine.Jobs;

/// <summary>Who works on a subject: one after another, in the order in which the jobs were made.</summary>
internal sealed class JobTurn(IStateStore state, TimeProvider clock, JobPace pace, Func<JobProcess, bool?>? isAlive)
{
    private readonly LeaseStore _leases = new(state, clock);
    private readonly JobWatch _watch = new(state, clock, pace, isAlive);

    /// <exception cref="JobAbortedException"><see cref="ErrorIds.JobBusy"/></exception>
    public async Task<Lease> TakeAsync(JobRequest request, JobRecord mine, JobLog log, Action<string>? warn, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        for (bool first = true; ; first = false)
        {
            JobRecord? before = await BeforeAsync(mine, cancellationToken);
            if (before is null && await TryTakeAsync(mine, warn, cancellationToken) is { } lease) return lease;
            string whose = before is null ? $"{(await _leases.FindAsync(JobNames.Turn(mine.Application), cancellationToken))?.Holder ?? "another job"}" : Holder(before);
            if (request.IfBusy == JobIfBusy.Fail) throw Busy($"{mine.Application} is busy: {whose}.", mine);
            TimeSpan left = request.WaitLimit - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) throw Busy($"{mine.Application} was still busy after {request.WaitLimit.TotalSeconds:0} s: {whose}.", mine);
            if (first) log.Info($"Waiting for the turn: {whose}.");
            await Task.Delay(pace.Pulse < left ? pace.Pulse : left, clock, cancellationToken);
        }
    }

    /// <summary>The first living job that was made before this one; null when there is none.</summary>
    private async Task<JobRecord?> BeforeAsync(JobRecord mine, CancellationToken cancellationToken)
    {
        var open = new List<string>();
        await foreach (string name in state.ListAsync($"{JobNames.Folder}{mine.Application}/", cancellationToken))
        {
            // That of a colour is below that of the uncoloured application, and another subject.
            if (JobNames.OfOpen(name) is { } found && found.Subject == mine.Application && string.CompareOrdinal(found.Id, mine.Id) < 0) open.Add(found.Id);
        }

        foreach (string id in open)
        {
            if (await _watch.ReadAsync(mine.Application, id, cancellationToken) is { HasEnded: false } alive) return alive;

            // Its process died between its end and this, or before it had a record.
            await state.DeleteAsync(JobNames.Open(mine.Application, id), cancellationToken);
        }

        return null;
    }

    private async Task<Lease?> TryTakeAsync(JobRecord mine, Action<string>? warn, CancellationToken cancellationToken)
    {
        string name = JobNames.Turn(mine.Application);
        if (await _leases.TryTakeAsync(name, Holder(mine), pace.Silence, warn, cancellationToken) is { } lease) return lease;

        // The lease of a job that has ended, or whose process is known to be dead, need not run out.
        if (await _leases.FindAsync(name, cancellationToken) is not { Holder: { } holder } held || holder.Split(' ') is not ["job", var id, ..]) return null;
        if (await _watch.ReadAsync(mine.Application, id, cancellationToken) is { HasEnded: false }) return null;
        await _leases.BreakAsync(name, held, cancellationToken);
        return await _leases.TryTakeAsync(name, Holder(mine), pace.Silence, warn, cancellationToken);
    }

    private static string Holder(JobRecord job) => $"job {job.Id} ({job.Command}) of {job.User} on {job.Host}";

    private static JobAbortedException Busy(string message, JobRecord mine) =>
        new(ErrorIds.JobBusy, FailureKind.Conflict, message) { Target = mine.Application, Advice = "Wait for that job (Wait-GhostJob), or stop it (Stop-GhostJob)." };
}
