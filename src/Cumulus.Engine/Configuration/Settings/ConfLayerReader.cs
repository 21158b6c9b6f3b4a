using Cumulus.Engine.Configuration.Ini;

namespace Cumulus.Engine.Configuration.Settings;

/// <summary>Finds the model's sections in an old configuration file.</summary>
internal static class ConfLayerReader
{
    private const string DefaultSection = "DEFAULT";
    private static readonly string[] KnownSections = [DefaultSection, "general", "environment: NAME", "stack: NAME", "bundle: NAME"];
    private static readonly string[] KnownKinds = [DefaultSection, "general", "environment", "stack", "bundle"];

    public static ConfigurationLayer Read(string text, string file, ProblemCollector problems)
    {
        var layer = new ConfigurationLayer();
        foreach (IniSection section in IniReader.Read(text, file, problems).Sections)
        {
            var place = new Place(file, section.Line);
            if (section.Name == DefaultSection)
            {
                Add(layer.Defaults, section, file, name => name, name => $"{DefaultSection} / {name}", problems);
            }
            else if (KeyOf(section.Name, place, problems) is { } key)
            {
                LayerSection target = layer.Section(key, place);
                if (target.Place.Line != section.Line && key != SectionKey.General)
                    problems.Warn(place, key.ToString(), $"The section began in line {target.Place.Line} already; its options are put together.");
                Add(target.Settings, section, file, name => OptionSchema.Canonical(key, name, place, problems), key.Option, problems);
            }
        }

        return layer;
    }

    private static void Add(
        Dictionary<string, RawSetting> settings, IniSection section, string file, Func<string, string> canonical, Func<string, string> optionName, ProblemCollector problems)
    {
        foreach (IniOption option in section.Options)
        {
            string name = canonical(option.Name);
            if (settings.TryGetValue(name, out RawSetting? earlier))
                problems.Warn(new Place(file, option.Line), optionName(name), $"The option stands in line {earlier.Place.Line} already; this later one counts.");
            settings[name] = new ConfSetting(name, file, option);
        }
    }

    /// <summary>Null, and a problem, for a section that is not of the model. Blanks around the colon do not matter.</summary>
    internal static SectionKey? KeyOf(string header, Place place, ProblemCollector problems)
    {
        int colon = header.IndexOf(':', StringComparison.Ordinal);
        string kindName = (colon < 0 ? header : header[..colon]).Trim();
        string name = colon < 0 ? "" : header[(colon + 1)..].Trim();
        SectionKind? kind = kindName switch
        {
            "general" when colon < 0 => SectionKind.General,
            "environment" => SectionKind.Environment,
            "stack" => SectionKind.Stack,
            "bundle" => SectionKind.Bundle,
            _ => null,
        };
        if (kind is null)
        {
            // An empty header is an error already.
            if (header.Length > 0)
            {
                string near = NearestName.Of(kindName, KnownKinds) is { } k ? $" Did you mean '{(colon < 0 ? k : $"{k}: {name}")}'?" : "";
                problems.Warn(place, null, $"The section '{header}' is not known and is ignored.{near} Known: {string.Join(", ", KnownSections)}.");
            }

            return null;
        }

        if (kind != SectionKind.General && name.Length == 0)
        {
            problems.Error(place, null, $"The section needs a name: [{kindName}: NAME].");
            return null;
        }

        if (kind != SectionKind.General && header != $"{kindName}: {name}")
            problems.Warn(place, null, $"The old program passed over the section '{header}', since there is not exactly one blank after the colon; here it counts.");
        return new SectionKey(kind.Value, name);
    }
}
