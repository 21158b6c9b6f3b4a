using System.Runtime.CompilerServices;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Jobs;

/// <summary>Reads a job's log, also while another machine writes it. Lines have numbers, so that a reader goes on where it was and gets none twice (G-33).</summary>
public sealed class JobLogReader(IStateStore state, JobStore jobs, TimeProvider clock, JobPace? pace = null)
{
    private readonly JobPace _pace = pace ?? new JobPace();

    /// <param name="from">Number of the first line that is wanted.</param>
    /// <param name="follow">Goes on until the job has ended; its last line is the end.</param>
    public async IAsyncEnumerable<JobLine> ReadAsync(JobRecord job, long from, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool isLast = !follow || job.HasEnded;
        for (int number = 1; ;)
        {
            string name = JobNames.LogChunk(job.Application, job.Id, number);
            if (await state.GetAsync(name, cancellationToken) is { } document)
            {
                number++;
                foreach (JobLine line in JobLogChunk.Read(document, name).Lines.Where(l => l.Number >= from)) yield return line;
                continue;
            }

            if (isLast) yield break;

            // The last lines are written before the end: after the end one more look finds them all.
            if (await jobs.RefreshAsync(job, cancellationToken) is null or { HasEnded: true }) isLast = true;
            else await Task.Delay(_pace.Pulse, clock, cancellationToken);
        }
    }
}
