using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Cumulus.LocalCloud.Templates;

/// <summary>Reads a template's text into nodes: JSON, or YAML with the short forms of functions (<c>!Ref</c>) as tags of the nodes.</summary>
internal static class TemplateReader
{
    /// <summary>No real template comes near it; reading deeper would take the stack of this process.</summary>
    private const int DepthLimit = 64;

    /// <exception cref="TemplateException">It is neither, or holds no mapping.</exception>
    public static YamlMappingNode Read(string text)
    {
        // JSON is YAML, but for tabs in its indentation.
        var root = text.TrimStart().StartsWith('{') ? ReadJson(text) ?? ReadYaml(text) : ReadYaml(text);
        return root as YamlMappingNode ?? throw new TemplateException("Template format error: unsupported structure.");
    }

    private static YamlNode? ReadJson(string text)
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

    private static YamlNode? ReadYaml(string text)
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
            return stream.Documents is [var document] ? document.RootNode : null;
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

    private static YamlNode Convert(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new YamlMappingNode();
                foreach (var property in value.EnumerateObject())
                    map.Children[new YamlScalarNode(property.Name)] = Convert(property.Value);
                return map;
            case JsonValueKind.Array:
                return new YamlSequenceNode(value.EnumerateArray().Select(Convert));
            case JsonValueKind.String:
                return new YamlScalarNode(value.GetString());
            default:
                return new YamlScalarNode(value.GetRawText());
        }
    }

    private static string At(Mark mark) => FormattableString.Invariant($"(line {mark.Line}, column {mark.Column})");
}
