using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <param name="Name">A parameter, a resource, or a pseudo parameter.</param>
/// <param name="Attribute">Null for <c>Ref</c>.</param>
internal readonly record struct Reference(string Name, string? Attribute);

/// <summary>What a part of a template refers to, without evaluating it.</summary>
internal static partial class References
{
    public static IEnumerable<Reference> In(JsonNode? node)
    {
        switch (TemplateValue.Function(node))
        {
            case ("Ref", var name) when TemplateValue.Text(name) is { } target:
                return [new Reference(target, null)];
            case ("Fn::GetAtt", var argument) when Attribute(argument) is { } found:
                return argument is JsonArray list ? found.Concat(list.Skip(1).SelectMany(In)) : found;
            case ("Fn::Sub", var argument):
                return InSub(argument);
        }
        return node switch
        {
            JsonObject map => map.SelectMany(member => In(member.Value)),
            JsonArray list => list.SelectMany(In),
            _ => [],
        };
    }

    /// <summary>The conditions that a part names: <c>Fn::If</c> and, among conditions, <c>Condition</c>.</summary>
    public static IEnumerable<string> Conditions(JsonNode? node, bool amongConditions)
    {
        var function = TemplateValue.Function(node);
        if (function is ("Fn::If", JsonArray { Count: > 0 } list) && TemplateValue.Text(list[0]) is { } name)
            return list.Skip(1).SelectMany(item => Conditions(item, amongConditions)).Prepend(name);
        if (amongConditions && function is ("Condition", var other) && TemplateValue.Text(other) is { } named)
            return [named];
        return node switch
        {
            JsonObject map => map.SelectMany(member => Conditions(member.Value, amongConditions)),
            JsonArray items => items.SelectMany(item => Conditions(item, amongConditions)),
            _ => [],
        };
    }

    /// <summary>Placeholders of <c>Fn::Sub</c>: <c>${Name}</c>, <c>${Name.Attribute}</c>; <c>${!Name}</c> stands for itself.</summary>
    [GeneratedRegex(@"\$\{(!?)\s*([^}\s]*)\s*\}")]
    public static partial Regex Placeholder();

    public static Reference Parse(string placeholder) =>
        placeholder.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? new(placeholder[..dot], placeholder[(dot + 1)..]) : new(placeholder, null);

    private static IEnumerable<Reference> InSub(JsonNode? argument)
    {
        var text = TemplateValue.Text(argument is JsonArray { Count: > 0 } list ? list[0] : argument) ?? "";
        var variables = argument is JsonArray { Count: > 1 } pair ? pair[1] as JsonObject : null;
        return Placeholder().Matches(text).Where(match => match.Groups[1].Value == "").Select(match => match.Groups[2].Value)
            .Where(name => variables?.ContainsKey(name) != true).Select(Parse)
            .Concat(variables is null ? [] : In(variables));
    }

    private static IEnumerable<Reference>? Attribute(JsonNode? argument) => argument switch
    {
        JsonArray { Count: > 1 } list when TemplateValue.Text(list[0]) is { } name => [new Reference(name, TemplateValue.Text(list[1]) ?? "")],
        JsonValue value when TemplateValue.Text(value) is { } path => [Parse(path)],
        _ => null,
    };
}
