using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cumulus.Engine.Ghost;

/// <summary>Something that is put into the image.</summary>
public sealed record GhostFeature
{
    private readonly JsonObject? _parameterNode;

    /// <summary>Ghost's default.</summary>
    public const string DefaultProvisioner = "salt";

    public static IReadOnlyList<string> Provisioners { get; } = ["script", "package", "ansible", "salt", "dsc"];

    public required string Name { get; init; }

    /// <summary>A version, or Ghost's <c>key=value</c>.</summary>
    public string? Version { get; init; }

    public string Provisioner { get; init; } = DefaultProvisioner;

    /// <summary>Texts, numbers, truth values, lists and tables of those. What the provisioner makes of it is its own affair.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, object?>? Parameters { get; private init; }

    /// <summary><see cref="Parameters"/> as documents have them.</summary>
    [JsonInclude]
    [JsonPropertyName("parameters")]
    internal JsonObject? ParameterNode
    {
        get => _parameterNode;
        init
        {
            _parameterNode = value;
            Parameters = value is null ? null : Table(value);
        }
    }

    private static Dictionary<string, object?> Table(JsonObject node) => node.ToDictionary(p => p.Key, p => Plain(p.Value));

    private static object? Plain(JsonNode? node) => node switch
    {
        JsonObject table => Table(table),
        JsonArray list => list.Select(Plain).ToArray(),
        null => null,
        _ => node.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when long.TryParse(node.ToJsonString(), CultureInfo.InvariantCulture, out long whole) => whole,
            JsonValueKind.Number => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture),
            _ => node.ToString(),
        },
    };
}
