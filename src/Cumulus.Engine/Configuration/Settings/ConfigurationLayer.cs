namespace Cumulus.Engine.Configuration.Settings;

/// <summary>What one file says.</summary>
internal sealed class ConfigurationLayer
{
    private readonly Dictionary<SectionKey, LayerSection> _byKey = [];

    /// <summary>In the order of the file.</summary>
    public List<LayerSection> Sections { get; } = [];

    /// <summary>Options of <c>[DEFAULT]</c>, which every section of every file inherits.</summary>
    public Dictionary<string, RawSetting> Defaults { get; } = [];

    /// <summary>The section, made when it is not there yet.</summary>
    public LayerSection Section(SectionKey key, Place place)
    {
        if (_byKey.TryGetValue(key, out LayerSection? section)) return section;
        section = new LayerSection(key, place);
        _byKey.Add(key, section);
        Sections.Add(section);
        return section;
    }
}

/// <param name="Place">Where the section begins.</param>
internal sealed record LayerSection(SectionKey Key, Place Place)
{
    public Dictionary<string, RawSetting> Settings { get; } = [];
}
