using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>The journals of roll-outs, in the state that a team shares. One that somebody else has written meanwhile is not written over.</summary>
/// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, and what the home of the state names; so with all methods here.</exception>
public sealed class RolloutJournalStore(IStateStore state)
{
    /// <summary>Null when no roll-out runs or was interrupted.</summary>
    public async Task<(RolloutJournal Journal, string Version)?> FindAsync(string application, CancellationToken cancellationToken)
    {
        string name = NameOf(application);
        return await state.GetAsync(name, cancellationToken) is { } document ? (RolloutJournal.Read(document, name), document.Version) : null;
    }

    /// <returns>The new version.</returns>
    /// <param name="version">Null: there is none yet.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.RolloutInterrupted"/>: another one's is there.</exception>
    public async Task<string> WriteAsync(RolloutJournal journal, string? version, CancellationToken cancellationToken)
    {
        string name = NameOf(journal.Application);
        string? written = version is null
            ? await state.PutIfAbsentAsync(name, journal.ToBytes(), cancellationToken)
            : await state.PutIfMatchAsync(name, journal.ToBytes(), version, cancellationToken);
        if (written is null && await FindAsync(journal.Application, cancellationToken) is { } there && there.Journal.ToBytes().AsSpan().SequenceEqual(journal.ToBytes())) written = there.Version;
        return written ?? throw new CumulusException(ErrorIds.RolloutInterrupted, FailureKind.Conflict, $"Somebody else works on the roll-out of {journal.Application}. This one stopped before its next step.")
        {
            Target = journal.Application,
            Advice = "See Get-GhostJob; Resume-GhostJob finishes or takes back what was interrupted.",
        };
    }

    public Task RemoveAsync(string application, CancellationToken cancellationToken) => state.DeleteAsync(NameOf(application), cancellationToken);

    private static string NameOf(string application) => $"ghost/applications/{application}/rollout";
}
