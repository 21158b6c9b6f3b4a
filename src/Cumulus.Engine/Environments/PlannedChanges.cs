using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>Turns plans and change sets into the changes that a person reads. Pure.</summary>
internal static class PlannedChanges
{
    // CloudFormation shows this for what only the execution tells.
    private const string KnownAfter = "{{changeSet:KNOWN_AFTER_APPLY}}";

    // So much of a value is shown in one line.
    private const int MaxValue = 48;

    private const int MaxReasons = 3;

    // Characters before the first one that differs.
    private const int Context = 12;

    /// <summary>The stack as a whole.</summary>
    public static PlannedChange OfStack(StackPlan plan, StackAction action, string word, string because) => Template(plan, action) with
    {
        Kind = PlannedChangeKind.Stack,
        Action = word,
        Name = plan.StackName,
        Type = StackFailure.StackType,
        Because = because,
    };

    /// <param name="stackName">The stack's own or that of one nested in it.</param>
    public static PlannedChange OfResource(StackPlan plan, string stackName, ResourceChangeRecord change) => Template(plan, plan.Action) with
    {
        StackName = stackName,
        Kind = PlannedChangeKind.Resource,
        Action = change.Action,
        Name = change.LogicalId,
        Type = change.ResourceType,
        PhysicalId = change.PhysicalId,
        Replacement = change.Action != "Modify" ? "" : change.Replacement switch { "True" => "yes", "Conditional" => "maybe", _ => "no" },
        IsDataLost = StatefulResources.IsLost(change),
        Properties = change.Details,
        Because = Because(change),
    };

    /// <summary>Resources of a template whose change set cannot be made yet.</summary>
    public static IEnumerable<PlannedChange> OfTemplate(StackPlan plan) =>
        (plan.Survey?.Template.Document?.Resources ?? []).Select(r => Template(plan, plan.Action) with
        {
            Kind = PlannedChangeKind.Resource,
            Action = "Add",
            Name = r.LogicalId,
            Type = r.Type,
            Because = "by the template",
        });

    /// <summary>Parameters and tags that are not as the stack has them.</summary>
    public static IEnumerable<PlannedChange> OfInputs(StackPlan plan)
    {
        if (plan.IsNew || plan.Current is not { } current) return [];
        HashSet<string> hidden = [.. plan.Survey?.Declared.Where(p => p.NoEcho).Select(p => p.Name) ?? []];
        IEnumerable<KeyValuePair<string, string>> defaults = (plan.Survey?.Declared ?? [])
            .Where(p => p.DefaultValue is not null && plan.Change.Parameters.All(s => s.Key != p.Name) && !plan.Change.KeptParameters.Contains(p.Name))
            .Select(p => KeyValuePair.Create(p.Name, p.DefaultValue!));
        IEnumerable<PlannedChange> parameters = Differences([.. current.Parameters.Where(p => Stays(plan, p.Key))], [.. plan.Change.Parameters, .. defaults])
            .Where(d => !hidden.Contains(d.Name))
            .Select(d => Pair(plan, PlannedChangeKind.Parameter, d));
        IEnumerable<PlannedChange> tags = plan.Change.Tags.Count == 0 ? [] : Differences(current.Tags, plan.Change.Tags).Select(d => Pair(plan, PlannedChangeKind.Tag, d));
        return [.. parameters, .. tags];
    }

    public static PlannedChange OfBundle(string environment, string name, string action, string because) => new()
    {
        Environment = environment,
        Stack = "",
        StackName = "",
        StackAction = StackAction.Unchanged,
        Heading = "bundles",
        Kind = PlannedChangeKind.Bundle,
        Action = action,
        Name = name,
        Type = "bundle",
        Because = because,
    };

    // Values that are not known yet, and hidden ones that stay, are no difference.
    private static bool Stays(StackPlan plan, string parameter) =>
        !plan.Change.KeptParameters.Contains(parameter)
        && !plan.Definition.LinkedParameters.Any(l => l.Key == parameter && l.Value.References.Any(plan.Unknown.Contains));

    private static PlannedChange Pair(StackPlan plan, PlannedChangeKind kind, (string Name, string? Before, string? After) d) => Template(plan, plan.Action) with
    {
        Kind = kind,
        Action = d.Before is null ? "Add" : d.After is null ? "Remove" : "Modify",
        Name = d.Name,
        Type = kind.ToString().ToLowerInvariant(),
        Before = d.Before,
        After = d.After,
        Because = Values(d.Before, d.After),
    };

    private static IEnumerable<(string Name, string? Before, string? After)> Differences(IReadOnlyList<KeyValuePair<string, string>> before, IReadOnlyList<KeyValuePair<string, string>> after)
    {
        foreach (string name in before.Concat(after).Select(p => p.Key).Distinct())
        {
            (string? was, string? now) = (Value(before, name), Value(after, name));
            if (was != now) yield return (name, was, now);
        }
    }

    private static string? Value(IReadOnlyList<KeyValuePair<string, string>> pairs, string name) => pairs.Where(p => p.Key == name).Select(p => p.Value).FirstOrDefault();

    private static PlannedChange Template(StackPlan plan, StackAction action) => new()
    {
        Environment = plan.Environment,
        Stack = plan.Name,
        StackName = plan.StackName,
        StackAction = action,
        Heading = Heading(plan, action),
        Kind = PlannedChangeKind.Stack,
        Action = "",
        Name = "",
        Type = "",
    };

    private static string Heading(StackPlan plan, StackAction action)
    {
        string what = action == StackAction.Unchanged ? "no change" : action.ToString().ToLowerInvariant();
        string waits = plan.WaitsFor.Count == 0 || action == StackAction.Unchanged ? "" : $" (waits for {string.Join(", ", plan.WaitsFor)})";
        string links = plan.Provisional.Count == 0 ? "" : $" (may come out otherwise: takes {string.Join(", ", plan.Provisional.Select(r => $"{r.Stack}.{r.Output}"))})";
        return $"{plan.StackName}  {what}{waits}{links}";
    }

    private static string Because(ResourceChangeRecord change)
    {
        string policy = change.PolicyAction switch
        {
            "Retain" or "ReplaceAndRetain" => "the old one is kept; ",
            "Snapshot" or "ReplaceAndSnapshot" => "a snapshot is kept; ",
            _ => "",
        };

        // One property may be there once for each cause.
        string[] reasons =
        [
            .. change.Details.GroupBy(d => d.Property, StringComparer.Ordinal).SelectMany(g => Reasons(g.Key, g.FirstOrDefault(d => d.Cause is not null) ?? g.First())),
        ];
        string more = reasons.Length > MaxReasons ? $"; {reasons.Length - MaxReasons} more" : "";
        return (policy + string.Join("; ", reasons.Take(MaxReasons)) + more).TrimEnd(' ', ';');
    }

    private static IEnumerable<string> Reasons(string property, PropertyChangeRecord d)
    {
        string cause = d.Cause is null ? "" : $" (by {d.Cause})";
        if (d.Before is null && d.After is null) return [property + cause];
        return ValueDifference.Of(property, d.Before, d.After).Select(v => $"{v.Path}: {Values(v.Before, v.After)}{cause}");
    }

    // Of long values what differs, with a little of what stands before it.
    private static string Values(string? before, string? after)
    {
        if (before is null || after is null || (before.Length <= MaxValue && after.Length <= MaxValue)) return $"{Short(before)} -> {Short(after)}";
        int same = before.Zip(after).TakeWhile(p => p.First == p.Second).Count();
        int start = Math.Max(0, same - Context);
        string dots = start > 0 ? "..." : "";
        return $"{dots}{Short(before[start..])} -> {dots}{Short(after[start..])}";
    }

    private static string Short(string? value)
    {
        if (value is null) return "(none)";
        string line = value.Replace(KnownAfter, "(known after)", StringComparison.Ordinal).ReplaceLineEndings(" ");
        return line.Length <= MaxValue ? line : line[..(MaxValue - 3)] + "...";
    }
}
