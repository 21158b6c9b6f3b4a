using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Ghost;

/// <summary>
/// A definition as a table from path to value, such as <c>modules.site.path</c>. Entries of lists go by their names, so that one that was added moves no other; where order counts it has a
/// field of its own. Scripts and values that look like secrets are there as digests.
/// </summary>
public static class DefinitionFields
{
    private static readonly HashSet<string> Ordered = new(StringComparer.Ordinal) { "features", "modules" };

    private static readonly HashSet<string> Scripts = new(StringComparer.Ordinal)
    {
        "build_pack", "pre_deploy", "post_deploy", "after_all_deploy", "pre_buildimage", "post_buildimage", "pre_bootstrap", "post_bootstrap", "pre_swap", "post_swap",
    };

    public static IReadOnlyDictionary<string, string> Of(GhostApplication application)
    {
        JsonObject definition = DefinitionWriter.ToJson(application);
        definition.Remove("schema");
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Flatten(definition, "", fields);
        return fields;
    }

    internal static bool IsScript(string field) => Scripts.Contains(field);

    /// <summary>Paths that are different, in order; a field that is absent and one that is null are the same.</summary>
    public static IReadOnlyList<string> Changed(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now) =>
        [.. before.Keys.Union(now.Keys).Where(k => before.GetValueOrDefault(k) != now.GetValueOrDefault(k)).Order(StringComparer.Ordinal)];

    private static void Flatten(JsonNode? node, string path, SortedDictionary<string, string> fields)
    {
        switch (node)
        {
            case JsonObject mapping:
                foreach ((string key, JsonNode? value) in mapping) Flatten(value, path.Length == 0 ? key : $"{path}.{key}", fields);
                break;
            case JsonArray list when NamedLists.KeyOf(path.Split('.')[^1]) is { } key:
                string[] names = Names(list, key);
                for (int i = 0; i < names.Length; i++)
                {
                    // One that has nothing but its name is there as well.
                    int before = fields.Count;
                    Flatten(Without(list[i]!.AsObject(), key), $"{path}.{names[i]}", fields);
                    if (fields.Count == before) fields[$"{path}.{names[i]}"] = "yes";
                }

                if (Ordered.Contains(path) && names.Length > 1) fields[$"{path}.order"] = string.Join(", ", names);
                break;
            case JsonArray list:
                fields[path] = string.Join(", ", list.Select(i => i is JsonValue v && v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>() : i?.ToJsonString() ?? "null"));
                break;
            case JsonValue value:
                fields[path] = Shown(path, value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString());
                break;
        }
    }

    // Features may share a name.
    private static string[] Names(JsonArray list, string key)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. list.Select(item =>
        {
            string name = item![key]!.GetValue<string>();
            int count = seen[name] = seen.GetValueOrDefault(name) + 1;
            return count == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}#{count}");
        })];
    }

    private static JsonObject Without(JsonObject item, string key)
    {
        var rest = (JsonObject)item.DeepClone();
        rest.Remove(key);
        return rest;
    }

    private static string Shown(string path, string value)
    {
        string[] parts = path.Split('.');
        bool isSecret = parts.Length > 1 && parts[^1] == "var_value" && SecretRedaction.IsSecretName(parts[^2]);
        return isSecret || Scripts.Contains(parts[^1]) ? "sha256:" + Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(value)))[..16] : value;
    }
}
