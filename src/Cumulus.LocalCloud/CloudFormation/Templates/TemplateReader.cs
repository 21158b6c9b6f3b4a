using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>Reads a template's text, JSON or YAML, into one form: the short forms of functions (<c>!Ref</c>) become the long ones.</summary>
internal static class TemplateReader
{
    /// <summary>No real template comes near it; reading deeper would take the stack of this process.</summary>
    private const int DepthLimit = 64;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
    private static readonly HashSet<string> Functions =
    [
        "And", "Base64", "Cidr", "Equals", "FindInMap", "ForEach", "GetAtt", "GetAZs", "If", "ImportValue", "Join", "Length", "Not", "Or", "Select",
        "Split", "Sub", "ToJsonString", "Transform",
    ];

    /// <exception cref="TemplateException">It is neither, or holds no mapping.</exception>
    public static JsonObject Read(string text)
    {
        // JSON is YAML, but for tabs in its indentation.
        var root = text.TrimStart().StartsWith('{') ? TryReadJson(text) ?? ReadYaml(text) : ReadYaml(text);
        return root as JsonObject ?? throw new TemplateException("Template format error: unsupported structure.");
    }

    /// <summary>Null when it is no JSON.</summary>
    public static JsonNode? TryReadJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = DepthLimit });
            return Convert(document.RootElement);
        }
        catch (JsonException)
        {
            // YAML may begin with a brace, too.
            return null;
        }
    }

    private static JsonNode? ReadYaml(string text)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            var depth = 0;
            while (parser.MoveNext())
            {
                if (parser.Current is AnchorAlias)
                    throw new TemplateException("Template error: YAML aliases are not allowed in CloudFormation templates");
                depth += parser.Current!.NestingIncrease;
                if (depth > DepthLimit)
                    throw new TemplateException($"Template format error: nested too deep {At(parser.Current.Start)}");
            }
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents is [var document] ? Convert(document.RootNode) : null;
        }
        catch (YamlException e)
        {
            throw new TemplateException($"Template format error: YAML not well-formed. {At(e.Start)}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 16.3 stumbles so over some broken documents, such as the tag "!<>".
            throw new TemplateException($"Template format error: YAML not well-formed. {At(parser.Current?.End ?? Mark.Empty)}", e);
        }
    }

    private static JsonNode? Convert(YamlNode node)
    {
        var tag = node.Tag.IsEmpty ? "" : node.Tag.Value;
        if (!tag.StartsWith('!') || tag == "!")
            return ConvertUntagged(node);
        var name = tag[1..];
        var value = ConvertUntagged(node);
        if (name is "Ref" or "Condition")
            return new JsonObject { [name] = value };
        if (!Functions.Contains(name))
            throw new TemplateException($"Template format error: YAML not well-formed. Unknown tag {tag} {At(node.Start)}");
        // The short form of GetAtt is one word; the attribute's name may have dots itself.
        if (name == "GetAtt" && value is JsonValue && TemplateValue.Text(value) is { } path && path.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot)
            value = new JsonArray(path[..dot], path[(dot + 1)..]);
        return new JsonObject { ["Fn::" + name] = value };
    }

    private static JsonNode? ConvertUntagged(YamlNode node) => node switch
    {
        YamlMappingNode map => ConvertMap(map),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode scalar => ConvertScalar(scalar),
        _ => null,
    };

    private static JsonObject ConvertMap(YamlMappingNode map)
    {
        var members = new JsonObject();
        foreach (var (key, value) in map.Children)
        {
            if (key is not YamlScalarNode { Value: { } name })
                throw new TemplateException($"Template format error: YAML not well-formed. {At(key.Start)}");
            members[name] = Convert(value);
        }
        return members;
    }

    /// <summary>Only what is written the same way afterwards becomes a number: an account's id keeps its zeros.</summary>
    private static JsonNode? ConvertScalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty)
            return text;
        return text switch
        {
            "" or "~" or "null" => null,
            "true" or "True" => true,
            "false" or "False" => false,
            _ when long.TryParse(text, out var number) && FormattableString.Invariant($"{number}") == text => number,
            _ => text,
        };
    }

    private static JsonNode? Convert(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (var property in value.EnumerateObject())
                    map[property.Name] = Convert(property.Value);
                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(Convert)]);
            default:
                return JsonNode.Parse(value.GetRawText());
        }
    }

    private static string At(Mark mark) => FormattableString.Invariant($"(line {mark.Line}, column {mark.Column})");
}
