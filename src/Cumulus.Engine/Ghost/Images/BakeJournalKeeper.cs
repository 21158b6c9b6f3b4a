using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>Writes the journal of the bake that runs here.</summary>
internal sealed class BakeJournalKeeper(IStateStore state, BakeJournal journal)
{
    private string? _version;

    public BakeJournal Journal { get; private set; } = journal;

    /// <summary>Before anything is made.</summary>
    public Task OpenAsync(CancellationToken cancellationToken) => WriteAsync(Journal, cancellationToken);

    /// <summary>Before a copy is made there.</summary>
    public Task CopyingToAsync(string region, CancellationToken cancellationToken) => WriteAsync(Journal with { CopyRegions = [.. Journal.CopyRegions, region] }, cancellationToken);

    /// <summary>An image is whole, and stays.</summary>
    public Task KeepAsync(string imageId, CancellationToken cancellationToken) => WriteAsync(Journal with { Kept = [.. Journal.Kept, imageId] }, cancellationToken);

    private async Task WriteAsync(BakeJournal next, CancellationToken cancellationToken)
    {
        string name = BakeJournal.Folder + next.Job;
        byte[] content = next.ToBytes();
        string? version = _version is null ? await state.PutIfAbsentAsync(name, content, cancellationToken) : await state.PutIfMatchAsync(name, content, _version, cancellationToken);

        // A repeated request may meet what its first try wrote.
        if (version is null && await state.GetAsync(name, cancellationToken) is { } there && there.Content.AsSpan().SequenceEqual(content)) version = there.Version;
        _version = version ?? throw new CumulusException(ErrorIds.StateInvalid, FailureKind.Conflict, $"Somebody else wrote the journal {name}.") { Target = name };
        Journal = next;
    }
}
