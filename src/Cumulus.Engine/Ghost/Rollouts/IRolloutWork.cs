namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>What is done to the hosts of a roll-out, a group at a time.</summary>
public interface IRolloutWork
{
    /// <summary>Changes the hosts; each by itself as a whole or not at all. Never throws for a host.</summary>
    Task<IReadOnlyList<HostOutcome>> ApplyAsync(IReadOnlyList<JournalHost> hosts, CancellationToken cancellationToken);

    /// <summary>Takes back what <see cref="ApplyAsync"/> did, on hosts where it did something; on others it does nothing.</summary>
    Task<IReadOnlyList<HostOutcome>> TakeBackAsync(IReadOnlyList<JournalHost> hosts, CancellationToken cancellationToken);
}

/// <summary>What became of one host.</summary>
/// <param name="Status">SSM's word, or what kept it from the host.</param>
/// <param name="ExitCode">Null when no command ran to its end there.</param>
/// <param name="LastLines">Of what the command wrote.</param>
public sealed record HostOutcome(string InstanceId, string Status, int? ExitCode, IReadOnlyList<string> LastLines)
{
    public bool Succeeded => Status == "Success";
}
