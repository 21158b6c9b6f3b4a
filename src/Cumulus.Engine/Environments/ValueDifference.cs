using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cumulus.Engine.Environments;

/// <summary>Where two values of a property differ: a structure is looked into, and text that is hidden by base64, as user data is, is read. Pure.</summary>
/// <param name="Path">Of the value inside its resource, with dots.</param>
/// <param name="Before">Null where there was none.</param>
internal sealed record ValueDifference(string Path, string? Before, string? After)
{
    private const int MinEncoded = 16;

    /// <summary>One at least, also where the values are equal as far as can be seen.</summary>
    public static IReadOnlyList<ValueDifference> Of(string path, string? before, string? after)
    {
        if (Structure(before) is { } old && Structure(after) is { } now)
        {
            var inside = new List<ValueDifference>();
            Compare(path, old, now, inside);
            if (inside.Count > 0) return inside;
        }

        return [new ValueDifference(path, Readable(before), Readable(after))];
    }

    private static void Compare(string path, JsonNode? before, JsonNode? after, List<ValueDifference> found)
    {
        if (JsonNode.DeepEquals(before, after)) return;
        if (before is JsonObject old && after is JsonObject now)
        {
            foreach (string name in old.Select(p => p.Key).Union(now.Select(p => p.Key))) Compare($"{path}.{name}", old[name], now[name], found);
        }
        else if (before is JsonArray first && after is JsonArray second && first.Count == second.Count)
        {
            for (int i = 0; i < first.Count; i++) Compare($"{path}[{i}]", first[i], second[i], found);
        }
        else
        {
            found.Add(new ValueDifference(path, Readable(Text(before)), Readable(Text(after))));
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : node?.ToJsonString();

    private static JsonNode? Structure(string? value)
    {
        if (value is not ['{' or '[', ..]) return null;
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Readable(string? value)
    {
        if (value is not { Length: >= MinEncoded } || value.Length % 4 != 0) return value;
        byte[] bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(value, bytes, out int count)) return value;
        string text = Encoding.UTF8.GetString(bytes, 0, count);
        return text.All(c => !char.IsControl(c) || c is '\n' or '\r' or '\t') && !text.Contains('\uFFFD') ? text : value;
    }
}
