using Cumulus.Engine.Configuration.Settings;

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
        if (Circle(environment) is { } circle)
            problems.Error(PlaceOf(SectionKind.Stack, circle[0], "depends-on"), $"stack: {circle[0]}", $"In the environment '{environment.Name}' each of these stacks has to be there before the next: {string.Join(", ", circle)}.");
        foreach (StackDefinition stack in environment.StackSettings) CheckFiles(stack);
    }

    private void CheckFiles(StackDefinition stack)
    {
        if (stack.Template.Length > 0 && !stack.Template.Contains("://", StringComparison.Ordinal) && !files.Exists(stack.Template))
            problems.Error(PlaceOf(SectionKind.Stack, stack.Name, "template"), $"stack: {stack.Name} / template", $"The template {stack.Template} does not exist.");
        if (stack.Policy?.Path is { } policy && !files.Exists(policy))
            problems.Error(PlaceOf(SectionKind.Stack, stack.Name, "stack-policy"), $"stack: {stack.Name} / stack-policy", $"The file {policy} does not exist.");
    }

    /// <summary>Stacks that wait for each other, the first again at the end; null when there are none.</summary>
    private static List<string>? Circle(EnvironmentDefinition environment)
    {
        Dictionary<string, string[]> needs = environment.StackSettings.ToDictionary(s => s.Name, s => s.Prerequisites.Where(p => p != s.Name).ToArray());
        var done = new HashSet<string>();
        var trail = new List<string>();
        return needs.Keys.Select(Visit).FirstOrDefault(circle => circle is not null);

        List<string>? Visit(string name)
        {
            if (trail.Contains(name)) return [name, .. trail[(trail.IndexOf(name) + 1)..].AsEnumerable().Reverse(), name];
            if (!needs.TryGetValue(name, out string[]? before) || !done.Add(name)) return null;
            trail.Add(name);
            List<string>? circle = before.Select(Visit).FirstOrDefault(c => c is not null);
            trail.RemoveAt(trail.Count - 1);
            return circle;
        }
    }

    /// <summary>Where the option is written, else where the section begins.</summary>
    private Place PlaceOf(SectionKind kind, string name, string? option = null)
    {
        MergedSection? section = settings.Find(new SectionKey(kind, name));
        RawSetting? setting = option is null ? null : section?.Own(OptionSchema.Find(kind, option)!);
        return setting?.Place ?? section?.Place ?? new Place(configuration.Sources[^1], 0);
    }
}
