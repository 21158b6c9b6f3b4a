using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Ini;
using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Hosts;

/// <summary>Reads <c>metadata.conf</c>, the file by which a stack tells its hosts what to install.</summary>
public sealed class HostMetadataReader
{
    // The old documentation called the bucket's option by this name (D-01).
    private const string BucketAlias = "bucket";

    private static readonly string[] KnownOptions =
    [
        "access-key-id", "bundle-bucket", "bundle-extraction-paths", "bundle-types", "environment", "log-level", "region", "secret-access-key", "version",
    ];

    private readonly string _file;
    private readonly PathStyle _style;
    private readonly ProblemCollector _problems = new();
    private readonly HostMetadataSection _section;
    private readonly HashSet<string> _used = [];

    private HostMetadataReader(string text, string file, PathStyle style)
    {
        (_file, _style) = (file, style);
        _section = new HostMetadataSection(text, file, _problems);
    }

    /// <param name="path">Full path of the file.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.MetadataInvalid"/>: the file is missing or is not valid, with all its problems.</exception>
    public static HostMetadata Load(string path, IConfigurationFiles files, PathStyle style)
    {
        var problems = new ProblemCollector();
        string? text = ConfigurationText.Read(files, path, problems);
        problems.ThrowIfAny(ErrorIds.MetadataInvalid, "host's metadata");
        return text is not null
            ? Read(text, path, style)
            : throw new CumulusException(ErrorIds.MetadataInvalid, FailureKind.NotFound, $"There is no file {path}, which would say what this host installs.")
            {
                Target = path,
                Advice = "Name the file, or say environment, version, bundle and bucket by parameters.",
            };
    }

    /// <param name="file">Full path of the file, for messages.</param>
    /// <param name="style">How paths are written on the host.</param>
    /// <exception cref="ConfigurationException"><see cref="ErrorIds.MetadataInvalid"/>: all problems at once.</exception>
    public static HostMetadata Read(string text, string file, PathStyle style) => new HostMetadataReader(text, file, style).Read();

    private HostMetadata Read()
    {
        if (_section.First is null) _problems.Error(new Place(_file, 0), null, "There is no section [metadata].");
        string? bucket = Required("bundle-bucket", Text("bundle-bucket") ?? OldBucket());
        string? environment = Required("environment", Name("environment"));
        string? version = Required("version", Name("version"));
        List<string> types = BundleTypes();
        Dictionary<string, string> paths = ExtractionPaths(types);
        var metadata = new HostMetadata
        {
            Region = Text("region"),
            BundleBucket = bucket ?? "",
            BundleTypes = types,
            Environment = environment ?? "",
            Version = version ?? "",
            Keys = AccessKeys.Read(
                Item("access-key-id"), Item("secret-access-key"), Place(_section.First?.Line ?? 0), HostMetadataSection.Name, "Give the instance a role instead.", _problems),
            ExtractionPaths = paths,
            LogLevel = LogLevels.Read(Item("log-level"), Option("log-level"), _problems),
            SourceFile = _file,
        };
        WarnOfUnknown();
        _problems.ThrowIfAny(ErrorIds.MetadataInvalid, "host's metadata");
        return metadata with { Warnings = [.. _problems.Warnings] };
    }

    private string? OldBucket()
    {
        if (Item(BucketAlias) is not { } item) return null;
        _problems.Warn(item.Place, Option(BucketAlias), "The option's name is 'bundle-bucket'; it is read as that.");
        return item.Text;
    }

    private List<string> BundleTypes()
    {
        var types = new List<string>();
        foreach (SettingItem item in Items("bundle-types", OptionKind.List))
        {
            if (!NameRules.IsValid(item.Text)) _problems.Error(item.Place, Option("bundle-types"), $"'{item.Text}' is not allowed: {NameRules.Explanation}");
            else if (types.Contains(item.Text)) _problems.Warn(item.Place, Option("bundle-types"), $"'{item.Text}' stands there twice; it counts once.");
            else types.Add(item.Text);
        }

        // The old check never fired for an empty value.
        if (_problems.Errors.All(e => e.Option != Option("bundle-types"))) Required("bundle-types", types.Count == 0 ? null : "");
        return types;
    }

    private Dictionary<string, string> ExtractionPaths(List<string> types)
    {
        string option = Option("bundle-extraction-paths");
        var paths = new Dictionary<string, string>();
        foreach (SettingItem line in Items("bundle-extraction-paths", OptionKind.Lines))
        {
            if (line.Text.Split("->", StringSplitOptions.TrimEntries) is not [{ Length: > 0 } bundle, { Length: > 0 } path])
            {
                _problems.Error(line.Place, option, "The line is not 'bundle -> absolute path'.");
            }
            else if (!_style.IsAbsolute(path))
            {
                _problems.Error(line.Place, option, $"'{path}' is no absolute path.");
            }
            else
            {
                if (!types.Contains(bundle)) _problems.Warn(line.Place, option, $"'{bundle}' is not among the bundle-types.{ProblemCollector.DidYouMean(bundle, types)}");
                if (paths.ContainsKey(bundle)) _problems.Warn(line.Place, option, $"'{bundle}' stands there twice; this later one counts.");
                paths[bundle] = _style.Resolve(path, ".", null);
            }
        }

        return paths;
    }

    private string? Name(string name)
    {
        if (Item(name) is not { } item) return null;
        if (!NameRules.IsValid(item.Text)) _problems.Error(item.Place, Option(name), $"'{item.Text}' is not allowed: {NameRules.Explanation}");
        return item.Text;
    }

    private string? Required(string name, string? value)
    {
        if (value is null && _section.First is { } section && _problems.Errors.All(e => e.Option != Option(name)))
            _problems.Error(Place(_section.FindOwn(name)?.Line ?? section.Line), Option(name), "The option is missing or empty.");
        return value;
    }

    private string? Text(string name) => Item(name)?.Text;

    private SettingItem? Item(string name) => Items(name, OptionKind.Text) is [var item, ..] ? item : null;

    private IReadOnlyList<SettingItem> Items(string name, OptionKind kind) =>
        Find(name) is { } option
            ? new ConfSetting(name, _file, option).Items(kind, new SettingContext(Option(name), n => n == "__name__" ? HostMetadataSection.Name : Find(n)?.RawText, _section.Names, _problems))
            : [];

    private IniOption? Find(string name)
    {
        _used.Add(name);
        return _section.Find(name);
    }

    private void WarnOfUnknown()
    {
        foreach (IniSection other in _section.Others.Where(s => s.Name.Length > 0))
            _problems.Warn(Place(other.Line), null, $"The section '{other.Name}' is not known and is ignored.{ProblemCollector.DidYouMean(other.Name, [HostMetadataSection.Name])}");
        foreach (IniOption option in _section.Options.Where(o => !_used.Contains(o.Name)))
        {
            string advice = option.Name == BucketAlias ? " 'bundle-bucket' is set and counts." : ProblemCollector.DidYouMean(option.Name, KnownOptions);
            _problems.Warn(Place(option.Line), HostMetadataSection.Name, $"The option '{option.Name}' is not known and is ignored.{advice}");
        }

        foreach (IGrouping<string, IniOption> options in _section.Options.GroupBy(o => o.Name).Where(g => g.Count() > 1))
            _problems.Warn(Place(options.Last().Line), Option(options.Key), $"The option stands in line {options.First().Line} already; this later one counts.");
    }

    private static string Option(string name) => $"{HostMetadataSection.Name} / {name}";

    private Place Place(int line) => new(_file, line);
}
