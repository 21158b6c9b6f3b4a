namespace Cumulus.Engine.Configuration.Settings;

/// <summary>Follows <c>extends</c> and <c>overrides</c>.</summary>
internal sealed class Inheritance(MergedSettings settings, ProblemCollector problems)
{
    private readonly Dictionary<SectionKey, IReadOnlyList<MergedSection>> _chains = [];

    /// <summary>The section and all that it extends, the nearest first. Of several names of one <c>extends</c> the first is the nearest, as with merge keys of YAML.</summary>
    public IReadOnlyList<MergedSection> Chain(MergedSection section)
    {
        if (_chains.TryGetValue(section.Key, out IReadOnlyList<MergedSection>? known)) return known;
        var chain = new List<MergedSection>();
        Follow(section, chain, []);
        return _chains[section.Key] = chain;
    }

    /// <summary>The chain of a stack or bundle in an environment: what the environment, and those that it extends, override in it comes first.</summary>
    public IReadOnlyList<MergedSection> Chain(MergedSection section, MergedSection environment) =>
    [
        .. Chain(environment).Select(e => settings.Find(section.Key with { Environment = e.Key.Name })).OfType<MergedSection>(),
        .. Chain(section),
    ];

    public bool IsAbstract(MergedSection section) => new SectionView(section.Key, [section], settings, problems).Boolean("abstract") ?? false;

    private void Follow(MergedSection section, List<MergedSection> chain, List<string> open)
    {
        chain.Add(section);
        open.Add(section.Key.Name);
        var own = new SectionView(section.Key, [section], settings, problems);
        foreach (SettingItem item in own.Items("extends"))
        {
            if (open.Contains(item.Text))
            {
                own.Error(item, "extends", $"The sections extend each other in a circle: {string.Join(", ", open.Append(item.Text))}.");
            }
            else if (settings.Find(section.Key with { Name = item.Text }) is { } extended)
            {
                if (!chain.Contains(extended)) Follow(extended, chain, open);
            }
            else
            {
                string? near = NearestName.Of(item.Text, settings.Of(section.Key.Kind).Select(s => s.Key.Name));
                own.Error(item, "extends", $"There is no '{section.Key with { Name = item.Text }}' to extend.{ProblemCollector.DidYouMean(near)}", near);
            }
        }

        open.RemoveAt(open.Count - 1);
    }
}
