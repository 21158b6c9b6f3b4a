using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html.</summary>
internal sealed class LoadBalancerType : ResourceType, IReadableType
{
    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments { { "Name", work.Text("Name") ?? work.NewName(32) } };
        foreach (var property in new[] { "IpAddressType", "Scheme", "SecurityGroups", "SubnetMappings", "Subnets", "Type" })
            arguments.Add(property, work[property]);
        arguments.AddTags("Tags.member", work.Tags);
        var answer = await work.CallAsync("elasticloadbalancing", "CreateLoadBalancer", arguments, cancellationToken);
        var state = StateOf(answer.Descendants("LoadBalancers").Elements("member").Single());
        return await UpdateAsync(work, state, cancellationToken);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        if (work.IsChanged("LoadBalancerAttributes") && work["LoadBalancerAttributes"] is { } attributes)
        {
            await work.CallAsync("elasticloadbalancing", "ModifyLoadBalancerAttributes",
                new QueryArguments { { "LoadBalancerArn", now.PhysicalId }, { "Attributes", attributes } }, cancellationToken);
        }
        foreach (var (property, action) in new[] { ("SecurityGroups", "SetSecurityGroups"), ("Subnets", "SetSubnets") })
        {
            if (work.Before is not null && work.IsChanged(property) && work[property] is { } list)
                await work.CallAsync("elasticloadbalancing", action, new QueryArguments { { "LoadBalancerArn", now.PhysicalId }, { property, list } }, cancellationToken);
        }
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("elasticloadbalancing", "DeleteLoadBalancer", new QueryArguments { { "LoadBalancerArn", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("elasticloadbalancing", "DescribeLoadBalancers", new QueryArguments { { "LoadBalancerArns.member.1", physicalId } }, cancellationToken);
        if (answer.Descendants("LoadBalancers").Elements("member").FirstOrDefault() is not { } balancer)
            return null;
        var attributes = await work.CallAsync("elasticloadbalancing", "DescribeLoadBalancerAttributes", new QueryArguments { { "LoadBalancerArn", physicalId } }, cancellationToken);
        var properties = LiveProperties.Pick(balancer, "IpAddressType", "Scheme", "SecurityGroups", "Type");
        properties["Name"] = LiveProperties.Text(balancer, "LoadBalancerName");
        properties["Subnets"] = new JsonArray([.. balancer.Descendants("SubnetId").Select(subnet => (JsonNode)subnet.Value)]);
        properties["LoadBalancerAttributes"] = LiveProperties.Attributes(work, "LoadBalancerAttributes", attributes.Descendants("Attributes").Elements("member"));
        return new LiveResource(StateOf(balancer), properties);
    }

    private static ResourceState StateOf(XElement balancer)
    {
        var arn = balancer.Element("LoadBalancerArn")!.Value;
        return new ResourceState(arn).With(
            ("LoadBalancerArn", arn),
            ("LoadBalancerFullName", arn[(arn.IndexOf(":loadbalancer/", StringComparison.Ordinal) + ":loadbalancer/".Length)..]),
            ("LoadBalancerName", balancer.Element("LoadBalancerName")?.Value),
            ("DNSName", balancer.Element("DNSName")?.Value),
            ("CanonicalHostedZoneID", balancer.Element("CanonicalHostedZoneId")?.Value),
            ("SecurityGroups", new JsonArray([.. balancer.Elements("SecurityGroups").Elements("member").Select(group => (JsonNode)group.Value)])));
    }
}
