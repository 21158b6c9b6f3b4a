using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration;

/// <summary>Makes the model out of merged settings.</summary>
internal sealed class ConfigurationBuilder(MergedSettings settings, PathResolver paths, ProblemCollector problems)
{
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, Capabilities.
    private static readonly string[] KnownCapabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"];

    public CumulusConfiguration Build(IReadOnlyList<string> sources)
    {
        LogLevel? logLevel = LogLevels.Read(settings.General.Item("log-level", problems), settings.General.Key.Option("log-level"), problems);
        EnvironmentDefinition[] environments = [.. settings.Of(SectionKind.Environment).Select(Environment)];
        StackDefinition[] stacks = [.. settings.Of(SectionKind.Stack).Select(Stack)];
        BundleDefinition[] bundles = [.. settings.Of(SectionKind.Bundle).Select(Bundle)];
        WarnOfMissing("stacks", "stack", [.. stacks.Select(s => s.Name)]);
        WarnOfMissing("bundles", "bundle", [.. bundles.Select(b => b.Name)]);
        settings.WarnOfUnknown(problems);
        return new CumulusConfiguration
        {
            Sources = sources,
            Environments = environments,
            Stacks = stacks,
            Bundles = bundles,
            LogLevel = logLevel,
            Warnings = [],
        };
    }

    private EnvironmentDefinition Environment(MergedSection section) => new()
    {
        Name = section.Key.Name,
        Region = section.Text("region", problems),
        Bucket = section.Text("bucket", problems),
        Version = section.Text("version", problems),
        Stacks = section.Names("stacks", problems),
        Bundles = section.Names("bundles", problems),
        StackNamePrefix = section.Text("stack-name-prefix", problems),
        StackNameSuffix = section.Text("stack-name-suffix", problems),
        PreDeployHook = section.Text("pre-deploy-hook", problems),
        PostDeployHook = section.Text("post-deploy-hook", problems),
        ProfileName = section.Text("profile", problems),
        RoleArn = section.Text("role-arn", problems),
        Keys = AccessKeys.Read(
            section.Item("access-key-id", problems), section.Item("secret-access-key", problems), section.Place, section.Key.ToString(),
            "Use 'profile', 'role-arn' or the surroundings' credentials instead.", problems),
        SourceFile = section.Place.File,
    };

    private StackDefinition Stack(MergedSection section)
    {
        SettingItem? template = section.Item("template", problems);
        if (template is null) problems.Error(section.Place, section.Key.ToString(), "The stack has no template.");
        return new StackDefinition
        {
            Name = section.Key.Name,
            Template = template is null ? "" : Template(template, section),
            Parameters = section.Pairs("parameters", problems),
            Tags = section.Pairs("tags", problems),
            DisableRollback = section.Boolean("disable-rollback", problems),

            // 0 always meant none.
            TimeoutInMinutes = section.Integer("timeout-in-minutes", problems) is > 0 and var minutes ? minutes : null,
            Capabilities = Capabilities(section),
            UpdateHosts = section.Boolean("update-hosts", problems),
            SourceFile = section.Place.File,
        };
    }

    private string Template(SettingItem template, MergedSection section)
    {
        bool isConf = section.Find("template")!.IsConf;
        string text = isConf ? EnvironmentVariables.Expand(template.Text, paths.Request.Variables, paths.Request.PathStyle) : template.Text;
        return IsAddress(text) ? text : paths.Resolve(template with { Text = text }, isConf, section.Key.Option("template"));
    }

    private static bool IsAddress(string text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("s3://", StringComparison.OrdinalIgnoreCase);

    private List<string> Capabilities(MergedSection section)
    {
        var capabilities = new List<string>();
        foreach (SettingItem item in section.Items("capabilities", problems))
        {
            string name = item.Text.ToUpperInvariant();
            if (!KnownCapabilities.Contains(name))
            {
                problems.Error(item.Place, section.Key.Option("capabilities"),
                    $"'{item.Text}' is no capability of CloudFormation.{ProblemCollector.DidYouMean(name, KnownCapabilities)} Known: {string.Join(", ", KnownCapabilities)}.");
            }
            else if (!capabilities.Contains(name))
            {
                capabilities.Add(name);
            }
        }

        return capabilities;
    }

    private BundleDefinition Bundle(MergedSection section)
    {
        SettingItem? preBuilt = section.Item("pre-built-bundle", problems);
        IReadOnlyList<SettingItem> written = section.Items("paths", problems);
        if (preBuilt is null && written.Count == 0) problems.Error(section.Place, section.Key.ToString(), "The bundle has neither paths nor a pre-built-bundle.");
        if (preBuilt is not null && written.Count > 0)
            problems.Warn(preBuilt.Place, section.Key.Option("pre-built-bundle"), "The bundle is pre-built, so its paths are not used.");
        bool pathsConf = section.Find("paths")?.IsConf ?? false;
        string option = section.Key.Option("paths");
        return new BundleDefinition
        {
            Name = section.Key.Name,
            Paths = [.. written.Select(p => new BundlePath(
                paths.Resolve(p, pathsConf, option), PathStyle.ArchiveName(PathStyle.ExpandHome(p.Text, paths.Request.HomeFolder))))],
            PathRewrites = [.. section.Items("path-rewrites", problems).Select(r => new PathRewrite(ArchiveName(r.Key!), ArchiveName(r.Text)))],
            Exclude = Excluded(section),

            // The old program followed them, and what was written for it keeps its meaning.
            FollowSymlinks = section.Boolean("follow-symlinks", problems, unset: preBuilt is null && pathsConf),
            Format = Format(section, preBuilt),
            PreBundleHook = section.Text("pre-bundle-hook", problems),
            PostBundleHook = section.Text("post-bundle-hook", problems),
            HookTimeLimit = section.Integer("hook-time-limit", problems) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(30),
            PreBuiltBundle = preBuilt is null ? null : paths.Resolve(preBuilt, section.Find("pre-built-bundle")!.IsConf, section.Key.Option("pre-built-bundle")),
            SourceFile = section.Place.File,
        };
    }

    private List<string> Excluded(MergedSection section)
    {
        IReadOnlyList<SettingItem> items = section.Items("exclude", problems);
        foreach (SettingItem item in items)
        {
            if (IgnorePattern.Problem(item.Text) is { } problem) problems.Error(item.Place, section.Key.Option("exclude"), $"'{item.Text}' is no pattern that could match anything: {problem}.");
        }

        return [.. items.Select(i => i.Text)];
    }

    private BundleFormat Format(MergedSection section, SettingItem? preBuilt)
    {
        SettingItem? item = section.Item("format", problems);
        BundleFormat? format = item is null ? null : BundleFormats.Parse(item.Text);
        if (item is not null && format is null)
            problems.Error(item.Place, section.Key.Option("format"), $"'{item.Text}' is no format of bundles. Known: {string.Join(", ", BundleFormats.Names)}.");
        BundleFormat? given = preBuilt is null ? null : BundleFormats.Of(preBuilt.Text);
        if (given is not null && format is not null && given != format)
            problems.Error(item!.Place, section.Key.Option("format"), $"The bundle is pre-built as {preBuilt!.Text}, so that its format is not {item.Text}.");
        return given ?? format ?? BundleFormat.Zip;
    }

    // Both sides lose drive and leading '/', as the names in the archive do: so a rewrite of an absolute path finds its files (D-15).
    private string ArchiveName(string written) => PathStyle.ArchiveName(PathStyle.ExpandHome(written, paths.Request.HomeFolder));

    // A warning here, and an error when the environment is used (D-09): a gap in one environment does not stop another.
    private void WarnOfMissing(string option, string what, IReadOnlyCollection<string> configured)
    {
        var quiet = new ProblemCollector();
        foreach (MergedSection section in settings.Of(SectionKind.Environment))
        {
            foreach (SettingItem item in section.Items(option, quiet).DistinctBy(i => i.Text).Where(i => !configured.Contains(i.Text)))
                problems.Warn(item.Place, section.Key.Option(option), $"There is no {what} '{item.Text}'.{ProblemCollector.DidYouMean(item.Text, configured)}");
        }
    }
}
