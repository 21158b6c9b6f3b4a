using System.Text.Json.Nodes;

namespace Cumulus.Engine.Ghost;

/// <param name="SplitScripts">Each script is a file of its own, and the definition names it.</param>
public sealed record ExportForm(bool IsJson, bool SplitScripts);

/// <param name="Name">Relative, with <c>/</c>.</param>
public sealed record ExportFile(string Name, string Content);

/// <summary>Definitions as files. Pure.</summary>
public static class DefinitionExport
{
    /// <summary>The definition first, then its scripts. It says its revision, so that a change that is made in the file is refused when somebody else was quicker.</summary>
    public static IReadOnlyList<ExportFile> Of(StoredApplication application, ExportForm form)
    {
        ApplicationKey key = application.Definition.Key;
        var definition = new JsonObject { ["schema"] = GhostApplication.CurrentSchema, ["revision"] = application.Revision };
        foreach ((string field, JsonNode? value) in DefinitionWriter.ToJson(application.Definition)) definition[field] = value?.DeepClone();
        string stem = $"{key.Name}-{key.Env}-{key.Role}{(key.Colour is null ? "" : $"-{key.Colour}")}";
        var scripts = new List<ExportFile>();
        if (form.SplitScripts) Split(definition, application.Definition.IsWindows ? "ps1" : "sh", stem, scripts);
        return
        [
            new ExportFile($"{stem}.{(form.IsJson ? "json" : "yml")}", form.IsJson ? DefinitionWriter.ToJsonText(definition) : DefinitionYaml.Of(definition)),
            .. scripts,
        ];
    }

    private static void Split(JsonObject definition, string ending, string stem, List<ExportFile> scripts)
    {
        Take(definition["lifecycle_hooks"] as JsonObject, "");
        Take(definition["blue_green"]?["hooks"] as JsonObject, "");
        foreach (JsonNode? module in definition["modules"] as JsonArray ?? []) Take((JsonObject)module!, module!["name"]!.GetValue<string>() + ".");

        void Take(JsonObject? fields, string prefix)
        {
            foreach (string field in (fields ?? []).Select(f => f.Key).Where(DefinitionFields.IsScript).ToArray())
            {
                string name = $"{stem}.scripts/{prefix}{field}.{ending}";
                scripts.Add(new ExportFile(name, fields![field]!.GetValue<string>()));
                fields[field] = new JsonObject { ["file"] = name };
            }
        }
    }
}
