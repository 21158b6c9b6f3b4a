using System.Collections.Concurrent;

namespace Cumulus.Engine.State;

/// <summary>
/// Leases: somebody's hold on a name that the team shares, which ends by itself when its holder dies. The document is <c>leases/NAME</c>.
/// </summary>
/// <remarks>
/// No two machines' clocks are compared. A holder counts its time from the beginning of its last renewal; another counts from when it first
/// saw the document as it is, which is later. So a clock that is wrong or jumps gives nobody a lease that is still held.
/// </remarks>
public sealed class LeaseStore(IStateStore state, TimeProvider clock)
{
    private const string Folder = "leases/";

    private readonly ConcurrentDictionary<string, Sight> _seen = new(StringComparer.Ordinal);

    /// <summary>Who has the lease; null when nobody has.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, <see cref="ErrorIds.NameInvalid"/>, and what the home of the state names; so with all methods here.</exception>
    public async Task<LeaseRecord?> FindAsync(string name, CancellationToken cancellationToken) =>
        await ReadAsync(name, cancellationToken) is (_, { Holder: not null } record) ? record : null;

    /// <summary>
    /// Takes the lease if nobody has it, or if this object has watched a dead holder's for as long as it holds. Then it is renewed in the background until it is disposed.
    /// </summary>
    /// <param name="holder">For people who ask whose it is.</param>
    /// <param name="duration">How long it holds without renewal.</param>
    /// <param name="warn">Gets what went wrong in the background, on some other thread.</param>
    /// <returns>Null when somebody else has it.</returns>
    public async Task<Lease?> TryTakeAsync(string name, string holder, TimeSpan duration, Action<string>? warn, CancellationToken cancellationToken)
    {
        (string? version, LeaseRecord? there) = await ReadAsync(name, cancellationToken);
        if (there?.Holder is not null && !HasRunOut(name, version!, there)) return null;
        long started = clock.GetTimestamp();
        DateTimeOffset now = clock.GetUtcNow();
        var mine = new LeaseRecord
        {
            Holder = holder,
            Token = Guid.NewGuid().ToString("N"),
            Fence = (there?.Fence ?? 0) + 1,
            Seconds = duration.TotalSeconds,
            Taken = now,
            Expires = now + duration,
        };
        string? written = version is null
            ? await state.PutIfAbsentAsync(Folder + name, mine.ToBytes(), cancellationToken)
            : await state.PutIfMatchAsync(Folder + name, mine.ToBytes(), version, cancellationToken);

        // A repeated request may meet what its first try wrote.
        written ??= await ReadAsync(name, cancellationToken) is ({ } found, { } record) && record.Token == mine.Token ? found : null;
        return written is null ? null : new Lease(state, Folder + name, mine, written, started, clock, warn);
    }

    /// <summary>Takes the lease away from whoever has it. The holder finds out at its next renewal at the latest.</summary>
    /// <returns>Whose it was; null when nobody had it.</returns>
    public async Task<LeaseRecord?> BreakAsync(string name, CancellationToken cancellationToken)
    {
        while (await ReadAsync(name, cancellationToken) is ({ } version, { Holder: not null } there))
        {
            if (await state.PutIfMatchAsync(Folder + name, Free(there).ToBytes(), version, cancellationToken) is not null) return there;
        }

        return null;
    }

    /// <summary>Takes the lease away from this holder; one who took it since keeps it.</summary>
    /// <param name="held">As <see cref="FindAsync"/> gave it.</param>
    public async Task BreakAsync(string name, LeaseRecord held, CancellationToken cancellationToken)
    {
        while (await ReadAsync(name, cancellationToken) is ({ } version, { Holder: not null } there) && there.Token == held.Token)
        {
            if (await state.PutIfMatchAsync(Folder + name, Free(there).ToBytes(), version, cancellationToken) is not null) return;
        }
    }

    internal static LeaseRecord Free(LeaseRecord held) => new() { Fence = held.Fence, Renewals = held.Renewals + 1 };

    private bool HasRunOut(string name, string version, LeaseRecord there)
    {
        Sight sight = _seen.AddOrUpdate(name, _ => Now(), (_, before) => before.Version == version ? before : Now());
        return clock.GetElapsedTime(sight.Since) >= there.Duration;

        Sight Now() => new(version, clock.GetTimestamp());
    }

    private async Task<(string? Version, LeaseRecord? Record)> ReadAsync(string name, CancellationToken cancellationToken) =>
        await state.GetAsync(Folder + name, cancellationToken) is { } document ? (document.Version, LeaseRecord.Read(document, Folder + name)) : (null, null);

    /// <param name="Since">Timestamp at which the document was seen with this version for the first time.</param>
    private sealed record Sight(string Version, long Since);
}
