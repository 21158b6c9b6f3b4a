using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration;

/// <summary>Makes the model out of merged settings: each stack and bundle as it is written, and as each environment that lists it has it.</summary>
internal sealed class ConfigurationBuilder(MergedSettings settings, PathResolver paths, ProblemCollector problems)
{
    private readonly Inheritance _inheritance = new(settings, problems);
    private readonly StackSectionReader _stacks = new(paths);
    private readonly BundleSectionReader _bundles = new(paths);
    private IReadOnlyDictionary<string, SettingItem> _variables = new Dictionary<string, SettingItem>();

    public CumulusConfiguration Build(IReadOnlyList<string> sources)
    {
        _variables = Variables([settings.General]);
        bool isOpen = false;
        SectionView general = View(settings.General.Key, [settings.General], problems, new VariableScope(_variables, Process, null, (_, _, _) => isOpen = true));
        string? stateBucket = general.Text("state-bucket") is { } bucket && !isOpen ? bucket : null;
        StackSectionReader.Tags(general);
        EnvironmentDefinition[] environments = [.. Concrete(SectionKind.Environment).Select(Environment)];
        StackDefinition[] stacks = [.. Concrete(SectionKind.Stack).Select(s => _stacks.Read(AsWritten(s, environments.Any(e => e.Stacks.Contains(s.Key.Name))), null))];
        BundleDefinition[] bundles = [.. Concrete(SectionKind.Bundle).Select(b => _bundles.Read(AsWritten(b, environments.Any(e => e.Bundles.Contains(b.Key.Name)))))];
        LogLevel? logLevel = LogLevels.Read(general.Item("log-level"), general.Option("log-level"), problems);
        WarnOfOverrides();
        settings.WarnOfUnknown(problems);
        return new CumulusConfiguration
        {
            Sources = sources,
            Environments = environments,
            Stacks = stacks,
            Bundles = bundles,
            StateBucket = stateBucket,
            LogLevel = logLevel,
            Warnings = [],
        };
    }

    private EnvironmentDefinition Environment(MergedSection section)
    {
        IReadOnlyList<MergedSection> chain = _inheritance.Chain(section);
        var variables = new Dictionary<string, SettingItem>(_variables);
        foreach ((string name, SettingItem value) in Variables(chain)) variables[name] = value;
        VariableScope scope = Scope(variables, section.Key.Name);
        SectionView view = View(section.Key, chain, problems, scope), general = View(settings.General.Key, [settings.General], problems, scope);

        MergedSection[] stacks = [.. Listed(view, SectionKind.Stack, "stacks", "stack", out IReadOnlyList<string> stackNames)];
        MergedSection[] bundles = [.. Listed(view, SectionKind.Bundle, "bundles", "bundle", out IReadOnlyList<string> bundleNames)];
        var common = new EnvironmentCommon
        {
            Name = section.Key.Name,
            Stacks = stackNames,
            Tags = PairList.Merge(StackSectionReader.Tags(general), StackSectionReader.Tags(view)),
            NotificationArns = StackSectionReader.Arns(view, "notification-arns", StackSectionReader.MaximumTopics),
            ServiceRoleArn = StackSectionReader.Arn(view, "service-role-arn"),
            TerminationProtection = view.Boolean("termination-protection"),
        };
        string? roleArn = StackSectionReader.Arn(view, "role-arn");
        return new EnvironmentDefinition
        {
            Name = section.Key.Name,
            Region = view.Text("region"),
            Bucket = view.Text("bucket"),
            Version = view.Text("version"),
            Stacks = stackNames,
            Bundles = bundleNames,
            StackNamePrefix = view.Text("stack-name-prefix"),
            StackNameSuffix = view.Text("stack-name-suffix"),
            PreDeployHook = view.Text("pre-deploy-hook"),
            PostDeployHook = view.Text("post-deploy-hook"),
            PreRemoveHook = view.Text("pre-remove-hook"),
            PostRemoveHook = view.Text("post-remove-hook"),
            HookTimeLimit = view.Seconds("hook-time-limit") ?? TimeSpan.FromMinutes(30),
            RunHooksAfterFailure = view.Boolean("run-hooks-after-failure") ?? false,
            ProfileName = view.Text("profile"),
            RoleArn = roleArn,
            ExternalId = StackSectionReader.ExternalId(view, roleArn),
            StateBucket = view.Text("state-bucket") ?? general.Text("state-bucket"),
            Tags = common.Tags,
            Keys = AccessKeys.Read(
                view.Item("access-key-id"), view.Item("secret-access-key"), view.Place, view.Key.ToString(),
                "Use 'profile', 'role-arn' or the surroundings' credentials instead.", problems),
            StackSettings = [.. stacks.Select(s => _stacks.Read(View(s.Key, _inheritance.Chain(s, section), problems, scope), common))],
            BundleSettings = [.. bundles.Select(b => _bundles.Read(View(b.Key, _inheritance.Chain(b, section), problems, scope)))],
            SourceFile = view.Place.File,
        };
    }

    // A warning here, and an error when the environment is used (D-09): a gap in one environment does not stop another.
    private IEnumerable<MergedSection> Listed(SectionView environment, SectionKind kind, string option, string what, out IReadOnlyList<string> names)
    {
        IReadOnlyList<SettingItem> items = environment.Names(option);
        names = [.. items.Select(i => i.Text)];
        Dictionary<string, MergedSection> configured = Concrete(kind).ToDictionary(s => s.Key.Name);
        foreach (SettingItem item in items.Where(i => !configured.ContainsKey(i.Text)))
        {
            string? near = NearestName.Of(item.Text, configured.Keys);
            problems.Warn(item.Place, environment.Option(option), $"There is no {what} '{item.Text}'.{ProblemCollector.DidYouMean(near)}", near);
        }

        return items.Select(i => configured.GetValueOrDefault(i.Text)).OfType<MergedSection>();
    }

    /// <summary>
    /// A section outside of environments. What an environment lists is judged as that environment has it, where nothing is missing that only the environment
    /// gives; what none lists is judged here.
    /// </summary>
    private SectionView AsWritten(MergedSection section, bool isListed)
    {
        ProblemCollector collector = isListed ? new ProblemCollector() : problems;
        var scope = new VariableScope(_variables, Process, null, (item, context, message) => collector.Warn(item.Place, context.Option, message));
        return View(section.Key, _inheritance.Chain(section), collector, scope);
    }

    private Dictionary<string, SettingItem> Variables(IReadOnlyList<MergedSection> chain)
    {
        var view = new SectionView(chain[0].Key, chain, settings, problems);
        var variables = new Dictionary<string, SettingItem>();
        foreach (SettingItem item in view.Pairs("variables"))
        {
            if (!VariableScope.IsVariableName(item.Key!)) view.Error(item, "variables", $"'{item.Key}' is no name of a variable: letters, digits, '-' and '_', no digit first.");
            else if (item.Key == VariableScope.EnvironmentName) view.Error(item, "variables", $"'{item.Key}' always is the name of the environment.");
            else variables[item.Key!] = item;
        }

        return variables;
    }

    private void WarnOfOverrides()
    {
        foreach (MergedSection section in settings.Overrides)
        {
            SectionKey overridden = section.Key with { Environment = null };
            if (settings.Find(overridden) is not null) continue;
            string? near = NearestName.Of(overridden.Name, settings.Of(overridden.Kind).Select(s => s.Key.Name));
            problems.Warn(section.Place, section.Key.ToString(), $"There is no '{overridden}' to override.{ProblemCollector.DidYouMean(near)}", near);
        }
    }

    private IEnumerable<MergedSection> Concrete(SectionKind kind) => settings.Of(kind).Where(s => !_inheritance.IsAbstract(s));

    private VariableScope Scope(IReadOnlyDictionary<string, SettingItem> variables, string? environment) => new(variables, Process, environment);

    private string? Process(string name) => EnvironmentVariables.Find(name, paths.Request.Variables, paths.Request.PathStyle);

    private SectionView View(SectionKey key, IReadOnlyList<MergedSection> chain, ProblemCollector collector, VariableScope scope) => new(key, chain, settings, collector, scope);
}
