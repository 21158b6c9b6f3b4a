using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Ini;

namespace Cumulus.Engine.Hosts;

/// <summary>The <c>[metadata]</c> section of a file: its options over those of <c>[DEFAULT]</c>, of several the last.</summary>
internal sealed class HostMetadataSection
{
    public const string Name = "metadata";

    private readonly List<IniSection> _sections;
    private readonly List<IniSection> _defaults;

    public HostMetadataSection(string text, string file, ProblemCollector problems)
    {
        IniDocument document = IniReader.Read(text, file, problems);
        _sections = [.. document.Sections.Where(s => s.Name == Name)];
        _defaults = [.. document.Sections.Where(s => s.Name == "DEFAULT")];
        Others = [.. document.Sections.Except(_sections).Except(_defaults)];
    }

    /// <summary>Null when the file has no such section.</summary>
    public IniSection? First => _sections.FirstOrDefault();

    public IReadOnlyList<IniSection> Others { get; }

    public IEnumerable<IniOption> Options => _sections.SelectMany(s => s.Options);

    public IEnumerable<string> Names => Options.Concat(Defaults).Select(o => o.Name).Distinct();

    /// <summary>The option of the section itself; null when it has none.</summary>
    public IniOption? FindOwn(string name) => Options.LastOrDefault(o => o.Name == name);

    public IniOption? Find(string name) => FindOwn(name) ?? Defaults.LastOrDefault(o => o.Name == name);

    private IEnumerable<IniOption> Defaults => _defaults.SelectMany(s => s.Options);
}
