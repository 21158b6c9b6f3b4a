using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-autoscalinggroup.html.</summary>
internal sealed class AutoScalingGroupType : ResourceType, IReadableType
{
    private static readonly string[] Changeable =
    [
        "AvailabilityZones", "Cooldown", "HealthCheckGracePeriod", "HealthCheckType", "LaunchConfigurationName", "LaunchTemplate", "MaxSize", "MinSize",
        "MixedInstancesPolicy", "NewInstancesProtectedFromScaleIn", "VPCZoneIdentifier",
    ];

    private static readonly string[] OnlyAtCreation = ["InstanceId", "LoadBalancerNames", "PlacementGroup", "TargetGroupARNs", "TerminationPolicies"];

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var name = work.Text("AutoScalingGroupName") ?? work.NewName(255);
        var arguments = Arguments(work, name, [.. Changeable, .. OnlyAtCreation, "DesiredCapacity"]);
        AddTags(arguments, work, name);
        await work.CallAsync("autoscaling", "CreateAutoScalingGroup", arguments, cancellationToken);
        return StateOf((await FindAsync(work, name, cancellationToken))!);
    }

    /// <summary>The number of instances is set only when the template has another one than before: what scaling did since stays.</summary>
    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        string[] desired = work.IsChanged("DesiredCapacity") ? ["DesiredCapacity"] : [];
        var changed = Changeable.Where(work.IsChanged).Concat(desired).ToList();
        if (changed.Count > 0)
            await work.CallAsync("autoscaling", "UpdateAutoScalingGroup", Arguments(work, now.PhysicalId, changed), cancellationToken);
        if (work.IsChanged("Tags"))
        {
            var arguments = new QueryArguments();
            AddTags(arguments, work, now.PhysicalId);
            await work.CallAsync("autoscaling", "CreateOrUpdateTags", arguments, cancellationToken);
        }
        if (work.IsChanged("TargetGroupARNs"))
            await FollowTargetGroupsAsync(work, now.PhysicalId, cancellationToken);
        return now;
    }

    public override async Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        if (await FindAsync(work, now.PhysicalId, cancellationToken) is null)
            return;
        await work.CallAsync("autoscaling", "DeleteAutoScalingGroup", new QueryArguments { { "AutoScalingGroupName", now.PhysicalId }, { "ForceDelete", "true" } }, cancellationToken);
    }

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        if (await FindAsync(work, physicalId, cancellationToken) is not { } group)
            return null;
        var properties = LiveProperties.Pick(group,
            "AutoScalingGroupName", "AvailabilityZones", "DesiredCapacity", "HealthCheckGracePeriod", "HealthCheckType", "LaunchConfigurationName", "LaunchTemplate", "MaxSize", "MinSize",
            "NewInstancesProtectedFromScaleIn", "PlacementGroup", "TargetGroupARNs", "TerminationPolicies");
        properties["Cooldown"] = LiveProperties.Text(group, "DefaultCooldown");
        properties["VPCZoneIdentifier"] = LiveProperties.Text(group, "VPCZoneIdentifier") is { } subnets ? new JsonArray([.. subnets.Split(',').Select(subnet => (JsonNode)subnet)]) : null;
        var tags = group.Elements("Tags").Elements("member").ToDictionary(tag => tag.Element("Key")!.Value);
        properties["Tags"] = LiveProperties.Tags(work, tags.Values.Select(tag => (tag.Element("Key")!.Value, tag.Element("Value")?.Value ?? "")));
        foreach (var tag in TemplateValue.Items(properties["Tags"]).OfType<JsonObject>())
            tag["PropagateAtLaunch"] = LiveProperties.Text(tags[TemplateValue.Text(tag, "Key")!], "PropagateAtLaunch");
        return new LiveResource(StateOf(group), properties);
    }

    private static async Task<XElement?> FindAsync(ResourceWork work, string name, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("autoscaling", "DescribeAutoScalingGroups", new QueryArguments { { "AutoScalingGroupNames.member.1", name } }, cancellationToken);
        return answer.Descendants("AutoScalingGroups").Elements("member").FirstOrDefault();
    }

    private static ResourceState StateOf(XElement group)
    {
        var arn = group.Element("AutoScalingGroupARN")!.Value;
        return new ResourceState(group.Element("AutoScalingGroupName")!.Value).With(("Arn", arn), ("AutoScalingGroupARN", arn));
    }

    private static QueryArguments Arguments(ResourceWork work, string name, IEnumerable<string> properties)
    {
        var arguments = new QueryArguments { { "AutoScalingGroupName", name } };
        foreach (var property in properties)
        {
            // One text for the service, a list in templates.
            if (property == "VPCZoneIdentifier" && work[property] is not null)
                arguments.Add(property, string.Join(',', work.Texts(property)));
            else
                arguments.Add(property == "Cooldown" ? "DefaultCooldown" : property, work[property]);
        }
        return arguments;
    }

    private static void AddTags(QueryArguments arguments, ResourceWork work, string name)
    {
        var own = work.Items("Tags").Select(tag => (
            Key: TemplateValue.Text(tag, "Key")!, Value: TemplateValue.Text(tag, "Value") ?? "", Propagate: TemplateValue.Text(tag, "PropagateAtLaunch") ?? "false"));
        var inherited = work.StackTags.Concat(work.OwnTags).Select(tag => (tag.Key, tag.Value, Propagate: "true"));
        foreach (var (tag, index) in own.Concat(inherited).DistinctBy(tag => tag.Key).Select((tag, index) => (tag, index)))
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"Tags.member.{index + 1}.");
            arguments.Add(prefix + "Key", tag.Key);
            arguments.Add(prefix + "Value", tag.Value);
            arguments.Add(prefix + "PropagateAtLaunch", tag.Propagate);
            arguments.Add(prefix + "ResourceId", name);
            arguments.Add(prefix + "ResourceType", "auto-scaling-group");
        }
    }

    private static async Task FollowTargetGroupsAsync(ResourceWork work, string name, CancellationToken cancellationToken)
    {
        var (now, before) = (work.Texts("TargetGroupARNs"), TemplateValue.Texts(TemplateValue.Child(work.Before, "TargetGroupARNs")));
        foreach (var (action, arns) in new[] { ("AttachLoadBalancerTargetGroups", now.Except(before).ToList()), ("DetachLoadBalancerTargetGroups", before.Except(now).ToList()) })
        {
            if (arns.Count == 0)
                continue;
            var arguments = new QueryArguments { { "AutoScalingGroupName", name } };
            arguments.AddList("TargetGroupARNs.member", arns);
            await work.CallAsync("autoscaling", action, arguments, cancellationToken);
        }
    }
}
