using Cumulus.Engine.Configuration.Settings;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Configuration;

/// <summary>Says of each environment what would fail when it is used: names that AWS refuses, circles of stacks, files that are not there.</summary>
internal sealed class ConfigurationCheck(CumulusConfiguration configuration, MergedSettings settings, IConfigurationFiles files, ProblemCollector problems)
{
    public void Run()
    {
        foreach (EnvironmentDefinition environment in configuration.Environments) Check(environment);
        foreach (BundleDefinition bundle in configuration.Bundles.Where(b => !NameRules.IsValid(b.Name)))
            problems.Error(PlaceOf(SectionKind.Bundle, bundle.Name), $"bundle: {bundle.Name}", $"The name is not allowed: {NameRules.Explanation}");
    }

    private void Check(EnvironmentDefinition environment)
    {
        Place place = PlaceOf(SectionKind.Environment, environment.Name);
        string option = $"environment: {environment.Name}";
        if (!NameRules.IsValid(environment.Name)) problems.Error(place, option, $"The name is not allowed: {NameRules.Explanation}");
        if (environment.Version is { } version && !NameRules.IsValid(version))
            problems.Error(PlaceOf(SectionKind.Environment, environment.Name, "version"), $"{option} / version", $"The version '{version}' is not allowed: {NameRules.Explanation}");
        foreach (string name in environment.Stacks.Where(n => !NameRules.IsStackName(environment.FullStackName(n))))
            problems.Error(PlaceOf(SectionKind.Environment, environment.Name, "stacks"), $"{option} / stacks", NameRules.StackNameProblem(environment.FullStackName(name)));
        if (StackGraph.FindCycle(environment.StackSettings) is { } cycle)
            problems.Error(PlaceOf(SectionKind.Stack, cycle[0], "depends-on"), $"stack: {cycle[0]}", $"In the environment '{environment.Name}' stacks wait for each other in a circle: {string.Join(" -> ", cycle)}.");
        foreach (StackDefinition stack in environment.StackSettings) CheckFiles(stack);
    }

    private void CheckFiles(StackDefinition stack)
    {
        if (stack.Template.Length > 0 && !stack.Template.Contains("://", StringComparison.Ordinal) && !files.Exists(stack.Template))
            problems.Error(PlaceOf(SectionKind.Stack, stack.Name, "template"), $"stack: {stack.Name} / template", $"The template {stack.Template} does not exist.");
        if (stack.Policy?.Path is { } policy && !files.Exists(policy))
            problems.Error(PlaceOf(SectionKind.Stack, stack.Name, "stack-policy"), $"stack: {stack.Name} / stack-policy", $"The file {policy} does not exist.");
    }

    /// <summary>Where the option is written, else where the section begins.</summary>
    private Place PlaceOf(SectionKind kind, string name, string? option = null)
    {
        MergedSection? section = settings.Find(new SectionKey(kind, name));
        RawSetting? setting = option is null ? null : section?.Own(OptionSchema.Find(kind, option)!);
        return setting?.Place ?? section?.Place ?? new Place(configuration.Sources[^1], 0);
    }
}
