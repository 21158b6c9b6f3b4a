using System.Text.Json.Nodes;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Ghost;

/// <summary>Changes a definition field by field, by paths such as <c>autoscale.max</c> or <c>features.php.version</c>. Pure; what comes out is read by the rules again.</summary>
public static class DefinitionEdit
{
    /// <param name="values">New values by path; a mapping or a list takes the field's place as a whole. An entry of a named list that is not there yet is added at the end.</param>
    /// <param name="removed">Paths of fields and entries to take away. One that is not there counts as taken away.</param>
    /// <exception cref="ConfigurationException"><see cref="ErrorIds.ApplicationInvalid"/></exception>
    public static GhostApplication Apply(GhostApplication application, IReadOnlyDictionary<string, JsonNode?> values, IReadOnlyCollection<string> removed)
    {
        JsonObject definition = DefinitionWriter.ToJson(application);
        foreach (string path in removed) Remove(definition, path.Split('.'));
        foreach ((string path, JsonNode? value) in values) Set(definition, path, value?.DeepClone());
        return DefinitionReader.Read(definition, application.Key.Path).Require();
    }

    /// <summary>A definition from fields that were given by hand.</summary>
    public static DefinitionReading Make(IReadOnlyDictionary<string, JsonNode?> values, string source)
    {
        var definition = new JsonObject();
        foreach ((string path, JsonNode? value) in values) Set(definition, path, value?.DeepClone());
        return DefinitionReader.Read(definition, source);
    }

    private static void Set(JsonObject root, string path, JsonNode? value)
    {
        string[] parts = path.Split('.');
        JsonObject at = root;
        for (int i = 0; i < parts.Length - 1; i++)
        {
            if (at[parts[i]] is JsonArray || (at[parts[i]] is null && NamedLists.KeyOf(parts[i]) is not null))
            {
                (JsonObject entry, i) = Entry(at, parts, i, path);
                if (i == parts.Length - 1)
                {
                    Replace(entry, value, path);
                    return;
                }

                at = entry;
            }
            else
            {
                at[parts[i]] ??= new JsonObject();
                at = at[parts[i]] as JsonObject ?? throw Invalid(path, $"'{parts[i]}' is a single value.");
            }
        }

        at[parts[^1]] = value;
    }

    // A name may have dots itself: the longest one that is there counts, else the next part is a new one.
    private static (JsonObject Entry, int Last) Entry(JsonObject at, string[] parts, int list, string path)
    {
        if (NamedLists.KeyOf(parts[list]) is not { } key) throw Invalid(path, $"The entries of '{parts[list]}' have no names; give the list as a whole.");
        at[parts[list]] ??= new JsonArray();
        JsonArray items = at[parts[list]]!.AsArray();
        for (int last = parts.Length - 1; last > list; last--)
        {
            string name = string.Join('.', parts[(list + 1)..(last + 1)]);
            if (items.FirstOrDefault(i => i is JsonObject o && o[key]?.ToString() == name) is JsonObject found) return (found, last);
        }

        var added = new JsonObject { [key] = parts[list + 1] };
        items.Add(added);
        return (added, list + 1);
    }

    // The whole entry, or its one field that stands for it.
    private static void Replace(JsonObject entry, JsonNode? value, string path)
    {
        if (value is JsonObject whole)
        {
            KeyValuePair<string, JsonNode?> name = entry.First(f => NamedLists.IsKey(f.Key));
            foreach (string field in entry.Select(f => f.Key).Where(k => k != name.Key).ToArray()) entry.Remove(field);
            foreach ((string field, JsonNode? content) in whole.ToArray()) entry[field] = content?.DeepClone();
            return;
        }

        string single = entry switch
        {
            _ when entry.ContainsKey("var_key") => "var_value",
            _ when entry.ContainsKey("tag_name") => "tag_value",
            _ => throw Invalid(path, "This is an entry with several fields; name one of them, or give all in a table."),
        };
        entry[single] = value;
    }

    private static void Remove(JsonObject at, string[] parts)
    {
        string first = parts[0];
        if (parts.Length == 1)
        {
            at.Remove(first);
            return;
        }

        if (at[first] is JsonObject section)
        {
            Remove(section, parts[1..]);
        }
        else if (at[first] is JsonArray items && NamedLists.KeyOf(first) is { } key)
        {
            for (int length = parts.Length - 1; length >= 1; length--)
            {
                string name = string.Join('.', parts[1..(length + 1)]);
                if (items.FirstOrDefault(i => i is JsonObject o && o[key]?.ToString() == name) is not JsonObject found) continue;
                if (length == parts.Length - 1) items.Remove(found);
                else Remove(found, parts[(length + 1)..]);
                return;
            }
        }
    }

    private static ConfigurationException Invalid(string path, string message) =>
        new(ErrorIds.ApplicationInvalid, "definition of the application", [new ConfigurationProblem("the given values", 0, path, message)]);
}
