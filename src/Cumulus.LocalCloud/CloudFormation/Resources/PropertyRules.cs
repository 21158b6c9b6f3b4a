using System.Globalization;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>One property that its type's schema does not allow as it is.</summary>
/// <param name="Property">Null when one is missing.</param>
/// <param name="Reason">In the words of the registry's validation.</param>
internal sealed record PropertyProblem(string? Property, string Reason);

/// <summary>
/// Whether properties fit the schema of their type, as far as <see cref="TypeTable"/> knows it: which there are, which must be there, and their form
/// (https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html).
/// </summary>
internal static class PropertyRules
{
    public static IReadOnlyList<PropertyProblem> Check(TypeFacts type, JsonObject properties)
    {
        var problems = type.Required.Where(name => !properties.ContainsKey(name)).Select(name => new PropertyProblem(null, $"#: required key [{name}] not found")).ToList();
        if (type.IsCustom || type.Properties.Count == 0)
            return problems;
        foreach (var (name, value) in properties)
        {
            if (!type.Properties.TryGetValue(name, out var form))
                problems.Add(new PropertyProblem(name, $"#: extraneous key [{name}] is not permitted"));
            else if (Wanted(form, value) is { } wanted)
                problems.Add(new PropertyProblem(name, $"#/{name}: expected type: {wanted}, found: {Found(value)}"));
        }
        return problems;
    }

    /// <summary>Null when the form is right: numbers and truth values may be given as text, and what is not known yet may become anything.</summary>
    private static string? Wanted(char form, JsonNode? value)
    {
        if (value is null || TemplateValue.Text(value)?.Contains("{{", StringComparison.Ordinal) == true)
            return null;
        var isNumber = decimal.TryParse(TemplateValue.Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        return form switch
        {
            's' when value is not JsonValue => "String",
            'i' when !isNumber || number != decimal.Truncate(number) => "Integer",
            'n' when !isNumber => "Number",
            'b' when !bool.TryParse(TemplateValue.Text(value), out _) => "Boolean",
            'o' when value is not JsonObject => "JSONObject",
            'a' when value is not JsonArray => "JSONArray",
            _ => null,
        };
    }

    private static string Found(JsonNode? value) => value switch
    {
        JsonObject => "JSONObject",
        JsonArray => "JSONArray",
        JsonValue number when number.GetValueKind() == System.Text.Json.JsonValueKind.Number => "Integer",
        JsonValue truth when truth.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "Boolean",
        _ => "String",
    };
}
