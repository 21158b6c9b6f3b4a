using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cumulus.Engine;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>Reads from a request what a stack is to be; what the request leaves out stays as it was.</summary>
internal sealed class DefinitionReader(MotoClient moto, TemplateSource templates)
{
    /// <param name="now">What the stack is; null for a new one.</param>
    /// <exception cref="AwsError">ValidationError or InsufficientCapabilitiesException, with CloudFormation's words.</exception>
    public async Task<StackDefinition> ReadAsync(QueryForm form, string region, StackDefinition? now, TemplateUse use, CancellationToken cancellationToken)
    {
        // The transforms of a template that is used again are done again: parameters may have other values, and snippets other content.
        var raw = form.Flag("UsePreviousTemplate") ? now is null ? null : Template.Parse(now.Template.Text) : await templates.FindAsync(form, region, cancellationToken);
        if (raw is null)
            throw StackEngine.Refused(now is null ? "Either Template URL or Template Body must be specified." : "Either Template URL, Template Body, or UsePreviousTemplate must be specified.");
        if (raw.Transforms.FirstOrDefault(transform => transform is not (Template.LanguageExtensions or Template.Include)) is { } transform)
            throw new AwsError(HttpStatusCode.BadRequest, "NotImplemented", $"LocalCloud does not do the transform {transform}.");
        RequireCapabilities(raw, form.Texts("Capabilities"), use);
        try
        {
            var parameters = ParameterRules.Resolve(raw, Given(form), now?.Parameters ?? new Dictionary<string, string>());
            var asWritten = new StackDefinition(raw, parameters) { Resolved = await ResolveAsync(raw, parameters, region, cancellationToken) };
            var values = asWritten.Values(form.Text("StackName") ?? "", "", region, ResourceWork.Account);
            var template = await new TemplateExpander(raw, values, location => templates.FetchAsync(AddressOf(location), region, cancellationToken)).ExpandAsync();
            RequireCapabilities(template, form.Texts("Capabilities"), use);
            return asWritten with
            {
                Template = template,
                Tags = form.Has("Tags") ? [.. form.Members("Tags").Select(tag => KeyValuePair.Create(tag.Required("Key"), tag.Text("Value") ?? ""))] : now?.Tags ?? [],
                Capabilities = form.Texts("Capabilities"),
                NotificationArns = form.Has("NotificationARNs") ? form.Texts("NotificationARNs") : now?.NotificationArns ?? [],
                RoleArn = form.Text("RoleARN") ?? now?.RoleArn,
                Triggers = form.Has("RollbackConfiguration") ? Triggers(form.Part("RollbackConfiguration")) : now?.Triggers ?? RollbackTriggers.None,
            };
        }
        catch (TemplateException e)
        {
            throw StackEngine.Refused(e.Message);
        }
    }

    /// <param name="work">The nested stack's resource.</param>
    /// <param name="capabilities">Of the stack around it.</param>
    /// <exception cref="AwsError">As above.</exception>
    public Task<StackDefinition> ReadNestedAsync(ResourceWork work, IReadOnlyList<string> capabilities, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string> { ["TemplateURL"] = work.Text("TemplateURL") ?? "" };
        void Add(string list, int index, string name, string value) => form[string.Create(CultureInfo.InvariantCulture, $"{list}.member.{index + 1}{name}")] = value;

        foreach (var (parameter, index) in (work["Parameters"] as JsonObject ?? []).Select((parameter, index) => (parameter, index)))
        {
            Add("Parameters", index, ".ParameterKey", parameter.Key);
            Add("Parameters", index, ".ParameterValue", string.Join(',', TemplateValue.Texts(parameter.Value)));
        }
        foreach (var (capability, index) in capabilities.Select((capability, index) => (capability, index)))
            Add("Capabilities", index, "", capability);
        foreach (var (tag, index) in work.Tags.Where(tag => !tag.Key.StartsWith("aws:", StringComparison.Ordinal)).Select((tag, index) => (tag, index)))
        {
            Add("Tags", index, ".Key", tag.Key);
            Add("Tags", index, ".Value", tag.Value);
        }
        // Whoever deploys the stack around it has reviewed or acknowledged what transforms do.
        return ReadAsync(new QueryForm(form), work.Region, null, TemplateUse.ChangeSet, cancellationToken);
    }

    private static string AddressOf(string location) =>
        location.StartsWith("s3://", StringComparison.Ordinal) ? $"https://s3.amazonaws.com/{location["s3://".Length..]}" : location;

    private static Dictionary<string, string?> Given(QueryForm form) => form.Members("Parameters").ToDictionary(
        parameter => parameter.Required("ParameterKey"),
        parameter => parameter.Flag("UsePreviousValue") ? null : parameter.Text("ParameterValue") ?? "");

    // The stronger capability does for the weaker one.
    private static void RequireCapabilities(Template template, IReadOnlyList<string> given, TemplateUse use)
    {
        var missing = template.Capabilities.Where(needed => !given.Contains(needed) && !(needed == "CAPABILITY_IAM" && given.Contains("CAPABILITY_NAMED_IAM")) &&
            !(needed == "CAPABILITY_AUTO_EXPAND" && use == TemplateUse.ChangeSet)).ToList();
        if (missing.Count > 0)
            throw new AwsError(HttpStatusCode.BadRequest, "InsufficientCapabilitiesException", $"Requires capabilities : [{string.Join(", ", missing)}]");
    }

    private static RollbackTriggers Triggers(QueryForm form) => new(
        [.. form.Members("RollbackTriggers").Select(trigger => (trigger.Required("Arn"), trigger.Text("Type") ?? "AWS::CloudWatch::Alarm"))],
        form.Number("MonitoringTimeInMinutes") ?? 0);

    private async Task<IReadOnlyDictionary<string, string>> ResolveAsync(
        Template template, IReadOnlyDictionary<string, string> parameters, string region, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, string>();
        foreach (var parameter in template.Parameters.Where(parameter => parameter.IsFromStore))
        {
            if (ParameterRules.IsUnknown(parameters[parameter.Key]))
                continue;
            try
            {
                var answer = await moto.CallSsmAsync(region, "GetParameter", new JsonObject { ["Name"] = parameters[parameter.Key] }, cancellationToken);
                resolved[parameter.Key] = TemplateValue.Text(answer["Parameter"], "Value") ?? "";
            }
            catch (CumulusException)
            {
                throw new TemplateException($"Unable to fetch parameters [{parameters[parameter.Key]}] from parameter store for this account.");
            }
        }
        return resolved;
    }
}
