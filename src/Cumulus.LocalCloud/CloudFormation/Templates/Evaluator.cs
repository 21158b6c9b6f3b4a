using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>What resources that exist (or will) give to those that refer to them.</summary>
internal interface IResourceValues
{
    JsonNode Reference(string logicalId);

    JsonNode Attribute(string logicalId, string attribute);
}

/// <summary>
/// Evaluates functions (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html).
/// </summary>
/// <param name="values">Values of parameters and pseudo parameters.</param>
/// <param name="import">The value that a name is exported with.</param>
internal sealed class Evaluator(Template template, IReadOnlyDictionary<string, JsonNode> values, IResourceValues resources, Func<string, string> import)
{
    private const string NoValueName = "AWS::NoValue";

    // Known by its identity: what evaluates to it is left out.
    private static readonly JsonNode NoValue = JsonValue.Create(NoValueName);

    private readonly Dictionary<string, bool> _conditions = [];

    /// <exception cref="TemplateException">A function has arguments that it cannot have.</exception>
    public JsonNode? Evaluate(JsonNode? node)
    {
        var value = Value(node);
        return ReferenceEquals(value, NoValue) ? null : value;
    }

    /// <exception cref="TemplateException">As <see cref="Evaluate"/>, or it is no text.</exception>
    public string Text(JsonNode? node) => TemplateValue.Text(Evaluate(node)) ?? throw new TemplateException("Template error: a string is wanted where the template has a list or a map");

    /// <summary>Whether something with this condition is to be there; null stands for no condition.</summary>
    public bool Holds(string? condition)
    {
        if (condition is null)
            return true;
        if (_conditions.TryGetValue(condition, out var known))
            return known;
        if (!template.Conditions.TryGetPropertyValue(condition, out var declared))
            throw new TemplateException($"Template format error: Unresolved condition dependency {condition} in the Conditions block of the template");
        return _conditions[condition] = Truth(declared);
    }

    private JsonNode? Value(JsonNode? node)
    {
        if (TemplateValue.Function(node) is var (name, argument))
            return Call(name, argument);
        switch (node)
        {
            case JsonObject map:
                var members = new JsonObject();
                foreach (var (key, member) in map)
                {
                    var value = Value(member);
                    if (!ReferenceEquals(value, NoValue))
                        members[key] = value?.DeepClone();
                }
                return members;
            case JsonArray list:
                return new JsonArray([.. list.Select(Value).Where(item => !ReferenceEquals(item, NoValue)).Select(item => item?.DeepClone())]);
            default:
                return node;
        }
    }

    private JsonNode? Call(string name, JsonNode? argument) => name switch
    {
        "Ref" => Ref(Text(argument)),
        "Condition" => argument is JsonValue ? Holds(Text(argument)) : Members(name, argument),
        "Fn::GetAtt" => GetAtt(argument),
        "Fn::Sub" => Sub(argument),
        "Fn::Join" => Join(argument),
        "Fn::Split" => Arguments(name, argument, 2) is var split ? new JsonArray([.. Text(split[1]).Split(Text(split[0])).Select(part => (JsonNode)part)]) : null,
        "Fn::Select" => Select(argument),
        "Fn::FindInMap" => FindInMap(argument),
        "Fn::If" => Arguments(name, argument, 3) is var branches ? Value(branches[Holds(Text(branches[0])) ? 1 : 2]) : null,
        "Fn::Equals" or "Fn::And" or "Fn::Or" or "Fn::Not" => Truth(name, argument),
        "Fn::ImportValue" => import(Text(argument)),
        "Fn::Base64" => Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(argument))),
        "Fn::Cidr" => Cidr(argument),
        "Fn::GetAZs" => Zones(argument),
        "Fn::Length" => Evaluate(argument) is JsonArray list ? list.Count : throw Wrong(name, "a list"),
        "Fn::ToJsonString" => Evaluate(argument)?.ToJsonString() ?? "null",
        _ => throw new TemplateException($"Template error: LocalCloud does not do the function {name}"),
    };

    /// <summary>A map whose only member happens to be called Condition, as a statement of a policy may be.</summary>
    private JsonObject Members(string name, JsonNode? argument) => new() { [name] = Evaluate(argument)?.DeepClone() };

    private JsonNode Ref(string name)
    {
        if (name == NoValueName)
            return NoValue;
        return values.TryGetValue(name, out var value) ? value : resources.Reference(name);
    }

    private JsonNode GetAtt(JsonNode? argument) => argument switch
    {
        JsonArray { Count: 2 } pair => resources.Attribute(Text(pair[0]), Text(pair[1])),
        JsonValue value when References.Parse(TemplateValue.Text(value)!) is { Attribute: { } attribute } parsed => resources.Attribute(parsed.Name, attribute),
        _ => throw new TemplateException("Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute"),
    };

    private string Sub(JsonNode? argument)
    {
        var (text, variables) = argument switch
        {
            JsonArray { Count: 2 } pair when pair[1] is JsonObject map => (TemplateValue.Text(pair[0]), map),
            JsonValue value => (TemplateValue.Text(value), []),
            _ => (null, new JsonObject()),
        };
        if (text is null)
        {
            throw new TemplateException(
                "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string");
        }
        return References.Placeholder().Replace(text, match =>
        {
            var name = match.Groups[2].Value;
            if (match.Groups[1].Value == "!")
                return "${" + name + "}";
            if (variables.TryGetPropertyValue(name, out var variable))
                return Text(variable);
            var reference = References.Parse(name);
            return Text(reference.Attribute is { } attribute ? resources.Attribute(reference.Name, attribute) : Ref(name));
        });
    }

    private string Join(JsonNode? argument)
    {
        var arguments = Arguments("Fn::Join", argument, 2);
        return Evaluate(arguments[1]) is JsonArray list
            ? string.Join(Text(arguments[0]), list.Select(item => TemplateValue.Text(item) ?? throw Wrong("Fn::Join", "a list of strings")))
            : throw Wrong("Fn::Join", "a delimiter and a list");
    }

    private JsonNode? Select(JsonNode? argument)
    {
        var arguments = Arguments("Fn::Select", argument, 2);
        if (Evaluate(arguments[1]) is not JsonArray list || !int.TryParse(Text(arguments[0]), out var index))
            throw Wrong("Fn::Select", "an index and a list");
        return index >= 0 && index < list.Count ? list[index] : throw new TemplateException($"Template error: Fn::Select cannot select nonexistent value at index {index}");
    }

    private JsonNode? FindInMap(JsonNode? argument)
    {
        if (argument is not JsonArray { Count: 3 or 4 } path)
            throw Wrong("Fn::FindInMap", "a map name and two keys");
        var (map, first, second) = (Text(path[0]), Text(path[1]), Text(path[2]));
        if (TemplateValue.Child(template.Mappings, map) is not { } mapping)
            throw new TemplateException($"Template error: Mapping named '{map}' is not present in the 'Mappings' section of template.");
        if (TemplateValue.Child(TemplateValue.Child(mapping, first), second) is { } found)
            return found;
        return path.Count == 4 && path[3] is JsonObject fallback && fallback.TryGetPropertyValue("DefaultValue", out var value)
            ? Value(value)
            : throw new TemplateException($"Template error: Unable to get mapping for {map}::{first}::{second}");
    }

    private bool Truth(JsonNode? node)
    {
        if (TemplateValue.Function(node) is ("Fn::Equals" or "Fn::And" or "Fn::Or" or "Fn::Not" or "Condition", _) function)
            return Truth(function.Name, function.Argument);
        return TemplateValue.IsTrue(Evaluate(node));
    }

    private bool Truth(string name, JsonNode? argument) => name switch
    {
        "Condition" => Holds(Text(argument)),
        "Fn::Equals" => Arguments(name, argument, 2) is var pair && TemplateValue.Same(Evaluate(pair[0]), Evaluate(pair[1])),
        "Fn::Not" => !Truth(Arguments(name, argument, 1)[0]),
        "Fn::And" => Several(name, argument).All(Truth),
        _ => Several(name, argument).Any(Truth),
    };

    // Two to ten (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html).
    private static JsonArray Several(string name, JsonNode? argument) =>
        argument is JsonArray { Count: >= 2 and <= 10 } list ? list : throw Wrong(name, "2 to 10 conditions");

    private JsonArray Cidr(JsonNode? argument)
    {
        if (argument is not JsonArray { Count: 2 or 3 } given || !IPNetwork.TryParse(Text(given[0]), out var block) ||
            !int.TryParse(Text(given[1]), out var count) || !int.TryParse(given.Count == 3 ? Text(given[2]) : "8", out var bits) ||
            block.BaseAddress.GetAddressBytes() is not { Length: 4 } bytes)
        {
            throw Wrong("Fn::Cidr", "an IPv4 block, a count and the bits of a subnet");
        }
        var first = (long)BitConverter.ToUInt32([.. bytes.Reverse()]);
        if (bits is < 1 or > 31 || 32 - bits < block.PrefixLength || first + ((long)count << bits) > first + (1L << (32 - block.PrefixLength)))
            throw new TemplateException($"Template error: Fn::Cidr cannot make {count} subnets of {bits} bits in {block}");
        return new JsonArray([.. Enumerable.Range(0, count).Select(i =>
            (JsonNode)$"{new IPAddress([.. BitConverter.GetBytes((uint)(first + ((long)i << bits))).Reverse()])}/{(32 - bits).ToString(CultureInfo.InvariantCulture)}")]);
    }

    private JsonArray Zones(JsonNode? argument)
    {
        var region = argument is null ? "" : Text(argument);
        if (region == "")
            region = TemplateValue.Text(values["AWS::Region"]);
        return new JsonArray([.. "abc".Select(letter => (JsonNode)$"{region}{letter}")]);
    }

    private static JsonArray Arguments(string name, JsonNode? argument, int count) =>
        argument is JsonArray list && list.Count == count ? list : throw Wrong(name, $"a list of {count}");

    private static TemplateException Wrong(string name, string wanted) => new($"Template error: every {name} object requires {wanted}");
}
