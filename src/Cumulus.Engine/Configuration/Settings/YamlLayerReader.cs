using Cumulus.Engine.Configuration.Yaml;

namespace Cumulus.Engine.Configuration.Settings;

/// <summary>Finds the model's sections in a YAML configuration file.</summary>
internal static class YamlLayerReader
{
    private static readonly Dictionary<string, SectionKind> Kinds = new()
    {
        ["environments"] = SectionKind.Environment,
        ["stacks"] = SectionKind.Stack,
        ["bundles"] = SectionKind.Bundle,
    };

    private static readonly string[] OverridableKinds = ["stacks", "bundles"];

    private static IEnumerable<string> KnownKeys => [.. Kinds.Keys, .. OptionSchema.Of(SectionKind.General).Select(o => o.Name)];

    public static ConfigurationLayer Read(string text, string file, ProblemCollector problems)
    {
        var layer = new ConfigurationLayer();
        YamlNode? root = YamlReader.Read(text, file, problems);
        if (root is YamlMapping mapping)
        {
            foreach (YamlEntry entry in mapping.Entries) ReadTop(entry, layer, problems);
        }
        else if (root is not null)
        {
            problems.Error(root.Place, null, "The configuration must be a mapping with the keys environments, stacks and bundles.");
        }

        return layer;
    }

    private static void ReadTop(YamlEntry entry, ConfigurationLayer layer, ProblemCollector problems)
    {
        if (Kinds.TryGetValue(entry.Key, out SectionKind kind))
        {
            foreach (YamlEntry section in Entries(entry, entry.Key, "names", problems)) ReadSection(section, kind, null, layer, problems);
        }
        else if (OptionSchema.Find(SectionKind.General, entry.Key) is not null)
        {
            layer.Section(SectionKey.General, entry.Place).Settings[entry.Key] = new YamlSetting(entry.Key, entry.Place, entry.Value);
        }
        else if (!entry.Key.StartsWith("x-", StringComparison.Ordinal))
        {
            string? near = NearestName.Of(entry.Key, KnownKeys);
            problems.Warn(entry.Place, null, $"The key '{entry.Key}' is not known and is ignored.{ProblemCollector.DidYouMean(near)} Known: {string.Join(", ", KnownKeys)}.", near);
        }
    }

    /// <param name="environment">The environment whose override of the section it is; null for the section itself.</param>
    private static void ReadSection(YamlEntry section, SectionKind kind, string? environment, ConfigurationLayer layer, ProblemCollector problems)
    {
        var key = new SectionKey(kind, section.Key.Trim(), environment);
        if (key.Name.Length == 0)
        {
            problems.Error(section.Place, null, "The name is empty.");
            return;
        }

        LayerSection target = layer.Section(key, section.Place);
        foreach (YamlEntry option in Entries(section, key.ToString(), "options", problems))
        {
            string name = OptionSchema.Canonical(key, option.Key, option.Place, problems);
            if (OptionSchema.Find(kind, name) is { Kind: OptionKind.Sections })
            {
                ReadOverrides(option, key, layer, problems);
                continue;
            }

            if (target.Settings.TryGetValue(name, out RawSetting? earlier))
                problems.Error(option.Place, key.Option(name), $"The option stands in line {earlier.Place.Line} already.");
            target.Settings[name] = new YamlSetting(name, option.Place, option.Value);
        }
    }

    private static void ReadOverrides(YamlEntry overrides, SectionKey environment, ConfigurationLayer layer, ProblemCollector problems)
    {
        string option = environment.Option(overrides.Key);
        foreach (YamlEntry entry in Entries(overrides, option, "'stacks' and 'bundles'", problems))
        {
            if (Kinds.TryGetValue(entry.Key, out SectionKind kind) && kind != SectionKind.Environment)
            {
                foreach (YamlEntry section in Entries(entry, $"{option} / {entry.Key}", "names", problems)) ReadSection(section, kind, environment.Name, layer, problems);
            }
            else
            {
                string? near = NearestName.Of(entry.Key, OverridableKinds);
                problems.Warn(entry.Place, option, $"The key '{entry.Key}' is not known and is ignored.{ProblemCollector.DidYouMean(near)} Known: {string.Join(", ", OverridableKinds)}.", near);
            }
        }
    }

    private static IReadOnlyList<YamlEntry> Entries(YamlEntry entry, string option, string what, ProblemCollector problems)
    {
        if (entry.Value is YamlMapping mapping) return mapping.Entries;
        if (entry.Value is not YamlScalar { IsNull: true })
            problems.Error(entry.Value.Place, option, $"Expected a mapping of {what}, found {(entry.Value is YamlSequence ? "a list" : "a text")}.");
        return [];
    }
}
