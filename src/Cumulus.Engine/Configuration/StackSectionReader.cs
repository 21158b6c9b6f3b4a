using System.Text.Json;
using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration;

/// <summary>Reads one stack of the model.</summary>
internal sealed class StackSectionReader(PathResolver paths)
{
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html: NotificationARNs, Tags, StackPolicyBody.
    public const int MaximumTopics = 5;
    private const int MaximumTags = 50;
    private const int MaximumTagKey = 128;
    private const int MaximumTagValue = 256;
    private const int MaximumPolicy = 16_384;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
    private const int MaximumTriggers = 5;
    private const int MaximumMonitoringMinutes = 180;

    private static readonly string[] KnownCapabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"];

    private static readonly Dictionary<string, StackFailureAction> FailureActions = new()
    {
        ["ROLLBACK"] = StackFailureAction.Rollback,
        ["DELETE"] = StackFailureAction.Delete,
        ["DO_NOTHING"] = StackFailureAction.DoNothing,
    };

    /// <param name="common">Of the environment that has the stack; null for the stack as it is written.</param>
    public StackDefinition Read(SectionView section, EnvironmentCommon? common)
    {
        int errors = section.Problems.ErrorCount;
        SettingItem? template = section.Item("template");
        if (template is null && section.Problems.ErrorCount == errors)
            section.Problems.Error(section.Place, section.Key.ToString(), "The stack has no template.");
        IReadOnlyList<SettingItem> parameters = section.Pairs("parameters"), before = section.Names("depends-on");
        CheckPrerequisites(section, parameters, before, common);
        string? roleArn = Arn(section, "role-arn");
        bool? disableRollback = section.Boolean("disable-rollback");
        return new StackDefinition
        {
            Name = section.Key.Name,
            Template = template is null ? "" : Template(template, section),
            Parameters = [.. parameters.Where(p => p.Link is null).Select(p => KeyValuePair.Create(p.Key!, p.Text))],
            LinkedParameters = [.. parameters.Where(p => p.Link is not null).Select(p => KeyValuePair.Create(p.Key!, p.Link!))],
            DependsOn = [.. before.Select(b => b.Text)],
            Tags = CheckTags(PairList.Merge(common?.Tags ?? [], Tags(section)), section),
            DisableRollback = disableRollback ?? false,
            OnFailure = OnFailure(section, disableRollback),

            // 0 always meant none.
            TimeoutInMinutes = section.Integer("timeout-in-minutes") is > 0 and var minutes ? minutes : null,
            Capabilities = Capabilities(section),
            NotificationArns = section.Find("notification-arns") is null && common is not null ? common.NotificationArns : Arns(section, "notification-arns", MaximumTopics),
            Policy = Policy(section),
            ServiceRoleArn = section.Find("service-role-arn") is null ? common?.ServiceRoleArn : Arn(section, "service-role-arn"),
            TerminationProtection = section.Find("termination-protection") is null ? common?.TerminationProtection : section.Boolean("termination-protection"),
            RollbackTriggers = Triggers(section),
            RollbackMonitoringMinutes = MonitoringMinutes(section),
            Region = section.Text("region"),
            ProfileName = section.Text("profile"),
            RoleArn = roleArn,
            ExternalId = ExternalId(section, roleArn),
            UpdateHosts = section.Boolean("update-hosts") ?? false,
            SourceFile = section.Place.File,
        };
    }

    public static IReadOnlyList<KeyValuePair<string, string>> Tags(SectionView section)
    {
        IReadOnlyList<SettingItem> items = section.Pairs("tags");
        foreach (SettingItem item in items)
        {
            if (item.Key!.Length > MaximumTagKey) section.Error(item, "tags", $"The tag's key has more than {MaximumTagKey} characters.");
            if (item.Text.Length > MaximumTagValue) section.Error(item, "tags", $"The value of the tag '{item.Key}' has more than {MaximumTagValue} characters.");
            if (item.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)) section.Error(item, "tags", $"'{item.Key}': keys that begin with 'aws:' are AWS's own.");
        }

        return [.. items.Select(i => KeyValuePair.Create(i.Key!, i.Text))];
    }

    /// <summary>The ARN; null, and an error, when it is none.</summary>
    public static string? Arn(SectionView section, string option) => section.Item(option) is { } item && IsArn(section, option, item) ? item.Text : null;

    public static IReadOnlyList<string> Arns(SectionView section, string option, int maximum)
    {
        IReadOnlyList<SettingItem> items = section.Names(option);
        if (items.Count > maximum) section.Error(items[maximum], option, $"CloudFormation takes {maximum} at most.");
        return [.. items.Where(i => IsArn(section, option, i)).Select(i => i.Text)];
    }

    public static string? ExternalId(SectionView section, string? roleArn)
    {
        if (section.Item("external-id") is not { } item) return null;
        if (roleArn is null) section.Problems.Warn(item.Place, section.Option("external-id"), "There is no role-arn beside it, so that it is not used.");
        return item.Text;
    }

    private static bool IsArn(SectionView section, string option, SettingItem item)
    {
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
        if (item.Text.StartsWith("arn:", StringComparison.Ordinal) && item.Text.Split(':').Length >= 6) return true;
        section.Error(item, option, $"'{item.Text}' is no ARN.");
        return false;
    }

    private static void CheckPrerequisites(SectionView section, IReadOnlyList<SettingItem> parameters, IReadOnlyList<SettingItem> before, EnvironmentCommon? common)
    {
        if (common is null) return;
        IEnumerable<(SettingItem Item, string Option, string Stack)> needed =
        [
            .. before.Select(b => (b, "depends-on", b.Text)),
            .. parameters.SelectMany(p => (p.Link?.References ?? []).Select(r => (p, "parameters", r.Stack))),
        ];
        foreach ((SettingItem item, string option, string stack) in needed)
        {
            if (stack == section.Key.Name)
            {
                section.Error(item, option, "The stack would have to be there before itself.");
            }
            else if (!common.Stacks.Contains(stack))
            {
                string? near = NearestName.Of(stack, common.Stacks);
                section.Problems.Warn(item.Place, section.Option(option), $"The environment '{common.Name}' has no stack '{stack}'.{ProblemCollector.DidYouMean(near)}", near);
            }
        }
    }

    private static IReadOnlyList<KeyValuePair<string, string>> CheckTags(IReadOnlyList<KeyValuePair<string, string>> tags, SectionView section)
    {
        if (tags.Count > MaximumTags) section.Problems.Error(section.Place, section.Option("tags"), $"With those of its environment the stack has {tags.Count} tags; {MaximumTags} are allowed.");
        return tags;
    }

    private string Template(SettingItem template, SectionView section)
    {
        bool isConf = section.Find("template")!.IsConf;
        string text = isConf ? EnvironmentVariables.Expand(template.Text, paths.Request.Variables, paths.Request.PathStyle) : template.Text;
        return IsAddress(text) ? text : paths.Resolve(template with { Text = text }, isConf, section.Option("template"));
    }

    private static bool IsAddress(string text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("s3://", StringComparison.OrdinalIgnoreCase);

    private static List<string> Capabilities(SectionView section)
    {
        var capabilities = new List<string>();
        foreach (SettingItem item in section.Items("capabilities"))
        {
            string name = item.Text.ToUpperInvariant();
            if (!KnownCapabilities.Contains(name))
            {
                string? near = NearestName.Of(name, KnownCapabilities);
                section.Error(item, "capabilities", $"'{item.Text}' is no capability of CloudFormation.{ProblemCollector.DidYouMean(near)} Known: {string.Join(", ", KnownCapabilities)}.", near);
            }
            else if (!capabilities.Contains(name))
            {
                capabilities.Add(name);
            }
        }

        return capabilities;
    }

    private static StackFailureAction? OnFailure(SectionView section, bool? disableRollback)
    {
        if (section.Item("on-failure") is not { } item) return null;
        if (!FailureActions.TryGetValue(item.Text.ToUpperInvariant().Replace('-', '_'), out StackFailureAction action))
        {
            string? near = NearestName.Of(item.Text, FailureActions.Keys);
            section.Error(item, "on-failure", $"'{item.Text}' is nothing that CloudFormation does on failure.{ProblemCollector.DidYouMean(near)} Known: {string.Join(", ", FailureActions.Keys)}.", near);
            return null;
        }

        if (disableRollback == true) section.Error(item, "on-failure", "'disable-rollback' is set too; CloudFormation takes one of the two.");
        return action;
    }

    private StackPolicySource? Policy(SectionView section)
    {
        if (section.Item("stack-policy") is not { } item) return null;
        if (item.Text[0] != '{') return new StackPolicySource(null, paths.Resolve(item, section.Find("stack-policy")!.IsConf, section.Option("stack-policy")));
        if (item.Text.Length > MaximumPolicy) section.Error(item, "stack-policy", $"The policy has more than {MaximumPolicy} characters.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(item.Text);
            return new StackPolicySource(item.Text, null);
        }
        catch (JsonException e)
        {
            section.Error(item, "stack-policy", $"The policy is no JSON: {e.Message}");
            return null;
        }
    }

    private static RollbackTrigger[] Triggers(SectionView section)
    {
        RollbackTrigger[] triggers =
        [
            .. Arns(section, "rollback-alarms", MaximumTriggers).Select(a => new RollbackTrigger(a, "AWS::CloudWatch::Alarm")),
            .. Arns(section, "rollback-composite-alarms", MaximumTriggers).Select(a => new RollbackTrigger(a, "AWS::CloudWatch::CompositeAlarm")),
        ];
        if (triggers.Length > MaximumTriggers && section.Items("rollback-composite-alarms") is [var first, ..])
            section.Error(first, "rollback-composite-alarms", $"CloudFormation takes {MaximumTriggers} alarms at most, of both kinds together.");
        return triggers;
    }

    private static int? MonitoringMinutes(SectionView section)
    {
        int? minutes = section.Integer("rollback-monitoring-minutes");
        if (minutes is null or <= MaximumMonitoringMinutes) return minutes;
        section.Error(section.Item("rollback-monitoring-minutes")!, "rollback-monitoring-minutes", $"CloudFormation watches for {MaximumMonitoringMinutes} minutes at most.");
        return null;
    }
}
