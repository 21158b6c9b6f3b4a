using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>
/// Tells what an update would do, and why, without doing anything
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html).
/// </summary>
/// <param name="now">The stack as it is; without resources for one that is to be created.</param>
/// <param name="target">What it is to be.</param>
/// <param name="values">Values of the target's parameters and pseudo parameters.</param>
internal sealed class ChangeSetPlanner(StackSnapshot now, StackDefinition target, IReadOnlyDictionary<string, JsonNode> values, Func<string, string> import)
{
    private readonly ForeseenValues _foreseen = new(now.Resources);

    /// <summary>Removals last, everything else in the template's order.</summary>
    /// <exception cref="TemplateException">The template cannot be evaluated.</exception>
    public IReadOnlyList<ResourceChange> Plan()
    {
        var evaluator = new Evaluator(target.Template, values, _foreseen, import);
        var plan = StackPlan.For(target.Template, evaluator);
        var declared = plan.Resources.ToDictionary(resource => resource.LogicalId);
        var changes = new Dictionary<string, ResourceChange?>();
        foreach (var id in declared.Keys)
            Visit(id, declared, plan, evaluator, changes);
        var removed = now.Resources.Values.Where(resource => !declared.ContainsKey(resource.LogicalId) && resource.State is not null).Select(resource =>
            new ResourceChange("Remove", resource.LogicalId, resource.PhysicalId, resource.Type)
            {
                PolicyAction = resource.Declaration.DeletionPolicy == "Snapshot" ? "Snapshot" : resource.Declaration.DeletionPolicy.StartsWith("Retain", StringComparison.Ordinal) ? "Retain" : "Delete",
                Before = resource.Properties,
            });
        return [.. declared.Keys.Select(id => changes[id]).OfType<ResourceChange>(), .. removed];
    }

    /// <summary>After those it depends on: whether they change decides what is known of its values.</summary>
    private void Visit(string id, Dictionary<string, ResourceDeclaration> declared, StackPlan plan, Evaluator evaluator, Dictionary<string, ResourceChange?> changes)
    {
        if (changes.ContainsKey(id))
            return;
        foreach (var other in plan.Dependencies[id].Where(declared.ContainsKey))
            Visit(other, declared, plan, evaluator, changes);
        changes[id] = ChangeOf(declared[id], evaluator);
    }

    private ResourceChange? ChangeOf(ResourceDeclaration declaration, Evaluator evaluator)
    {
        var after = StackPlan.PropertiesOf(declaration, evaluator);
        if (now.Resources.GetValueOrDefault(declaration.LogicalId) is not { State: not null } existing)
            return new ResourceChange("Add", declaration.LogicalId, "", declaration.Type) { After = after };
        var type = TypeTable.Find(declaration.Type)!;
        var changed = StackPlan.Changes(type, existing.Properties, after);
        if (changed.Count == 0 && existing.Type == declaration.Type)
            return null;
        var details = changed.SelectMany(change => DetailsOf(change, declaration, existing)).ToList();
        var replacement = existing.Type != declaration.Type ? "True" : ReplacementBy(details);
        if (replacement == "True")
            _foreseen.WillBeReplaced(declaration.LogicalId);
        else
            _foreseen.WillBeModified(declaration.LogicalId);
        return new ResourceChange("Modify", declaration.LogicalId, existing.PhysicalId, declaration.Type)
        {
            Replacement = replacement,
            PolicyAction = replacement == "False" ? null : declaration.UpdateReplacePolicy switch { "Retain" => "ReplaceAndRetain", "Snapshot" => "ReplaceAndSnapshot", _ => "ReplaceAndDelete" },
            Details = details,
            Before = existing.Properties,
            After = after,
        };
    }

    /// <summary>Certain when a value that is known calls for it; conditional when that hangs on a value to come or on the service.</summary>
    private static string ReplacementBy(IReadOnlyList<ChangeDetail> details) =>
        details.Any(detail => detail.IsStatic && detail.Recreation == Recreation.Always) ? "True"
        : details.Any(detail => detail.Recreation != Recreation.Never) ? "Conditional" : "False";

    private List<ChangeDetail> DetailsOf(PropertyChange change, ResourceDeclaration declaration, StackResource existing)
    {
        var wanted = TemplateValue.Child(declaration.Properties, change.Name);
        var details = new List<ChangeDetail>();
        ChangeDetail Detail(bool isStatic, string source, string? cause) => new(change.Name, change.Recreation, isStatic, source, cause, change.Before, change.After);

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
        else if (details.Any(detail => detail.Source == "ParameterReference") || details.Count == 0)
            details.Add(Detail(details.Count == 0, "DirectModification", null));
        return details;
    }

    private bool IsChangedParameter(string name) =>
        target.Parameters.TryGetValue(name, out var value) &&
        (now.Definition.Parameters.GetValueOrDefault(name) != value || now.Definition.Resolved.GetValueOrDefault(name) != target.Resolved.GetValueOrDefault(name));
}
