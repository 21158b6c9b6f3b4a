using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json.Nodes;

namespace Cumulus.PowerShell;

/// <summary>Tables of PowerShell as fields of a definition.</summary>
internal static class FieldValues
{
    public static Dictionary<string, JsonNode?> Of(IDictionary? table)
    {
        var values = new Dictionary<string, JsonNode?>();
        foreach (DictionaryEntry entry in table ?? new Hashtable()) values[Text(entry.Key)] = Node(entry.Value);
        return values;
    }

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        PSObject wrapped when wrapped.BaseObject is not PSCustomObject => Node(wrapped.BaseObject),
        string text => JsonValue.Create(text),
        bool truth => JsonValue.Create(truth),
        int or long or short or byte => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        IDictionary table => new JsonObject(Of(table)),
        IEnumerable list => new JsonArray([.. list.Cast<object?>().Select(Node)]),
        _ => JsonValue.Create(Text(value)),
    };

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
