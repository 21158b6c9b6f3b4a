using System.Text.Json;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Environments;

/// <summary>
/// What the last deployments made of each stack of an environment: the document <c>ledger/ENV</c>. A stack that still has the time of change that is
/// noted here has the template that is noted here, so that nobody has to be asked for it.
/// </summary>
internal sealed record StackLedger
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>By short name.</summary>
    public IReadOnlyDictionary<string, LedgerEntry> Stacks { get; init; } = new Dictionary<string, LedgerEntry>();

    /// <summary>Null when the stack was changed since, or is another one.</summary>
    public LedgerEntry? Of(string stack, StackDescription current) =>
        Stacks.GetValueOrDefault(stack) is { } entry && entry.StackId == current.Id && entry.ChangedAt == (current.UpdatedAt ?? current.CreatedAt) ? entry : null;

    /// <exception cref="CumulusException">What the home of the state names; a ledger that cannot be read is taken for an empty one, since it only saves calls.</exception>
    public static async Task<StackLedger> ReadAsync(IStateStore state, string environment, CancellationToken cancellationToken)
    {
        if (await state.GetAsync(Name(environment), cancellationToken) is not { } document) return new StackLedger();
        try
        {
            return JsonSerializer.Deserialize<StackLedger>(document.Content, BundleManifest.Json) is { Schema: <= CurrentSchema } ledger ? ledger : new StackLedger();
        }
        catch (JsonException)
        {
            return new StackLedger();
        }
    }

    /// <summary>Puts entries in; those of other stacks stay.</summary>
    public static async Task NoteAsync(IStateStore state, string environment, IReadOnlyDictionary<string, LedgerEntry> entries, CancellationToken cancellationToken)
    {
        string? written = null;
        while (entries.Count > 0 && written is null)
        {
            StateDocument? there = await state.GetAsync(Name(environment), cancellationToken);
            StackLedger old = there is null ? new StackLedger() : await ReadAsync(state, environment, cancellationToken);
            var stacks = new SortedDictionary<string, LedgerEntry>(old.Stacks.ToDictionary(), StringComparer.Ordinal);
            foreach ((string name, LedgerEntry entry) in entries) stacks[name] = entry;
            byte[] content = [.. JsonSerializer.SerializeToUtf8Bytes(new StackLedger { Stacks = stacks }, BundleManifest.Json), (byte)'\n'];
            written = there is null
                ? await state.PutIfAbsentAsync(Name(environment), content, cancellationToken)
                : await state.PutIfMatchAsync(Name(environment), content, there.Version, cancellationToken);
        }
    }

    private static string Name(string environment) => $"ledger/{environment}";
}

/// <param name="ChangedAt">Of the stack, when the template came into effect.</param>
/// <param name="Template">Digest as <see cref="TemplateArchive.DigestOf"/> makes it.</param>
/// <param name="Declared">The template's parameters.</param>
internal sealed record LedgerEntry(string StackId, DateTimeOffset ChangedAt, string Template, IReadOnlyList<TemplateParameter> Declared);
