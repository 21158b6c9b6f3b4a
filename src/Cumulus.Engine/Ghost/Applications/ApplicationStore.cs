using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>
/// Definitions of applications in the state: <c>ghost/applications/NAME/ENV/ROLE[/COLOUR]/definition</c>, and beside it what of them was brought into effect.
/// A change names the revision that it was made from; a stale one is refused.
/// </summary>
/// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, <see cref="ErrorIds.NameInvalid"/>, and what the home of the state names; so with all methods here.</exception>
public sealed class ApplicationStore(IStateStore state, TimeProvider clock)
{
    private const string Folder = "ghost/applications/";

    private const string DocumentName = "/definition";

    private const int KeptChanges = 50;

    private const int AtOnce = 8;

    private readonly EffectStore _effects = new(state, clock);

    internal static string FolderOf(ApplicationKey key) => $"{Folder}{key.Require().Path}";

    /// <summary>Null when there is no such application.</summary>
    public async Task<StoredApplication?> FindAsync(ApplicationKey key, CancellationToken cancellationToken) =>
        await ReadAsync(key, cancellationToken) is (_, { } document) ? await StoredAsync(key, document, cancellationToken) : null;

    /// <exception cref="CumulusException"><see cref="ErrorIds.ApplicationNotFound"/></exception>
    public async Task<StoredApplication> GetAsync(ApplicationKey key, CancellationToken cancellationToken) =>
        await FindAsync(key, cancellationToken) ?? throw await NotFoundAsync(key.Path, cancellationToken);

    /// <summary>In the order of their keys.</summary>
    /// <param name="report">Gets what is wrong with one document; the others come all the same.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ApplicationNotFound"/>: an exact pattern found nothing.</exception>
    public async Task<IReadOnlyList<StoredApplication>> FindAsync(ApplicationPattern pattern, Action<CumulusException> report, CancellationToken cancellationToken)
    {
        ApplicationKey[] keys = [.. (await KeysAsync(cancellationToken)).Where(pattern.Matches)];
        if (keys.Length == 0 && pattern.IsExact) throw await NotFoundAsync(pattern.ToString(), cancellationToken);
        var found = new StoredApplication?[keys.Length];
        var problems = new CumulusException?[keys.Length];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, keys.Length, limit, async (i, stop) =>
        {
            try
            {
                found[i] = await FindAsync(keys[i], stop);
            }
            catch (CumulusException e) when (e.ErrorId == ErrorIds.StateInvalid)
            {
                problems[i] = e;
            }
        });
        foreach (CumulusException problem in problems.OfType<CumulusException>()) report(problem);
        return [.. found.OfType<StoredApplication>()];
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.ApplicationExists"/></exception>
    public async Task<StoredApplication> CreateAsync(GhostApplication application, string by, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var document = new ApplicationDocument
        {
            Revision = 1,
            CreatedAt = now,
            Changes = [new DefinitionChange(1, now, by, [])],
            Definition = DefinitionWriter.ToJson(application),
        };
        string name = FolderOf(application.Key) + DocumentName;
        if (await state.PutIfAbsentAsync(name, document.ToBytes(), cancellationToken) is not null) return await StoredAsync(application.Key, document, cancellationToken);
        throw new CumulusException(ErrorIds.ApplicationExists, FailureKind.Conflict, $"There is an application {application.Key} already.")
        {
            Target = application.Key.Path,
            Advice = "Change it with Set-GhostApplication, or choose another name.",
        };
    }

    /// <summary>Puts a definition in the place of another. One that changes nothing writes nothing.</summary>
    /// <param name="from">The revision that the change was made from.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ApplicationChanged"/>: somebody else changed it since; it says who and what. <see cref="ErrorIds.ApplicationNotFound"/></exception>
    public async Task<StoredApplication> UpdateAsync(GhostApplication application, int from, string by, CancellationToken cancellationToken)
    {
        ApplicationKey key = application.Key;
        (string? version, ApplicationDocument? there) = await ReadAsync(key, cancellationToken);
        if (there is null) throw await NotFoundAsync(key.Path, cancellationToken);
        if (there.Revision != from) throw Changed(key, from, there);
        IReadOnlyList<string> fields = DefinitionFields.Changed(DefinitionFields.Of(there.Application(FolderOf(key))), DefinitionFields.Of(application));
        if (fields.Count == 0) return await StoredAsync(key, there, cancellationToken);
        var document = there with
        {
            Revision = from + 1,
            Changes = [.. there.Changes.Prepend(new DefinitionChange(from + 1, clock.GetUtcNow(), by, fields)).Take(KeptChanges)],
            Definition = DefinitionWriter.ToJson(application),
        };
        if (await state.PutIfMatchAsync(FolderOf(key) + DocumentName, document.ToBytes(), version!, cancellationToken) is not null) return await StoredAsync(key, document, cancellationToken);
        return await ReadAsync(key, cancellationToken) is (_, { } now) ? throw Changed(key, from, now) : throw await NotFoundAsync(key.Path, cancellationToken);
    }

    /// <summary>Takes the application and what is known of its effects away; nothing in AWS.</summary>
    public async Task RemoveAsync(ApplicationKey key, CancellationToken cancellationToken)
    {
        await _effects.RemoveAsync(key, cancellationToken);
        await state.DeleteAsync(FolderOf(key) + DocumentName, cancellationToken);
    }

    private async Task<List<ApplicationKey>> KeysAsync(CancellationToken cancellationToken)
    {
        var keys = new List<ApplicationKey>();
        await foreach (string name in state.ListAsync(Folder, cancellationToken))
        {
            if (name.EndsWith(DocumentName, StringComparison.Ordinal) && ApplicationKey.Parse(name[Folder.Length..^DocumentName.Length]) is { } key) keys.Add(key);
        }

        return keys;
    }

    private async Task<(string? Version, ApplicationDocument? Document)> ReadAsync(ApplicationKey key, CancellationToken cancellationToken)
    {
        string name = FolderOf(key) + DocumentName;
        return await state.GetAsync(name, cancellationToken) is { } document ? (document.Version, ApplicationDocument.Read(document, name)) : (null, null);
    }

    private async Task<StoredApplication> StoredAsync(ApplicationKey key, ApplicationDocument document, CancellationToken cancellationToken)
    {
        GhostApplication application = document.Application(FolderOf(key) + DocumentName);
        AppliedDefinition? image = await _effects.FindAsync(key, EffectArea.Image, module: null, cancellationToken);
        return new StoredApplication
        {
            Definition = application,
            Revision = document.Revision,
            CreatedAt = document.CreatedAt,
            UpdatedAt = document.Changes[0].At,
            UpdatedBy = document.Changes[0].By,
            Changes = document.Changes,
            Ami = image?.Values.GetValueOrDefault(AppliedDefinition.Ami) ?? application.Ami,
        };
    }

    private async Task<CumulusException> NotFoundAsync(string wanted, CancellationToken cancellationToken)
    {
        string? near = NearestName.Of(wanted, (await KeysAsync(cancellationToken)).Select(k => k.Path));
        return new CumulusException(ErrorIds.ApplicationNotFound, FailureKind.NotFound, $"There is no application {wanted}.{(near is null ? "" : $" Did you mean {near}?")}")
        {
            Target = wanted,
            Advice = "See Get-GhostApplication for those that there are.",
        };
    }

    private static CumulusException Changed(ApplicationKey key, int from, ApplicationDocument now)
    {
        DefinitionChange[] since = [.. now.Changes.Where(c => c.Revision > from)];
        string what = since.Length == 0 ? $"It has revision {now.Revision} now." : $"Since then: {string.Join("; ", since.Select(c => c.ToString()))}.";
        return new CumulusException(ErrorIds.ApplicationChanged, FailureKind.Conflict, $"The change of {key} was made from revision {from}, and was not written. {what}")
        {
            Target = key.Path,
            Advice = "Get the application again and make your change anew.",
        };
    }
}
