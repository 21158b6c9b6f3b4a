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
