using Cumulus.Engine.Configuration.Ini;
using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration.Conversion;

/// <summary>A converted file.</summary>
/// <param name="Text">The YAML.</param>
/// <param name="Warnings">What was read but deserves a word, and what only a person can put right.</param>
public sealed record ConvertedConfiguration(string Text, IReadOnlyList<ConfigurationProblem> Warnings);

/// <summary>
/// Writes what a <c>cumulus.conf</c> says as <c>cumulus.yml</c>, comments included. <c>[DEFAULT]</c> and <c>%(name)s</c> have no counterpart: what they give is
/// written out where it counts.
/// </summary>
public sealed class ConfigurationConverter
{
    private static readonly (SectionKind Kind, string Key)[] Groups = [(SectionKind.Environment, "environments"), (SectionKind.Stack, "stacks"), (SectionKind.Bundle, "bundles")];

    private readonly ProblemCollector _problems = new();
    private readonly YamlText _yaml = new();
    private readonly ConfigurationRequest _request;
    private readonly string _file;
    private readonly ConfigurationPaths _paths;
    private readonly IniDocument _document;
    private readonly ConfComments _comments;
    private readonly MergedSettings _settings;
    private readonly IReadOnlyDictionary<string, RawSetting> _defaults;

    private ConfigurationConverter(string text, string file, ConfigurationRequest request, IConfigurationFiles files)
    {
        (_file, _request) = (file, request);
        _paths = new ConfigurationPaths(request, files, _problems, file);
        _document = IniReader.Read(text, file, new ProblemCollector());
        _comments = new ConfComments(text, _document);
        ConfigurationLayer layer = ConfLayerReader.Read(text, file, _problems);
        (_settings, _defaults) = (new MergedSettings([layer]), layer.Defaults);
    }

    /// <param name="file">Full path of the <c>.conf</c>; the YAML is to lie in the same folder.</param>
    /// <param name="request">Its surroundings; the paths in it do not count.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ConfigurationNotFound"/></exception>
    /// <exception cref="ConfigurationException"><see cref="ErrorIds.ConfigurationInvalid"/>: all problems of the file.</exception>
    public static ConvertedConfiguration Convert(string file, ConfigurationRequest request, IConfigurationFiles files)
    {
        var problems = new ProblemCollector();
        if (!files.Exists(file)) throw new CumulusException(ErrorIds.ConfigurationNotFound, FailureKind.NotFound, $"There is no configuration file {file}.") { Target = file };
        string? text = ConfigurationText.Read(files, file, problems);
        problems.ThrowIfAny(ErrorIds.ConfigurationInvalid, "configuration");
        return new ConfigurationConverter(text!, file, request, files).Convert();
    }

    private ConvertedConfiguration Convert()
    {
        WriteOptions(_settings.General, 0);
        foreach ((SectionKind kind, string key) in Groups)
        {
            MergedSection[] sections = [.. _settings.Of(kind)];
            if (sections.Length == 0) continue;
            _yaml.Blank();
            _yaml.Key(0, key);
            foreach (MergedSection section in sections) WriteSection(section);
        }

        WriteUnread();
        if (_comments.Last.Count > 0) _yaml.Blank();
        _yaml.Comment(0, _comments.Last);
        _problems.ThrowIfAny(ErrorIds.ConfigurationInvalid, "configuration");
        if (_settings.Find(SectionKey.General)!.Own(OptionSchema.Find(SectionKind.General, "include")!) is { } include && _defaults.Count > 0)
            _problems.Warn(include.Place, "general / include", "[DEFAULT] of this file counted for the included ones, too; the YAML has no such thing. Convert them as well, and look through them.");
        return new ConvertedConfiguration(_yaml.ToString(), _problems.Warnings);
    }

    private void WriteSection(MergedSection section)
    {
        foreach (IniSection written in Written(section.Key)) _yaml.Comment(2, _comments.Of(written.Line));
        _yaml.Key(2, section.Key.Name, HasOptions(section) ? null : "{}");
        WriteOptions(section, 4);
    }

    private bool HasOptions(MergedSection section) => Options(section).Any() || FollowsSymlinks(section);

    private void WriteOptions(MergedSection section, int indent)
    {
        var view = new SectionView(section.Key, [section], _settings, _problems);
        if (section.Key == SectionKey.General)
        {
            foreach (IniSection written in Written(section.Key)) _yaml.Comment(indent, _comments.Of(written.Line));
        }

        foreach (IniOption unknown in Written(section.Key).SelectMany(s => s.Options).Where(o => OptionSchema.Find(section.Key.Kind, o.Name) is null or { YamlOnly: true }))
        {
            _yaml.Comment(indent, _comments.Of(unknown.Line));
            WriteUnread(indent, unknown);
        }

        foreach (OptionSpec option in Options(section))
        {
            foreach (IniOption written in Written(section.Key).SelectMany(s => s.Options).Where(o => OptionSchema.Find(section.Key.Kind, o.Name) == option))
                _yaml.Comment(indent, _comments.Of(written.Line));
            WriteOption(view, option, indent);
        }

        // The old format followed links, and YAML does not.
        if (FollowsSymlinks(section)) _yaml.Key(indent, "follow-symlinks", "true");
    }

    private bool FollowsSymlinks(MergedSection section)
    {
        if (section.Key.Kind != SectionKind.Bundle) return false;
        var view = new SectionView(section.Key, [section], _settings, new ProblemCollector());
        return view.Items("paths").Count > 0 && view.Item("pre-built-bundle") is null && view.Item("follow-symlinks") is null;
    }

    /// <summary>The section's own options in the order of the file, then those that <c>[DEFAULT]</c> gives it.</summary>
    private IEnumerable<OptionSpec> Options(MergedSection section)
    {
        OptionSpec[] known = [.. OptionSchema.Of(section.Key).Where(o => !o.YamlOnly)];
        IEnumerable<string> own = Written(section.Key).SelectMany(s => s.Options).Select(o => OptionSchema.Find(section.Key.Kind, o.Name)?.Name ?? o.Name);
        return own.Concat(_defaults.Keys.Where(d => known.Any(o => o.Name == d && !o.IsOwn)))
            .Distinct()
            .Select(name => known.FirstOrDefault(o => o.Name == name))
            .OfType<OptionSpec>();
    }

    private IEnumerable<IniSection> Written(SectionKey key) => _document.Sections.Where(s => ConfLayerReader.KeyOf(s.Name, default, new ProblemCollector()) == key);

    private void WriteOption(SectionView view, OptionSpec option, int indent)
    {
        IReadOnlyList<SettingItem> items = option.Kind == OptionKind.Pairs ? view.Pairs(option.Name) : view.Items(option.Name);
        if (items.Count == 0)
        {
            // Set to nothing: what a farther file says does not count.
            _yaml.Line(indent, $"{option.Name}:");
            return;
        }

        switch (option.Kind)
        {
            case OptionKind.Pairs:
                _yaml.Key(indent, option.Name);
                foreach (SettingItem pair in items) _yaml.Key(indent + 2, pair.Key!, YamlText.Scalar(Substitution.Escape(pair.Text)));
                break;
            case OptionKind.List:
                _yaml.Key(indent, option.Name, YamlText.List(items.Select(i => Text(view, option, i))));
                break;
            case OptionKind.Lines:
                _yaml.Key(indent, option.Name);
                foreach (SettingItem line in items) _yaml.Item(indent + 2, YamlText.Scalar(Text(view, option, line)));
                break;
            case OptionKind.Rewrites:
                _yaml.Key(indent, option.Name);
                foreach (SettingItem rewrite in items) _yaml.Item(indent + 2, YamlText.Scalar(Substitution.Escape($"{rewrite.Key} -> {rewrite.Text}")));
                break;
            case OptionKind.Command when YamlText.FitsBlock(items[0].Text):
                _yaml.Key(indent, option.Name, "|");
                foreach (string line in items[0].Text.Split('\n')) _yaml.Line(indent + 2, line);
                break;
            default:
                _yaml.Key(indent, option.Name, YamlText.Scalar(Text(view, option, items[0])));
                break;
        }
    }

    private string Text(SectionView view, OptionSpec option, SettingItem item) => option.Name switch
    {
        // These two are read before there are variables.
        "include" => _paths.Written(item, view.Option(option.Name)),
        _ when option.Kind == OptionKind.Command => item.Text,
        "template" => Template(view, item),
        "paths" => Substitution.Escape(_paths.WrittenInBundle(item, view.Option(option.Name))),
        "pre-built-bundle" => Substitution.Escape(_paths.Written(item, view.Option(option.Name))),
        "stack-policy" when item.Text[0] != '{' => Substitution.Escape(_paths.Written(item, view.Option(option.Name))),
        _ => Substitution.Escape(item.Text),
    };

    private string Template(SectionView view, SettingItem item)
    {
        string expanded = EnvironmentVariables.Expand(item.Text, _request.Variables, _request.PathStyle);
        if (expanded.Contains("://", StringComparison.Ordinal) || expanded != item.Text) return EnvironmentVariables.ToYaml(item.Text, _request.Variables, _request.PathStyle);
        return Substitution.Escape(_paths.Written(item, view.Option("template")));
    }

    // What the reader does not know is kept for a person, out of the reader's way.
    private void WriteUnread()
    {
        foreach (IniSection section in _document.Sections.Where(s => s.Name != "DEFAULT" && ConfLayerReader.KeyOf(s.Name, default, new ProblemCollector()) is null))
        {
            _yaml.Blank();
            _yaml.Comment(0, [.. _comments.Of(section.Line), $"[{section.Name}]"]);
            foreach (IniOption option in section.Options)
            {
                _yaml.Comment(0, _comments.Of(option.Line));
                WriteUnread(0, option);
            }
        }
    }

    private void WriteUnread(int indent, IniOption option) =>
        _yaml.Comment(indent, option.Lines.Select((l, i) => i == 0 ? $"{option.Name} = {l.Text}" : $"    {l.Text}").DefaultIfEmpty($"{option.Name} ="));
}
