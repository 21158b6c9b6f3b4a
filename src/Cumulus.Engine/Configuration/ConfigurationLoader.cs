using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration;

/// <summary>Reads <c>cumulus.conf</c> (the old format) and <c>cumulus.yml</c> into one model.</summary>
public sealed class ConfigurationLoader(IConfigurationFiles files)
{
    /// <summary>Reads the files of this machine.</summary>
    public ConfigurationLoader()
        : this(new DiskConfigurationFiles())
    {
    }

    /// <summary>
    /// Reads all files of the request, includes first, and merges them option by option: a later file wins. Whether a file is YAML is told by its
    /// ending, <c>.yml</c> or <c>.yaml</c>.
    /// </summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ConfigurationNotFound"/>: a named file is missing, or no file was found; names the paths tried.</exception>
    /// <exception cref="ConfigurationException"><see cref="ErrorIds.ConfigurationInvalid"/>: all problems of all files at once.</exception>
    public CumulusConfiguration Load(ConfigurationRequest request)
    {
        var problems = new ProblemCollector();
        CumulusConfiguration configuration = Read(request, problems, out _);
        problems.ThrowIfAny(ErrorIds.ConfigurationInvalid, "configuration");
        return configuration with { Warnings = [.. problems.Warnings] };
    }

    /// <summary>All that can be said about the files without AWS: what <see cref="Load"/> refuses and warns of, and what would fail when an environment is used.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ConfigurationNotFound"/></exception>
    public ConfigurationReport Check(ConfigurationRequest request)
    {
        var problems = new ProblemCollector();
        CumulusConfiguration configuration = Read(request, problems, out MergedSettings settings);
        new ConfigurationCheck(configuration, settings, files, problems).Run();
        return new ConfigurationReport(configuration.Sources, problems.All);
    }

    private CumulusConfiguration Read(ConfigurationRequest request, ProblemCollector problems, out MergedSettings settings)
    {
        string[] paths = Find(request, problems);
        List<ConfigurationLayer> layers = ReadAll(paths, problems);
        var resolver = new PathResolver(request, files, problems);
        List<string> includes = Includes(layers, resolver, problems);
        List<ConfigurationLayer> included = ReadAll(includes, problems);
        WarnOfNestedIncludes(included, problems);
        settings = new MergedSettings([.. included, .. layers]);
        return new ConfigurationBuilder(settings, resolver, problems).Build([.. includes, .. paths]);
    }

    private string[] Find(ConfigurationRequest request, ProblemCollector problems)
    {
        if (request.Paths.Count > 0)
        {
            string[] named = [.. request.Paths.Select(p => request.PathStyle.Resolve(request.CurrentFolder, p, request.HomeFolder))];
            string[] missing = [.. named.Where(p => !files.Exists(p))];
            if (missing.Length > 0)
            {
                throw new CumulusException(ErrorIds.ConfigurationNotFound, FailureKind.NotFound, $"There is no configuration file {string.Join(", ", missing)}.")
                {
                    Target = missing[0],
                };
            }

            // Named twice, the last place counts.
            return [.. named.Reverse().Distinct().Reverse()];
        }

        IReadOnlyList<string> tried = ConfigurationSearch.Candidates(request.PathStyle, request.CurrentFolder, request.HomeFolder);
        string[] found = [.. tried.Where(files.Exists)];
        if (found.Length == 0)
        {
            throw new CumulusException(ErrorIds.ConfigurationNotFound, FailureKind.NotFound, $"No configuration file was found. Tried: {string.Join(", ", tried)}.")
            {
                Target = request.CurrentFolder,
                Advice = "Run the command in the folder that has cumulus.yml or cumulus.conf, or name the file with -ConfigurationPath.",
            };
        }

        foreach (string yml in found.Where(f => f.EndsWith(".yml", StringComparison.Ordinal)))
        {
            string yaml = yml[..^4] + ".yaml";
            if (found.Contains(yaml)) problems.Warn(new Place(yml, 0), null, $"{yaml} is read too; where both set an option, this file counts. Keep one of them.");
        }

        return found;
    }

    private List<ConfigurationLayer> ReadAll(IEnumerable<string> paths, ProblemCollector problems)
    {
        var layers = new List<ConfigurationLayer>();
        foreach (string path in paths)
        {
            if (ConfigurationText.Read(files, path, problems) is not { } text) continue;
            bool yaml = path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase);
            layers.Add(yaml ? YamlLayerReader.Read(text, path, problems) : ConfLayerReader.Read(text, path, problems));
        }

        return layers;
    }

    // As before, the merged view of the main files says what is included, and included files come before all of them.
    private List<string> Includes(List<ConfigurationLayer> layers, PathResolver resolver, ProblemCollector problems)
    {
        var merged = new MergedSettings(layers);
        var general = new SectionView(SectionKey.General, [merged.General], merged, problems);
        var includes = new List<string>();
        bool isConf = general.Find("include")?.IsConf ?? false;
        foreach (SettingItem item in general.Items("include"))
        {
            string path = resolver.Resolve(item, isConf, general.Option("include"));
            if (files.Exists(path)) includes.Add(path);
            else problems.Warn(item.Place, general.Option("include"), $"The included file {path} does not exist and is left out.");
        }

        return includes;
    }

    private static void WarnOfNestedIncludes(List<ConfigurationLayer> included, ProblemCollector problems)
    {
        foreach (LayerSection section in included.SelectMany(l => l.Sections).Where(s => s.Key == SectionKey.General))
        {
            if (section.Settings.TryGetValue("include", out RawSetting? setting))
                problems.Warn(setting.Place, section.Key.Option("include"), "An included file includes no further ones; the option is ignored.");
        }
    }
}
