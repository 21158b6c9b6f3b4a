using Cumulus.Engine.Configuration;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>What of each application was brought into effect: documents <c>effect/AREA</c> and <c>effect/module/NAME</c> beside its definition.</summary>
/// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, <see cref="ErrorIds.NameInvalid"/>, and what the home of the state names; so with all methods here.</exception>
public sealed class EffectStore(IStateStore state, TimeProvider clock)
{
    /// <summary>Null when the area was never brought into effect.</summary>
    public async Task<AppliedDefinition?> FindAsync(ApplicationKey key, EffectArea area, string? module, CancellationToken cancellationToken)
    {
        string name = NameOf(key, area, module);
        return await state.GetAsync(name, cancellationToken) is { } document ? AppliedDefinition.Read(document, name) : null;
    }

    public async Task<IReadOnlyList<AppliedDefinition>> ReadAsync(ApplicationKey key, CancellationToken cancellationToken)
    {
        var found = new List<AppliedDefinition>();
        await foreach (string name in state.ListAsync(FolderOf(key), cancellationToken))
        {
            if (await state.GetAsync(name, cancellationToken) is { } document) found.Add(AppliedDefinition.Read(document, name));
        }

        return found;
    }

    /// <summary>
    /// Writes down that an area is in effect as <paramref name="application"/> says, which is the definition that the command began with: a change made meanwhile stays pending (G-29).
    /// </summary>
    /// <param name="values">What came out, such as <see cref="AppliedDefinition.Ami"/>.</param>
    public async Task WriteAsync(StoredApplication application, EffectArea area, string? module, string by, string? job, IReadOnlyDictionary<string, string> values, CancellationToken cancellationToken)
    {
        ApplicationKey key = application.Definition.Key;
        var applied = new AppliedDefinition
        {
            Area = area,
            Module = module,
            Revision = application.Revision,
            Job = job,
            At = clock.GetUtcNow(),
            By = by,
            Fields = EffectRules.FieldsOf(application.Definition, area, module),
            Values = values,
        };
        string name = NameOf(key, area, module);
        string? written = null;
        while (written is null)
        {
            written = await state.GetAsync(name, cancellationToken) is { } there
                ? await state.PutIfMatchAsync(name, applied.ToBytes(), there.Version, cancellationToken)
                : await state.PutIfAbsentAsync(name, applied.ToBytes(), cancellationToken);
        }
    }

    /// <summary>A module that is nowhere any more.</summary>
    public Task ForgetModuleAsync(ApplicationKey key, string module, CancellationToken cancellationToken) =>
        state.DeleteAsync(NameOf(key, EffectArea.Module, module), cancellationToken);

    internal async Task RemoveAsync(ApplicationKey key, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (string name in state.ListAsync(FolderOf(key), cancellationToken)) names.Add(name);
        foreach (string name in names) await state.DeleteAsync(name, cancellationToken);
    }

    private static string FolderOf(ApplicationKey key) => ApplicationStore.FolderOf(key) + "/effect/";

    private static string NameOf(ApplicationKey key, EffectArea area, string? module) => area == EffectArea.Module
        ? $"{FolderOf(key)}module/{NameRules.Require("name of the module", module!)}"
        : $"{FolderOf(key)}{area.ToString().ToLowerInvariant()}";
}
