using System.Xml.Linq;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listenerrule.html.</summary>
internal sealed class ListenerRuleType : ResourceType, IReadableType
{
    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments
        {
            { "ListenerArn", work.Text("ListenerArn") },
            { "Priority", work.Text("Priority") },
            { "Conditions", work["Conditions"] },
            { "Actions", work["Actions"] },
        };
        var answer = await work.CallAsync("elasticloadbalancing", "CreateRule", arguments, cancellationToken);
        var arn = answer.Descendants("RuleArn").Single().Value;
        return StateOf(arn);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        if (work.IsChanged("Conditions") || work.IsChanged("Actions"))
        {
            await work.CallAsync("elasticloadbalancing", "ModifyRule",
                new QueryArguments { { "RuleArn", now.PhysicalId }, { "Conditions", work["Conditions"] }, { "Actions", work["Actions"] } }, cancellationToken);
        }
        if (work.IsChanged("Priority"))
        {
            await work.CallAsync("elasticloadbalancing", "SetRulePriorities",
                new QueryArguments { { "RulePriorities.member.1.RuleArn", now.PhysicalId }, { "RulePriorities.member.1.Priority", work.Text("Priority") } }, cancellationToken);
        }
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("elasticloadbalancing", "DeleteRule", new QueryArguments { { "RuleArn", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("elasticloadbalancing", "DescribeRules", new QueryArguments { { "RuleArns.member.1", physicalId } }, cancellationToken);
        return answer.Descendants("Rules").Elements("member").FirstOrDefault() is { } rule
            ? new LiveResource(StateOf(physicalId), LiveProperties.Pick(rule, "Actions", "Conditions", "Priority"))
            : null;
    }

    private static ResourceState StateOf(string arn) => new ResourceState(arn).With(("RuleArn", arn), ("IsDefault", "false"));
}
