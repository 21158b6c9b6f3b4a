using Cumulus.Engine.State;

namespace Cumulus.Engine.Jobs;

/// <summary>The record of a running job, written by the process that runs it. Somebody else may ask for the end in it, or mark it as dead.</summary>
internal sealed class JobKeeper(IStateStore state, TimeProvider clock, JobRecord record) : IDisposable
{
    private readonly string _name = JobNames.Record(record.Application, record.Id);
    private readonly SemaphoreSlim _gate = new(1);
    private string _version = "";

    public JobRecord Record { get; private set; } = record;

    /// <summary>Somebody took the process for dead, or took the record away.</summary>
    public bool IsLost { get; private set; }

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        string? version = await state.PutIfAbsentAsync(_name, Record.ToBytes(), cancellationToken);
        if (version is null && await state.GetAsync(_name, cancellationToken) is { } there && there.Content.AsSpan().SequenceEqual(Record.ToBytes())) version = there.Version;
        _version = version ?? throw new CumulusException(ErrorIds.JobBusy, FailureKind.Conflict, $"Two jobs of {Record.Application} were made in the same millisecond.") { Target = Record.Application, Advice = "Run the command again." };
        await state.PutIfAbsentAsync(JobNames.Open(Record.Application, Record.Id), "{}\n"u8.ToArray(), cancellationToken);
    }

    /// <summary>Looks whether somebody else wrote to the record.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            StateLook look = await state.LookAsync(_name, _version, cancellationToken);
            if (look.Changed) Take(look.Document);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Changes the record, on top of what somebody else may have written meanwhile.</summary>
    /// <param name="evenIfLost">The end is written in any case: who did the work knows best how it ended.</param>
    public async Task UpdateAsync(Func<JobRecord, JobRecord> change, bool evenIfLost, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            while (evenIfLost || !IsLost)
            {
                JobRecord next = change(Record) with { LastSign = clock.GetUtcNow() };
                if (await state.PutIfMatchAsync(_name, next.ToBytes(), _version, cancellationToken) is { } version)
                {
                    (Record, _version) = (next, version);
                    return;
                }

                StateDocument? there = await state.GetAsync(_name, cancellationToken);
                if (there is not null && there.Content.AsSpan().SequenceEqual(next.ToBytes()))
                {
                    (Record, _version) = (next, there.Version);
                    return;
                }

                Take(there);
                if (there is null) return;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private void Take(StateDocument? document)
    {
        if (document is null)
        {
            IsLost = true;
            return;
        }

        JobRecord there = JobRecord.Read(document, _name);
        IsLost |= there.HasEnded;
        Record = Record with { CancelledBy = there.CancelledBy };
        _version = document.Version;
    }
}
