using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html.</summary>
internal sealed class TargetGroupType : ResourceType, IReadableType
{
    private static readonly string[] HealthCheck =
    [
        "HealthCheckEnabled", "HealthCheckIntervalSeconds", "HealthCheckPath", "HealthCheckPort", "HealthCheckProtocol", "HealthCheckTimeoutSeconds", "HealthyThresholdCount",
        "Matcher", "UnhealthyThresholdCount",
    ];

    private static readonly string[] OnlyAtCreation = ["IpAddressType", "Port", "Protocol", "ProtocolVersion", "TargetType", "VpcId"];

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var name = work.Text("Name") ?? work.NewName(32);
        var arguments = new QueryArguments { { "Name", name } };
        foreach (var property in HealthCheck.Concat(OnlyAtCreation))
            arguments.Add(property, work[property]);
        arguments.AddTags("Tags.member", work.Tags);
        var answer = await work.CallAsync("elasticloadbalancing", "CreateTargetGroup", arguments, cancellationToken);
        var state = StateOf(answer.Descendants("TargetGroups").Elements("member").Single());
        return await UpdateAsync(work, state, cancellationToken);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        if (work.IsChanged("TargetGroupAttributes") && work["TargetGroupAttributes"] is { } attributes)
        {
            await work.CallAsync("elasticloadbalancing", "ModifyTargetGroupAttributes",
                new QueryArguments { { "TargetGroupArn", now.PhysicalId }, { "Attributes", attributes } }, cancellationToken);
        }
        if (work.Before is not null && HealthCheck.Any(work.IsChanged))
        {
            var arguments = new QueryArguments { { "TargetGroupArn", now.PhysicalId } };
            foreach (var property in HealthCheck)
                arguments.Add(property, work[property]);
            await work.CallAsync("elasticloadbalancing", "ModifyTargetGroup", arguments, cancellationToken);
        }
        await FollowTargetsAsync(work, now, cancellationToken);
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("elasticloadbalancing", "DeleteTargetGroup", new QueryArguments { { "TargetGroupArn", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("elasticloadbalancing", "DescribeTargetGroups", new QueryArguments { { "TargetGroupArns.member.1", physicalId } }, cancellationToken);
        if (answer.Descendants("TargetGroups").Elements("member").FirstOrDefault() is not { } group)
            return null;
        var attributes = await work.CallAsync("elasticloadbalancing", "DescribeTargetGroupAttributes", new QueryArguments { { "TargetGroupArn", physicalId } }, cancellationToken);
        var properties = LiveProperties.Pick(group, HealthCheck.Concat(OnlyAtCreation));
        properties["Name"] = LiveProperties.Text(group, "TargetGroupName");
        properties["TargetGroupAttributes"] = LiveProperties.Attributes(work, "TargetGroupAttributes", attributes.Descendants("Attributes").Elements("member"));
        return new LiveResource(StateOf(group), properties);
    }

    private static ResourceState StateOf(XElement group)
    {
        var arn = group.Element("TargetGroupArn")!.Value;
        return new ResourceState(arn).With(
            ("TargetGroupArn", arn),
            ("TargetGroupName", group.Element("TargetGroupName")?.Value),
            ("TargetGroupFullName", arn[arn.IndexOf("targetgroup/", StringComparison.Ordinal)..]),
            ("LoadBalancerArns", new JsonArray()));
    }

    private static async Task FollowTargetsAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        var (targets, before) = (work.Items("Targets"), TemplateValue.Items(TemplateValue.Child(work.Before, "Targets")));
        foreach (var (action, list) in new[]
        {
            ("DeregisterTargets", before.Where(old => !targets.Any(target => TemplateValue.Same(old, target)))),
            ("RegisterTargets", targets.Where(target => !before.Any(old => TemplateValue.Same(old, target)))),
        })
        {
            if (list.ToList() is { Count: > 0 } changed)
            {
                await work.CallAsync("elasticloadbalancing", action,
                    new QueryArguments { { "TargetGroupArn", now.PhysicalId }, { "Targets", new JsonArray([.. changed.Select(target => target?.DeepClone())]) } }, cancellationToken);
            }
        }
    }
}
