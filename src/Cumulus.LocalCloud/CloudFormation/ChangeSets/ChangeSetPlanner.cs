using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Drift;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>Makes the change set of a nested stack; null when nothing changes in it.</summary>
/// <param name="properties">Of the nested stack's resource; what is not known yet is <see cref="ForeseenValues.Unknown"/>.</param>
/// <param name="existing">Null for one that is to be created.</param>
internal delegate Task<ChangeSet?> NestedPlan(ResourceDeclaration declaration, JsonObject properties, StackResource? existing);

/// <summary>
/// Tells what an update would do, and why, without doing anything
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html).
/// </summary>
/// <param name="now">The stack as it was made last; without resources for one that is to be created.</param>
/// <param name="target">What it is to be.</param>
/// <param name="values">Values of the target's parameters and pseudo parameters.</param>
/// <param name="drifts">How the real things differ from that; null when they do not count.</param>
/// <param name="nested">Null when the templates of nested stacks are not looked at.</param>
internal sealed class ChangeSetPlanner(
    StackSnapshot now,
    StackDefinition target,
    IReadOnlyDictionary<string, JsonNode> values,
    Func<string, string> import,
    IReadOnlyDictionary<string, ResourceDrift>? drifts = null,
    NestedPlan? nested = null)
{
    private readonly ForeseenValues _foreseen = new(now.Resources);

    /// <summary>Removals last, everything else in the template's order.</summary>
    /// <exception cref="TemplateException">The template cannot be evaluated.</exception>
    public async Task<IReadOnlyList<ResourceChange>> PlanAsync()
    {
        var evaluator = new Evaluator(target.Template, values, _foreseen, import);
        var plan = StackPlan.For(target.Template, evaluator);
        var declared = plan.Resources.ToDictionary(resource => resource.LogicalId);
        var changes = new Dictionary<string, ResourceChange?>();
        foreach (var id in declared.Keys)
            await VisitAsync(id, declared, plan, evaluator, changes);
        // Outputs too must be such that they can be evaluated.
        foreach (var output in target.Template.Outputs.Where(output => evaluator.Holds(output.Condition)))
            evaluator.Evaluate(output.Value);
        var removed = now.Resources.Values.Where(resource => !declared.ContainsKey(resource.LogicalId) && resource.State is not null).Select(resource =>
            new ResourceChange("Remove", resource.LogicalId, resource.PhysicalId, resource.Type)
            {
                PolicyAction = resource.Declaration.DeletionPolicy == "Snapshot" ? "Snapshot" : resource.Declaration.DeletionPolicy.StartsWith("Retain", StringComparison.Ordinal) ? "Retain" : "Delete",
                Before = resource.Properties,
                DriftStatus = DriftStatusOf(resource.LogicalId),
            });
        return [.. declared.Keys.Select(id => changes[id]).OfType<ResourceChange>(), .. removed];
    }

    /// <summary>After those it depends on: whether they change decides what is known of its values.</summary>
    private async Task VisitAsync(string id, Dictionary<string, ResourceDeclaration> declared, StackPlan plan, Evaluator evaluator, Dictionary<string, ResourceChange?> changes)
    {
        if (changes.ContainsKey(id))
            return;
        foreach (var other in plan.Dependencies[id].Where(declared.ContainsKey))
            await VisitAsync(other, declared, plan, evaluator, changes);
        var declaration = declared[id];
        var after = StackPlan.PropertiesOf(declaration, evaluator);
        var change = ChangeOf(declaration, after);
        changes[id] = declaration.Type == Stack.ResourceType ? await NestedChangeAsync(declaration, after, change) : change;
    }

    private ResourceChange? ChangeOf(ResourceDeclaration declaration, JsonObject after)
    {
        var id = declaration.LogicalId;
        var drift = drifts?.GetValueOrDefault(id);
        if (now.Resources.GetValueOrDefault(id) is not { State: not null } existing || existing.Status == "DELETE_COMPLETE" || drift?.Status == "DELETED")
        {
            if (drift is not null)
                _foreseen.WillBeReplaced(id);
            return new ResourceChange("Add", id, "", declaration.Type) { After = after, DriftStatus = drift?.Status };
        }
        var type = TypeTable.Find(declaration.Type)!;
        var changed = StackPlan.Changes(type, drift?.Actual ?? existing.Properties, after);
        if (changed.Count == 0 && existing.Type == declaration.Type)
            return drift is { IsDrifted: true } ? SyncOf(declaration, existing, drift, after) : null;
        var details = changed.SelectMany(change => DetailsOf(change, declaration, existing, drift)).ToList();
        var replacement = existing.Type != declaration.Type ? "True" : ReplacementBy(details);
        if (replacement == "True")
            _foreseen.WillBeReplaced(id);
        else
            _foreseen.WillBeModified(id);
        return new ResourceChange("Modify", id, existing.PhysicalId, declaration.Type)
        {
            Replacement = replacement,
            PolicyAction = replacement == "False" ? null : declaration.UpdateReplacePolicy switch { "Retain" => "ReplaceAndRetain", "Snapshot" => "ReplaceAndSnapshot", _ => "ReplaceAndDelete" },
            Details = details,
            Before = drift?.Actual ?? existing.Properties,
            After = after,
            Former = drift is null ? null : existing.Properties,
            DriftStatus = DriftStatusOf(id),
        };
    }

    /// <summary>The template has caught up with what is there.</summary>
    private static ResourceChange SyncOf(ResourceDeclaration declaration, StackResource existing, ResourceDrift drift, JsonObject after) =>
        new("SyncWithActual", declaration.LogicalId, existing.PhysicalId, declaration.Type)
        {
            Details =
            [
                .. drift.Differences.Select(difference => difference.Property).Distinct().Select(property =>
                    new ChangeDetail(property, Recreation.Never, true, "DirectModification", null, drift.Actual![property], after[property]) { IsSync = true, Drift = DriftOf(drift, property) }),
            ],
            Before = drift.Actual,
            After = after,
            Former = existing.Properties,
            DriftStatus = drift.Status,
        };

    /// <summary>Without a look at its template nobody knows whether it changes, so it is said that it may.</summary>
    private async Task<ResourceChange?> NestedChangeAsync(ResourceDeclaration declaration, JsonObject after, ResourceChange? change)
    {
        var existing = now.Resources.GetValueOrDefault(declaration.LogicalId) is { State: not null } resource ? resource : null;
        if (change?.Replacement == "True")
            existing = null;
        var set = nested is null ? null : await nested(declaration, after, existing);
        if (change is null && nested is not null && set is null)
            return null;
        if (change?.Action != "Add")
            _foreseen.WillBeModified(declaration.LogicalId);
        change ??= new ResourceChange("Modify", declaration.LogicalId, existing!.PhysicalId, declaration.Type)
        {
            Replacement = "False",
            Details = [new ChangeDetail(null, Recreation.Never, false, "Automatic", null, null, null)],
            Before = existing.Properties,
            After = after,
            DriftStatus = DriftStatusOf(declaration.LogicalId),
        };
        return set is null ? change : change with { ChangeSetId = set.Id, PhysicalId = set.Stack.Id };
    }

    private string? DriftStatusOf(string id) => drifts is null ? null : drifts.GetValueOrDefault(id)?.Status ?? "UNSUPPORTED";

    private static PropertyDrift? DriftOf(ResourceDrift? drift, string property) => drift?.Differences.Any(difference => difference.Property == property) == true
        ? new PropertyDrift(drift.Expected[property], drift.Actual![property], drift.At)
        : null;

    /// <summary>Certain when a value that is known calls for it; conditional when that hangs on a value to come or on the service.</summary>
    private static string ReplacementBy(IReadOnlyList<ChangeDetail> details) =>
        details.Any(detail => detail.IsStatic && detail.Recreation == Recreation.Always) ? "True"
        : details.Any(detail => detail.Recreation != Recreation.Never) ? "Conditional" : "False";

    private List<ChangeDetail> DetailsOf(PropertyChange change, ResourceDeclaration declaration, StackResource existing, ResourceDrift? drift)
    {
        var wanted = TemplateValue.Child(declaration.Properties, change.Name);
        var details = new List<ChangeDetail>();
        var drifted = DriftOf(drift, change.Name);
        ChangeDetail Detail(bool isStatic, string source, string? cause) =>
            new(change.Name, change.Recreation, isStatic, source, cause, change.Before, change.After) { Drift = drifted };

        foreach (var reference in References.In(wanted).Distinct())
        {
            if (IsChangedParameter(reference.Name))
                details.Add(Detail(true, "ParameterReference", reference.Name));
            else if (_foreseen.IsUncertain(reference))
                details.Add(reference.Attribute is { } attribute
                    ? Detail(false, "ResourceAttribute", $"{reference.Name}.{attribute}")
                    : Detail(false, "ResourceReference", reference.Name));
        }
        if (!TemplateValue.Same(wanted, TemplateValue.Child(existing.Declaration.Properties, change.Name)))
            details.Add(Detail(true, "DirectModification", null));
        else if (drifted is not null && details.Count == 0)
            details.Add(Detail(true, "NoModification", null));
        else if (details.Any(detail => detail.Source == "ParameterReference") || details.Count == 0)
            details.Add(Detail(details.Count == 0, "DirectModification", null));
        return details;
    }

    private bool IsChangedParameter(string name) =>
        target.Parameters.TryGetValue(name, out var value) &&
        (now.Definition.Parameters.GetValueOrDefault(name) != value || now.Definition.Resolved.GetValueOrDefault(name) != target.Resolved.GetValueOrDefault(name));
}
