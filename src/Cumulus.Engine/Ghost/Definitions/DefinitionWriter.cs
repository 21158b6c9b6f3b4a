using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cumulus.Engine.Ghost;

/// <summary>Writes definitions as <see cref="DefinitionReader"/> reads them: what is null or an empty list is left out.</summary>
public static class DefinitionWriter
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveEmptyListsOut } },
    };

    public static JsonObject ToJson(GhostApplication application) => (JsonObject)JsonSerializer.SerializeToNode(application, Options)!;

    /// <summary>As text, for a file.</summary>
    public static string ToJsonText(JsonObject definition) => definition.ToJsonString(Options) + "\n";

    private static void LeaveEmptyListsOut(JsonTypeInfo type)
    {
        foreach (JsonPropertyInfo property in type.Properties.Where(p => p.PropertyType != typeof(string) && typeof(IEnumerable).IsAssignableFrom(p.PropertyType)))
        {
            property.ShouldSerialize = (_, value) => value is IEnumerable list && list.GetEnumerator().MoveNext();
        }
    }
}
