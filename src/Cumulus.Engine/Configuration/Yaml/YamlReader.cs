using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cumulus.Engine.Configuration.Yaml;

/// <summary>
/// Reads one YAML document into nodes that know their places. Scalars stay text, anchors, aliases and merge keys are resolved, and tags other than
/// YAML's own are refused: nothing in a file chooses a type to be made.
/// </summary>
internal sealed class YamlReader
{
    private const int MaximumDepth = 64;

    // The types of the core schema: all are read as the text that is written.
    private static readonly HashSet<string> PlainTags =
        [.. new[] { "str", "int", "float", "bool", "null", "map", "seq", "timestamp" }.Select(t => "tag:yaml.org,2002:" + t)];

    private readonly string _file;
    private readonly ProblemCollector _problems;
    private readonly Parser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = [];

    private YamlReader(string text, string file, ProblemCollector problems)
    {
        _file = file;
        _problems = problems;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The root of the document; null when it is empty or cannot be read (then there is an error).</summary>
    public static YamlNode? Read(string text, string file, ProblemCollector problems)
    {
        var reader = new YamlReader(text, file, problems);
        try
        {
            return reader.ReadDocument();
        }
        catch (SemanticErrorException e)
        {
            problems.Error(new Place(file, (int)e.Start.Line, (int)e.Start.Column), null, OneLine(e.Message));
        }
        catch (YamlException e)
        {
            // Of a tab in the indentation the parser tells where the mapping begins, not where the tab is.
            Place place = e.Message.Contains("tab", StringComparison.Ordinal) && TabIndentation(text) is { } line
                ? new Place(file, line, 1)
                : new Place(file, (int)e.Start.Line, (int)e.Start.Column);
            problems.Error(place, null, $"This is not YAML: {OneLine(e.Message)}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet 16.3 stumbles so over some broken documents, such as the tag "!<>"; fuzzing found it.
            Mark? mark = reader._parser.Current?.End;
            problems.Error(new Place(file, (int)(mark?.Line ?? 1), (int)(mark?.Column ?? 1)), null, "This is not YAML from here on.");
        }

        return null;
    }

    private YamlNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) return null;
        _parser.Consume<DocumentStart>();
        YamlNode root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out DocumentStart? second))
            _problems.Error(PlaceOf(second), null, "A second document starts here; a configuration is one document.");
        return root is YamlScalar { IsNull: true } ? null : root;
    }

    private YamlNode ReadNode(int depth)
    {
        ParsingEvent current = _parser.Consume<ParsingEvent>();
        if (depth > MaximumDepth) throw new SemanticErrorException(current.Start, current.End, $"Nested deeper than {MaximumDepth} levels.");
        if (current is AnchorAlias alias)
        {
            return _anchors.TryGetValue(alias.Value.Value, out YamlNode? target)
                ? target
                : throw new SemanticErrorException(alias.Start, alias.End, $"The anchor '{alias.Value.Value}' is not defined before this alias.");
        }

        YamlNode node = current switch
        {
            Scalar scalar => new YamlScalar(PlaceOf(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty),
            SequenceStart => ReadSequence(current, depth),
            MappingStart => ReadMapping(current, depth),
            _ => throw new SemanticErrorException(current.Start, current.End, "A value was expected."),
        };
        if (current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } tag } && !PlainTags.Contains(tag.Value))
            _problems.Error(PlaceOf(current), null, $"The tag '{tag.Value}' is not known here.");
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored) _anchors[anchored.Anchor.Value] = node;
        return node;
    }

    private YamlSequence ReadSequence(ParsingEvent start, int depth)
    {
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
        return new YamlSequence(PlaceOf(start), items);
    }

    private YamlMapping ReadMapping(ParsingEvent start, int depth)
    {
        var own = new Dictionary<string, YamlEntry>();
        var merged = new List<YamlEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            YamlNode key = ReadNode(depth + 1);
            Place place = key.Place;
            YamlNode value = ReadNode(depth + 1);
            if (key is not YamlScalar { Text: var name } scalar) _problems.Error(place, null, $"A key must be a single text.{(key is YamlMapping ? " A value that begins with '{' needs quotes." : "")}");
            else if (name == "<<" && scalar.IsPlain) merged.AddRange(Merged(value, place));
            else if (!own.TryAdd(name, new YamlEntry(name, place, value)))
                _problems.Error(place, null, $"The key '{name}' stands here a second time; the first is in line {own[name].Place.Line}.");
        }

        // Own keys win over merged ones, and of merged ones the first.
        IEnumerable<YamlEntry> inherited = merged.Where(e => !own.ContainsKey(e.Key)).DistinctBy(e => e.Key);
        return new YamlMapping(PlaceOf(start), [.. inherited, .. own.Values]);
    }

    private IReadOnlyList<YamlEntry> Merged(YamlNode value, Place place)
    {
        if (value is YamlMapping mapping) return mapping.Entries;
        if (value is YamlSequence sequence && sequence.Items.All(i => i is YamlMapping))
            return [.. sequence.Items.Cast<YamlMapping>().SelectMany(m => m.Entries).DistinctBy(e => e.Key)];
        _problems.Error(place, null, "'<<' takes a mapping, or a list of them.");
        return [];
    }

    private Place PlaceOf(ParsingEvent e) => new(_file, (int)e.Start.Line, (int)e.Start.Column);

    private static int? TabIndentation(string text)
    {
        int index = Array.FindIndex(text.Split('\n'), line => line.TakeWhile(char.IsWhiteSpace).Contains('\t') && line.Trim().Length > 0);
        return index < 0 ? null : index + 1;
    }

    private static string OneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
