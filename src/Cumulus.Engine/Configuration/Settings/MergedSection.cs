namespace Cumulus.Engine.Configuration.Settings;

/// <summary>A section over all files, as it is written: <see cref="SectionView"/> reads it.</summary>
internal sealed class MergedSection(SectionKey key, Place place, MergedSettings all)
{
    private readonly Dictionary<string, RawSetting> _settings = [];
    private readonly HashSet<string> _used = [];

    public SectionKey Key { get; } = key;

    /// <summary>Where the nearest file that has the section begins it.</summary>
    public Place Place { get; private set; } = place;

    public void Add(LayerSection section)
    {
        Place = section.Place;
        foreach (RawSetting setting in section.Settings.Values) _settings[setting.Name] = setting;
    }

    /// <summary>What the section itself says; null when it does not have the option.</summary>
    public RawSetting? Own(OptionSpec option) => _settings.TryGetValue(option.Name, out RawSetting? own) && !(own.IsConf && option.YamlOnly) ? own : null;

    /// <summary>How an option of this section, or of <c>[DEFAULT]</c> in its place, is read.</summary>
    public SettingContext Context(string option, ProblemCollector problems) => new(Key.Option(option), Lookup, _settings.Keys.Concat(all.DefaultNames), problems);

    public void WarnOfUnknown(ProblemCollector problems)
    {
        OptionSpec[] known = [.. OptionSchema.Of(Key)];
        foreach (RawSetting setting in _settings.Values.Where(s => !_used.Contains(s.Name)))
        {
            OptionSpec? option = known.FirstOrDefault(o => o.Name == setting.Name);
            if (option is null)
            {
                string? near = NearestName.Of(setting.Name, known.Select(o => o.Name));
                problems.Warn(setting.Place, Key.ToString(), $"The option '{setting.Name}' is not known and is ignored.{ProblemCollector.DidYouMean(near)}", near);
            }
            else if (option.YamlOnly && setting.IsConf)
            {
                problems.Warn(setting.Place, Key.ToString(), $"The option '{setting.Name}' is one of cumulus.yml and is ignored here.");
            }
        }
    }

    // The old parser knew the section's own name too.
    private string? Lookup(string name)
    {
        if (name == "__name__") return Key.ToString();
        _used.Add(name);
        return _settings.TryGetValue(name, out RawSetting? own) ? own.RawText : all.Default(name)?.RawText;
    }
}
