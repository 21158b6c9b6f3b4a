using System.Globalization;

namespace Cumulus.Engine.Configuration.Settings;

/// <summary>A section over all files, with its options read as what they should be. What is wrong goes to the collector; the option then counts as unset.</summary>
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

    /// <summary>The option of this section, else of <c>[DEFAULT]</c>.</summary>
    public RawSetting? Find(string name)
    {
        _used.Add(name);
        return _settings.TryGetValue(name, out RawSetting? own) ? own : all.Default(name);
    }

    public IReadOnlyList<SettingItem> Items(string name, ProblemCollector problems)
    {
        OptionSpec spec = OptionSchema.Find(Key.Kind, name) ?? throw new ArgumentException($"No option '{name}' in the schema.", nameof(name));
        var context = new SettingContext(Key.Option(name), Lookup, _settings.Keys.Concat(all.DefaultNames), problems);
        return Find(name)?.Items(spec.Kind, context) ?? [];
    }

    public SettingItem? Item(string name, ProblemCollector problems) => Items(name, problems) is [var item, ..] ? item : null;

    public string? Text(string name, ProblemCollector problems) => Item(name, problems)?.Text;

    public bool Boolean(string name, ProblemCollector problems, bool unset = false)
    {
        if (Item(name, problems) is not { } item) return unset;
        switch (item.Text.ToLowerInvariant())
        {
            case "yes" or "on" or "true" or "1":
                return true;
            case "no" or "off" or "false" or "0":
                return false;
            default:
                problems.Error(item.Place, Key.Option(name), $"'{item.Text}' is neither yes nor no; write true or false.");
                return false;
        }
    }

    public int? Integer(string name, ProblemCollector problems)
    {
        if (Item(name, problems) is not { } item) return null;
        if (int.TryParse(item.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)) return value;
        problems.Error(item.Place, Key.Option(name), $"'{item.Text}' is not a whole number of 0 or more.");
        return null;
    }

    /// <summary>Pairs in the order of the file; a later entry of the same key replaces the earlier one, with a warning.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs(string name, ProblemCollector problems)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (SettingItem item in Items(name, problems))
        {
            int earlier = pairs.FindIndex(p => p.Key == item.Key);
            if (earlier < 0)
            {
                pairs.Add(new(item.Key!, item.Text));
            }
            else
            {
                problems.Warn(item.Place, Key.Option(name), $"'{item.Key}' stands there twice; this later one counts.");
                pairs[earlier] = new(item.Key!, item.Text);
            }
        }

        return pairs;
    }

    /// <summary>Names without repetition.</summary>
    public IReadOnlyList<string> Names(string name, ProblemCollector problems)
    {
        var names = new List<string>();
        foreach (SettingItem item in Items(name, problems))
        {
            if (!names.Contains(item.Text)) names.Add(item.Text);
            else problems.Warn(item.Place, Key.Option(name), $"'{item.Text}' stands there twice; it counts once.");
        }

        return names;
    }

    public void WarnOfUnknown(ProblemCollector problems)
    {
        string[] known = [.. OptionSchema.Of(Key.Kind).Select(o => o.Name)];
        foreach (RawSetting setting in _settings.Values.Where(s => !_used.Contains(s.Name) && !known.Contains(s.Name)))
        {
            problems.Warn(setting.Place, Key.ToString(), $"The option '{setting.Name}' is not known and is ignored.{ProblemCollector.DidYouMean(setting.Name, known)}");
        }
    }

    // The old parser knew the section's own name too.
    private string? Lookup(string name) => name == "__name__" ? Key.ToString() : Find(name)?.RawText;
}
