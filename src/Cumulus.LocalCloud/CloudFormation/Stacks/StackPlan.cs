using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>One property that an update gives another value.</summary>
/// <param name="Before">Null when it is new.</param>
/// <param name="After">Null when it goes.</param>
internal sealed record PropertyChange(string Name, JsonNode? Before, JsonNode? After, Recreation Recreation);

/// <summary>
/// What of a template is there under the conditions that hold, and in which order: resources to those that they depend on.
/// </summary>
internal sealed record StackPlan(IReadOnlyList<ResourceDeclaration> Resources, IReadOnlyDictionary<string, IReadOnlySet<string>> Dependencies)
{
    public static StackPlan For(Template template, Evaluator evaluator)
    {
        // All of them now: resources are worked on at once, and evaluating remembers conditions.
        foreach (var (name, _) in template.Conditions)
            evaluator.Holds(name);
        return new StackPlan([.. template.Resources.Where(resource => evaluator.Holds(resource.Condition))], TemplateRules.Dependencies(template));
    }

    public static JsonObject PropertiesOf(ResourceDeclaration declaration, Evaluator evaluator) => (JsonObject)(evaluator.Evaluate(declaration.Properties) ?? new JsonObject());

    /// <summary>What differs, by top-level property, and whether it needs another resource.</summary>
    public static IReadOnlyList<PropertyChange> Changes(TypeFacts type, JsonObject before, JsonObject after) =>
    [
        .. before.Select(pair => pair.Key).Union(after.Select(pair => pair.Key)).Order(StringComparer.Ordinal)
            .Where(name => !TemplateValue.Same(before[name], after[name]))
            .Select(name => new PropertyChange(name, before[name], after[name], type.RecreationBy(name))),
    ];

    public static bool MeansReplacement(IEnumerable<PropertyChange> changes) => changes.Any(change => change.Recreation == Recreation.Always);

    /// <summary>A resource whose name the user chose cannot be there twice, so it cannot be replaced under that name.</summary>
    public static string? NameInTheWay(TypeFacts type, IReadOnlyList<PropertyChange> changes, JsonObject after) =>
        type.Identifier != "" && TemplateValue.Text(after, type.Identifier) is { } name && changes.All(change => change.Name != type.Identifier) ? name : null;
}
