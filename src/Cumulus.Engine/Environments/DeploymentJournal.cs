using Cumulus.Engine.State;

namespace Cumulus.Engine.Environments;

/// <summary>The records of an environment's deployments, in the state that a team shares: <c>deployments/ENV/ID</c>, oldest first.</summary>
public sealed class DeploymentJournal(IStateStore state)
{
    private const int AtOnce = 8;

    /// <summary>Writes the record that a deployment begins.</summary>
    /// <returns>The version that <see cref="EndAsync"/> needs.</returns>
    public async Task<string> BeginAsync(DeploymentRecord record, CancellationToken cancellationToken) =>
        await state.PutIfAbsentAsync(Name(record), record.ToBytes(), cancellationToken) ?? throw Changed(record);

    /// <summary>Replaces the record of the beginning by how it ended.</summary>
    public async Task EndAsync(DeploymentRecord record, string version, CancellationToken cancellationToken)
    {
        if (await state.PutIfMatchAsync(Name(record), record.ToBytes(), version, cancellationToken) is null) throw Changed(record);
    }

    /// <summary>The record as it is now; null when there is none.</summary>
    public async Task<DeploymentRecord?> FindAsync(string environment, string id, CancellationToken cancellationToken) =>
        await state.GetAsync(Folder(environment) + id, cancellationToken) is { } document ? DeploymentRecord.Read(document.Content, Folder(environment) + id) : null;

    /// <summary>Ends a record whose writer is gone; one that has ended meanwhile stays as it is.</summary>
    public async Task CloseAsync(DeploymentRecord ended, CancellationToken cancellationToken)
    {
        if (await state.GetAsync(Name(ended), cancellationToken) is not { } document) return;
        if (DeploymentRecord.Read(document.Content, Name(ended)).Outcome is not (DeploymentOutcome.Running or DeploymentOutcome.Stopped)) return;
        await state.PutIfMatchAsync(Name(ended), ended.ToBytes(), document.Version, cancellationToken);
    }

    /// <summary>The newest so many records of an environment, newest first.</summary>
    public async Task<IReadOnlyList<DeploymentRecord>> LatestAsync(string environment, int count, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (string name in state.ListAsync(Folder(environment), cancellationToken)) names.Add(name);
        var records = new List<DeploymentRecord>();
        foreach (string name in names.AsEnumerable().Reverse().Take(count))
        {
            if (await state.GetAsync(name, cancellationToken) is { } document) records.Add(DeploymentRecord.Read(document.Content, name));
        }

        return records;
    }

    /// <summary>All records of an environment, oldest first.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.DeploymentsUnknown"/> for one that cannot be read, and what the home of the state names.</exception>
    public async Task<IReadOnlyList<DeploymentRecord>> ReadAsync(string environment, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (string name in state.ListAsync(Folder(environment), cancellationToken)) names.Add(name);
        var records = new DeploymentRecord?[names.Count];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Count, limit, async (i, stop) =>
        {
            if (await state.GetAsync(names[i], stop) is { } document) records[i] = DeploymentRecord.Read(document.Content, names[i]);
        });
        return [.. records.OfType<DeploymentRecord>()];
    }

    private static string Folder(string environment) => $"deployments/{environment}/";

    private static string Name(DeploymentRecord record) => Folder(record.Environment) + record.Id;

    private static CumulusException Changed(DeploymentRecord record) =>
        new(ErrorIds.DeploymentsUnknown, FailureKind.Conflict, $"Somebody else wrote the record {Name(record)}.") { Target = record.Id };
}
