using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cumulus.Engine.Templates;

/// <summary>Reads what a template says about itself, in JSON or YAML, short forms of functions (<c>!Ref</c>) and all. No file and no service is asked.</summary>
public static class TemplateReader
{
    /// <exception cref="TemplateFormatException">It is neither JSON nor YAML, or no template.</exception>
    public static TemplateDocument Read(string text)
    {
        YamlMappingNode root = Parse(text) is [var only]
            ? only.RootNode as YamlMappingNode ?? throw Format(only.RootNode, "a template is a mapping with 'Resources'")
            : throw new TemplateFormatException("it has to be one document", 1, 1);
        return new TemplateDocument
        {
            Text = text,
            Parameters = [.. Entries(root, "Parameters").Select(Parameter)],
            Resources = [.. Entries(root, "Resources").Select(r => new TemplateResource(r.Name, TextOf(r.Node, "Type") ?? ""))],
            Outputs = [.. Entries(root, "Outputs").Select(o => o.Name)],
            HasTransform = Child(root, "Transform") is not null,
            References = new ReferenceFinder(text).Find(root),
        };
    }

    internal static YamlNode? Child(YamlNode node, string name) =>
        node is YamlMappingNode mapping ? mapping.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: var key } && key == name).Value : null;

    private static IList<YamlDocument> Parse(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(JsonTabs.Blank(text)));
            return stream.Documents;
        }
        catch (YamlException e)
        {
            throw new TemplateFormatException(string.Join(' ', e.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), (int)e.Start.Line, (int)e.Start.Column, e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 16.3 stumbles so over some broken documents, such as the tag "!<>".
            throw new TemplateFormatException("it is neither JSON nor YAML", 1, 1, e);
        }
    }

    internal static IEnumerable<(string Name, YamlNode Node, YamlNode Key)> Entries(YamlMappingNode root, string section) => Child(root, section) switch
    {
        null => [],
        YamlMappingNode mapping => mapping.Children.Where(c => c.Key is YamlScalarNode).Select(c => (((YamlScalarNode)c.Key).Value ?? "", c.Value, c.Key)),
        YamlScalarNode { Value: null or "" } => [],
        var other => throw Format(other, $"'{section}' has to be a mapping"),
    };

    private static DeclaredParameter Parameter((string Name, YamlNode Node, YamlNode Key) entry) => new()
    {
        Name = entry.Name,
        Type = TextOf(entry.Node, "Type") ?? "String",
        Default = Child(entry.Node, "Default") is { } value ? Flat(value) : null,
        AllowedValues = Child(entry.Node, "AllowedValues") is YamlSequenceNode allowed ? [.. allowed.Children.OfType<YamlScalarNode>().Select(a => a.Value ?? "")] : [],
        AllowedPattern = TextOf(entry.Node, "AllowedPattern"),
        ConstraintDescription = TextOf(entry.Node, "ConstraintDescription"),
        MinLength = Number(entry.Node, "MinLength"),
        MaxLength = Number(entry.Node, "MaxLength"),
        MinValue = Number(entry.Node, "MinValue"),
        MaxValue = Number(entry.Node, "MaxValue"),
        NoEcho = string.Equals(TextOf(entry.Node, "NoEcho"), "true", StringComparison.OrdinalIgnoreCase),
        Description = TextOf(entry.Node, "Description"),
        Line = (int)entry.Key.Start.Line,
    };

    private static string? TextOf(YamlNode node, string name) => (Child(node, name) as YamlScalarNode)?.Value;

    private static string Flat(YamlNode value) => value is YamlSequenceNode list ? string.Join(',', list.Children.OfType<YamlScalarNode>().Select(i => i.Value)) : (value as YamlScalarNode)?.Value ?? "";

    private static decimal? Number(YamlNode node, string name) =>
        decimal.TryParse(TextOf(node, name), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    private static TemplateFormatException Format(YamlNode node, string message) => new(message, (int)node.Start.Line, (int)node.Start.Column);
}

/// <summary>A text that is no template.</summary>
/// <param name="line">From 1.</param>
/// <param name="column">From 1.</param>
public sealed class TemplateFormatException(string message, int line, int column, Exception? inner = null) : Exception(message, inner)
{
    public int Line { get; } = line;

    public int Column { get; } = column;
}

/// <summary>JSON takes tabs between its tokens; YAML does not.</summary>
internal static class JsonTabs
{
    /// <summary>The same text, if it looks like JSON with a blank for each tab outside of texts, so that every place stays where it is.</summary>
    public static string Blank(string text)
    {
        if (!text.TrimStart().StartsWith('{') || !text.Contains('\t', StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        bool inText = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') inText = !inText;
            else if (inText && text[i] == '\\' && i + 1 < text.Length) result.Append(text[i++]);
            result.Append(text[i] == '\t' && !inText ? ' ' : text[i]);
        }

        return result.ToString();
    }
}
