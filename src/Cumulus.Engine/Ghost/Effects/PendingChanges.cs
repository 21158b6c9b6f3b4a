namespace Cumulus.Engine.Ghost;

/// <summary>Compares a definition with what is in effect. Pure.</summary>
public static class PendingChanges
{
    private const string Defined = "defined";

    /// <summary>What is pending, by area; an area that was never brought into effect is one entry.</summary>
    public static IReadOnlyList<PendingChange> Of(StoredApplication application, IReadOnlyList<AppliedDefinition> applied)
    {
        GhostApplication definition = application.Definition;
        var result = new List<PendingChange>();
        Compare(EffectArea.Image, null, application.Ami is null);
        Compare(EffectArea.Group, null, definition.Autoscale is not null);
        Compare(EffectArea.Boot, null, EffectRules.FieldsOf(definition, EffectArea.Boot, null).Count > 0);
        foreach (GhostModule module in definition.Modules) Compare(EffectArea.Module, module.Name, true);

        // One that instances still have, and the definition no more (G-29).
        foreach (AppliedDefinition gone in applied.Where(a => a.Area == EffectArea.Module && definition.Modules.All(m => m.Name != a.Module)).OrderBy(a => a.Module, StringComparer.Ordinal))
        {
            result.Add(Change(application, $"modules.{gone.Module}", null, "deployed", EffectArea.Module, gone.Module));
        }

        return result;

        void Compare(EffectArea area, string? module, bool isWantedAtFirst)
        {
            if (applied.FirstOrDefault(a => a.Area == area && a.Module == module) is not { } last)
            {
                string whole = area == EffectArea.Module ? $"modules.{module}" : area.ToString().ToLowerInvariant();
                if (isWantedAtFirst) result.Add(Change(application, whole, Defined, null, area, module));
                return;
            }

            IReadOnlyDictionary<string, string> now = EffectRules.FieldsOf(definition, area, module);
            result.AddRange(DefinitionFields.Changed(last.Fields, now).Select(f => Change(application, f, now.GetValueOrDefault(f), last.Fields.GetValueOrDefault(f), area, module)));
        }
    }

    private static PendingChange Change(StoredApplication application, string field, string? now, string? before, EffectArea area, string? module)
    {
        DefinitionChange? by = application.Changes.FirstOrDefault(c => c.Fields.Any(f => f == field || f.StartsWith(field + '.', StringComparison.Ordinal)));
        return new PendingChange
        {
            Name = application.Name,
            Env = application.Env,
            Role = application.Role,
            Colour = application.Colour,
            Field = field,
            Now = now,
            InEffect = before,
            Area = area,
            Needs = area switch
            {
                EffectArea.Image => "New-GhostImage",
                EffectArea.Group => "Update-GhostAutoScaling",
                EffectArea.Boot => "Update-GhostLifecycleHook",
                _ => $"Deploy-GhostApplication -Module {module}",
            },
            ChangedBy = by?.By,
            ChangedAt = by?.At,
        };
    }
}
