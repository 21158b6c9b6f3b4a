using System.Text;
using System.Text.Json;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Yaml;

namespace Cumulus.Engine.Ghost;

/// <summary>Reads JSON into the nodes that YAML is read into, with their places.</summary>
internal sealed class JsonNodes
{
    private static readonly JsonReaderOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    private readonly byte[] _utf8;
    private readonly string _file;
    private readonly ProblemCollector _problems;
    private int _line = 1;
    private int _lineStart;
    private int _counted;

    private JsonNodes(byte[] utf8, string file, ProblemCollector problems) => (_utf8, _file, _problems) = (utf8, file, problems);

    /// <summary>Null when it cannot be read; then there is an error.</summary>
    public static YamlNode? Read(string text, string file, ProblemCollector problems)
    {
        var nodes = new JsonNodes(Encoding.UTF8.GetBytes(text), file, problems);
        var reader = new Utf8JsonReader(nodes._utf8, Options);
        try
        {
            reader.Read();
            YamlNode root = nodes.Value(ref reader);
            while (reader.Read())
            {
            }

            return root;
        }
        catch (JsonException e)
        {
            problems.Error(new Place(file, (int)(e.LineNumber ?? 0) + 1, (int)(e.BytePositionInLine ?? 0) + 1), null, $"This is not JSON: {e.Message.Split(" LineNumber:")[0]}");
            return null;
        }
    }

    private YamlNode Value(ref Utf8JsonReader reader)
    {
        Place place = PlaceOf(reader);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var entries = new Dictionary<string, YamlEntry>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    (string key, Place at) = (reader.GetString()!, PlaceOf(reader));
                    reader.Read();
                    var entry = new YamlEntry(key, at, Value(ref reader));
                    if (!entries.TryAdd(key, entry)) _problems.Error(at, null, $"The key '{key}' stands here a second time; the first is in line {entries[key].Place.Line}.");
                }

                return new YamlMapping(place, [.. entries.Values]);
            case JsonTokenType.StartArray:
                var items = new List<YamlNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Value(ref reader));
                return new YamlSequence(place, items);
            case JsonTokenType.String:
                return new YamlScalar(place, reader.GetString()!, IsPlain: false);
            default:
                return new YamlScalar(place, Encoding.UTF8.GetString(reader.ValueSpan), IsPlain: true);
        }
    }

    // Tokens come in order, so that each byte is looked at once.
    private Place PlaceOf(in Utf8JsonReader reader)
    {
        int at = (int)reader.TokenStartIndex;
        for (; _counted < at; _counted++)
        {
            if (_utf8[_counted] != (byte)'\n') continue;
            _line++;
            _lineStart = _counted + 1;
        }

        return new Place(_file, _line, at - _lineStart + 1);
    }
}
