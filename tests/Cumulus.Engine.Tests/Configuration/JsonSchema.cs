using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Yaml;

namespace Cumulus.Engine.Tests.Configuration;

/// <summary>As much of JSON Schema (https://json-schema.org/draft/2020-12) as our schema uses; a keyword that it does not know fails the test.</summary>
internal sealed class JsonSchema(JsonElement root)
{
    private static readonly HashSet<string> Annotations = ["$schema", "$defs", "title", "description", "deprecated"];

    public bool Accepts(object? value) => Accepts(root, value);

    /// <summary>The document as editors see it: plain scalars of YAML's core schema have types.</summary>
    public static object? ReadYaml(string text) => Value(YamlReader.Read(text, "cumulus.yml", new ProblemCollector()));

    private static object? Value(YamlNode? node) => node switch
    {
        YamlMapping mapping => mapping.Entries.ToDictionary(e => e.Key, e => Value(e.Value)),
        YamlSequence sequence => sequence.Items.Select(Value).ToList(),
        null or YamlScalar { IsNull: true } => null,
        YamlScalar { IsPlain: false } scalar => scalar.Text,
        YamlScalar { Text: "true" or "false" } scalar => scalar.Text == "true",
        YamlScalar scalar => decimal.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : scalar.Text,
        _ => throw new InvalidOperationException(),
    };

    private bool Accepts(JsonElement schema, object? value)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False) return schema.GetBoolean();
        return schema.EnumerateObject().Where(k => !Annotations.Contains(k.Name)).All(k => k.Name switch
        {
            "$ref" => Accepts(root.GetProperty("$defs").GetProperty(k.Value.GetString()!["#/$defs/".Length..]), value),
            "anyOf" => k.Value.EnumerateArray().Any(s => Accepts(s, value)),
            "type" => (k.Value.ValueKind == JsonValueKind.Array ? k.Value.EnumerateArray().ToArray() : [k.Value]).Any(t => IsOfType(t.GetString()!, value)),
            "enum" => k.Value.EnumerateArray().Any(e => value is decimal d ? e.ValueKind == JsonValueKind.Number && e.GetDecimal() == d : e.ValueKind == JsonValueKind.String && e.GetString() == value as string),
            "pattern" => value is not string text || Regex.IsMatch(text, k.Value.GetString()!, RegexOptions.ECMAScript),
            "minimum" => value is not decimal number || number >= k.Value.GetDecimal(),
            "maximum" => value is not decimal number || number <= k.Value.GetDecimal(),
            "maxItems" => value is not List<object?> list || list.Count <= k.Value.GetInt32(),
            "items" => value is not List<object?> list || list.TrueForAll(i => Accepts(k.Value, i)),
            "propertyNames" => value is not Dictionary<string, object?> map || map.Keys.All(n => Accepts(k.Value, n)),
            "properties" => value is not Dictionary<string, object?> map || map.All(p => !k.Value.TryGetProperty(p.Key, out JsonElement s) || Accepts(s, p.Value)),
            "patternProperties" => value is not Dictionary<string, object?> map || k.Value.EnumerateObject().All(s => map.Where(p => Regex.IsMatch(p.Key, s.Name, RegexOptions.ECMAScript)).All(p => Accepts(s.Value, p.Value))),
            "additionalProperties" => value is not Dictionary<string, object?> map || map.Where(p => !IsNamed(schema, p.Key)).All(p => Accepts(k.Value, p.Value)),
            _ => throw new NotSupportedException($"The keyword '{k.Name}' is not known to this test."),
        });
    }

    private static bool IsNamed(JsonElement schema, string name) =>
        (schema.TryGetProperty("properties", out JsonElement named) && named.TryGetProperty(name, out _))
        || (schema.TryGetProperty("patternProperties", out JsonElement patterns) && patterns.EnumerateObject().Any(p => Regex.IsMatch(name, p.Name, RegexOptions.ECMAScript)));

    private static bool IsOfType(string type, object? value) => type switch
    {
        "null" => value is null,
        "boolean" => value is bool,
        "number" => value is decimal,
        "integer" => value is decimal d && d == Math.Truncate(d),
        "string" => value is string,
        "array" => value is List<object?>,
        "object" => value is Dictionary<string, object?>,
        _ => throw new NotSupportedException(type),
    };
}
