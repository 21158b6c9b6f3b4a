using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using YamlDotNet.Serialization;

namespace Cumulus.Console.Rendering;

/// <summary>
/// All records as one JSON or YAML document: none is an empty list, one is itself, several are a list. Property names are as in
/// PowerShell; enumerations are names, times ISO 8601.
/// </summary>
internal sealed class DocumentWriter(Terminal terminal, bool yaml) : IRecordWriter
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        ReferenceHandler = ReferenceHandler.IgnoreCycles,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly List<object> _records = [];

    public void Write(object? record)
    {
        if (record is not null)
        {
            _records.Add(record);
        }
    }

    /// <summary>A document is whole or not at all.</summary>
    public void Settle()
    {
    }

    public void Complete()
    {
        object document = _records.Count == 1 ? _records[0] : _records;
        if (yaml)
        {
            var value = Plain(JsonSerializer.SerializeToElement(document, Options));
            string text = new SerializerBuilder().WithQuotingNecessaryStrings(quoteYaml1_1Strings: true).Build().Serialize(value);
            terminal.WriteLine(text.TrimEnd('\r', '\n'));
        }
        else
        {
            terminal.WriteLine(JsonSerializer.Serialize(document, Options));
        }
    }

    private static object? Plain(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().ToDictionary(p => p.Name, p => Plain(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? whole : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
