namespace Cumulus.Engine.Configuration.Settings;

/// <summary>All files as one: a later layer overrides an earlier one option by option.</summary>
internal sealed class MergedSettings
{
    private readonly Dictionary<string, RawSetting> _defaults = [];
    private readonly Dictionary<SectionKey, MergedSection> _byKey = [];
    private readonly List<MergedSection> _sections = [];
    private readonly HashSet<string> _usedDefaults = [];

    public MergedSettings(IEnumerable<ConfigurationLayer> layers)
    {
        General = Section(SectionKey.General, default);
        foreach (ConfigurationLayer layer in layers)
        {
            foreach (RawSetting setting in layer.Defaults.Values) _defaults[setting.Name] = setting;
            foreach (LayerSection section in layer.Sections) Section(section.Key, section.Place).Add(section);
        }
    }

    public MergedSection General { get; }

    /// <summary>In the order in which the names first came.</summary>
    public IEnumerable<MergedSection> Of(SectionKind kind) => _sections.Where(s => s.Key.Kind == kind && s.Key.Environment is null);

    /// <summary>What environments override in sections.</summary>
    public IEnumerable<MergedSection> Overrides => _sections.Where(s => s.Key.Environment is not null);

    public MergedSection? Find(SectionKey key) => _byKey.GetValueOrDefault(key);

    /// <summary>An option of <c>[DEFAULT]</c>; null when there is none.</summary>
    public RawSetting? Default(string name)
    {
        if (!_defaults.TryGetValue(name, out RawSetting? setting)) return null;
        _usedDefaults.Add(name);
        return setting;
    }

    public IEnumerable<string> DefaultNames => _defaults.Keys;

    /// <summary>Warns of options that nothing has read: call it last.</summary>
    public void WarnOfUnknown(ProblemCollector problems)
    {
        foreach (MergedSection section in _sections) section.WarnOfUnknown(problems);
        foreach (RawSetting setting in _defaults.Values.Where(s => !_usedDefaults.Contains(s.Name)))
        {
            string[] known = [.. Enum.GetValues<SectionKind>().SelectMany(OptionSchema.Of).Where(o => !o.YamlOnly).Select(o => o.Name).Distinct()];
            if (known.Contains(setting.Name)) continue;
            string? near = NearestName.Of(setting.Name, known);
            problems.Warn(setting.Place, $"DEFAULT / {setting.Name}", $"Nothing uses the option.{ProblemCollector.DidYouMean(near)}", near);
        }
    }

    private MergedSection Section(SectionKey key, Place place)
    {
        if (_byKey.TryGetValue(key, out MergedSection? section)) return section;
        section = new MergedSection(key, place, this);
        _byKey.Add(key, section);
        _sections.Add(section);
        return section;
    }
}
