using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cumulus.Engine.Templates;

/// <summary>Finds the places where a template names files by plain texts; what a function makes is none.</summary>
/// <param name="text">The template, for the places of its scalars.</param>
internal sealed class ReferenceFinder(string text)
{
    private const int MaximumDepth = 100;
    private readonly List<ArtifactReference> _found = [];

    /// <summary>In the order of the text, each place once.</summary>
    public IReadOnlyList<ArtifactReference> Find(YamlMappingNode root)
    {
        foreach ((string name, YamlNode resource, _) in TemplateReader.Entries(root, "Resources"))
        {
            string type = (TemplateReader.Child(resource, "Type") as YamlScalarNode)?.Value ?? "";
            foreach (ArtifactKind kind in ArtifactTable.ByType[type])
            {
                YamlNode? node = TemplateReader.Child(resource, "Properties");
                foreach (string step in kind.Property.Split('.')) node = node is null ? null : TemplateReader.Child(node, step);
                Add(node, $"{name} ({type}) {kind.Property}", kind.Form, kind.Zips);
            }
        }

        FindIncludes(root, 0);
        return [.. _found.OrderBy(r => r.Start).DistinctBy(r => r.Start)];
    }

    // Fn::Transform, !Transform and the top-level Transform all look alike: a name, and parameters with a location.
    private void FindIncludes(YamlNode node, int depth)
    {
        if (depth > MaximumDepth) return;
        if ((TemplateReader.Child(node, "Name") as YamlScalarNode)?.Value == ArtifactTable.Include && TemplateReader.Child(node, "Parameters") is { } parameters)
            Add(TemplateReader.Child(parameters, "Location"), ArtifactTable.Include, ArtifactForm.S3Uri, zips: false);
        IEnumerable<YamlNode> children = node switch
        {
            YamlMappingNode mapping => mapping.Children.Values,
            YamlSequenceNode sequence => sequence.Children,
            _ => [],
        };
        foreach (YamlNode child in children) FindIncludes(child, depth + 1);
    }

    private void Add(YamlNode? node, string where, ArtifactForm form, bool zips)
    {
        // A tag would be a function; a block scalar is no path.
        if (node is not YamlScalarNode { Value: { } path, Tag.IsEmpty: true, Style: ScalarStyle.Plain or ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted } scalar) return;
        if (!ArtifactTable.IsLocal(path)) return;
        int start = (int)scalar.Start.Index, end = (int)scalar.End.Index;
        while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
        _found.Add(new ArtifactReference(where, path, form, zips, start, end, (int)scalar.Start.Line));
    }
}
