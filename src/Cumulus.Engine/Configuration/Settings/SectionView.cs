using System.Globalization;

namespace Cumulus.Engine.Configuration.Settings;

/// <summary>
/// A section with what it extends and what an environment overrides in it, its options read as what they should be. What is wrong goes to the collector; the
/// option then counts as unset.
/// </summary>
/// <param name="key">The section that it is about.</param>
/// <param name="chain">The sections that speak for it, the nearest first; not empty.</param>
/// <param name="variables">What <c>${...}</c> stands for; null: itself.</param>
internal sealed class SectionView(SectionKey key, IReadOnlyList<MergedSection> chain, MergedSettings all, ProblemCollector problems, VariableScope? variables = null)
{
    public SectionKey Key => key;

    public ProblemCollector Problems => problems;

    /// <summary>Where the section begins.</summary>
    public Place Place => chain.First(s => s.Key == key).Place;

    /// <summary>The nearest setting of the option, else that of <c>[DEFAULT]</c>.</summary>
    public RawSetting? Find(string name) => Source(Spec(name))?.Setting;

    /// <summary>The name of the option in problems, with the section that has it.</summary>
    public string Option(string name) => (Source(Spec(name))?.Section.Key ?? key).Option(name);

    public IReadOnlyList<SettingItem> Items(string name)
    {
        OptionSpec option = Spec(name);
        return Source(option) is { } source ? Read(option, source) : [];
    }

    public SettingItem? Item(string name) => Items(name) is [var item, ..] ? item : null;

    public string? Text(string name) => Item(name)?.Text;

    public bool? Boolean(string name)
    {
        if (Item(name) is not { } item) return null;
        switch (item.Text.ToLowerInvariant())
        {
            case "yes" or "on" or "true" or "1":
                return true;
            case "no" or "off" or "false" or "0":
                return false;
            default:
                Error(item, name, $"'{item.Text}' is neither yes nor no; write true or false.");
                return null;
        }
    }

    public int? Integer(string name)
    {
        if (Item(name) is not { } item) return null;
        if (int.TryParse(item.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)) return value;
        Error(item, name, $"'{item.Text}' is not a whole number of 0 or more.");
        return null;
    }

    /// <summary>A time of so many seconds; null for 0, too.</summary>
    public TimeSpan? Seconds(string name) => Integer(name) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>
    /// Pairs in the order of writing. A nearer section adds to what it extends, key by key; within one option a later entry of the same key replaces the
    /// earlier one, with a warning.
    /// </summary>
    public IReadOnlyList<SettingItem> Pairs(string name)
    {
        OptionSpec option = Spec(name);
        var pairs = new List<SettingItem>();
        foreach ((MergedSection section, RawSetting setting) in Enumerable.Reverse(Sources(option)))
        {
            int inherited = pairs.Count;
            foreach (SettingItem item in Read(option, (section, setting)))
            {
                int earlier = pairs.FindIndex(p => p.Key == item.Key);
                if (earlier >= inherited) problems.Warn(item.Place, section.Key.Option(name), $"'{item.Key}' stands there twice; this later one counts.");
                if (earlier < 0) pairs.Add(item);
                else pairs[earlier] = item;
            }
        }

        return pairs;
    }

    /// <summary>Names without repetition.</summary>
    public IReadOnlyList<SettingItem> Names(string name)
    {
        var names = new List<SettingItem>();
        foreach (SettingItem item in Items(name))
        {
            if (names.All(n => n.Text != item.Text)) names.Add(item);
            else problems.Warn(item.Place, Option(name), $"'{item.Text}' stands there twice; it counts once.");
        }

        return names;
    }

    public void Error(SettingItem item, string name, string message, string? suggestion = null) => problems.Error(item.Place, Option(name), message, suggestion);

    private OptionSpec Spec(string name) => OptionSchema.Find(key.Kind, name) ?? throw new ArgumentException($"No option '{name}' in the schema.", nameof(name));

    private (MergedSection Section, RawSetting Setting)? Source(OptionSpec option) => Sources(option) is [var first, ..] ? first : null;

    // Nearest first; an option that is set to nothing hides what comes after it.
    private List<(MergedSection Section, RawSetting Setting)> Sources(OptionSpec option)
    {
        var sources = new List<(MergedSection, RawSetting)>();
        foreach (MergedSection section in chain)
        {
            if (section.Own(option) is not { } setting) continue;
            sources.Add((section, setting));
            if (setting.IsUnset) return sources;
        }

        if (sources.Count == 0 && !option.IsOwn && !option.YamlOnly && all.Default(option.Name) is { } given)
            sources.Add((chain.First(s => s.Key == key), given));
        return sources;
    }

    private IReadOnlyList<SettingItem> Read(OptionSpec option, (MergedSection Section, RawSetting Setting) source)
    {
        SettingContext context = source.Section.Context(option.Name, problems) with { Variables = variables, AllowsOutputs = key.Kind == SectionKind.Stack && option.Name == "parameters" };
        return source.Setting.Items(option.Kind, context);
    }
}
