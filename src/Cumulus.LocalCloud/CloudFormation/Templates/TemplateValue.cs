using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>How values of templates are looked at: CloudFormation takes a number, a truth value and their text for the same thing.</summary>
internal static class TemplateValue
{
    /// <summary>A scalar's text; null when it is none.</summary>
    public static string? Text(JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonValue value => value.ToJsonString(),
        _ => null,
    };

    public static JsonNode? Child(JsonNode? node, string name) => node is JsonObject map && map.TryGetPropertyValue(name, out var child) ? child : null;

    public static string? Text(JsonNode? node, string name) => Text(Child(node, name));

    public static bool IsTrue(JsonNode? node) => string.Equals(Text(node), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The items of a list; a single value counts as a list of one.</summary>
    public static IReadOnlyList<JsonNode?> Items(JsonNode? node) => node switch
    {
        null => [],
        JsonArray list => [.. list],
        _ => [node],
    };

    public static IReadOnlyList<string> Texts(JsonNode? node) => [.. Items(node).Select(Text).OfType<string>()];

    /// <summary>The function that a node calls: the only member of a map, named Ref, Condition or Fn::something.</summary>
    public static (string Name, JsonNode? Argument)? Function(JsonNode? node) =>
        node is JsonObject { Count: 1 } map && map.First() is var (name, argument) &&
        (name is "Ref" or "Condition" || name.StartsWith("Fn::", StringComparison.Ordinal))
            ? (name, argument)
            : null;

    public static bool Same(JsonNode? one, JsonNode? other) => (one, other) switch
    {
        (null, null) => true,
        (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(pair => b.ContainsKey(pair.Key) && Same(pair.Value, b[pair.Key])),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        (JsonValue a, JsonValue b) => Text(a) == Text(b),
        _ => false,
    };
}
