using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html.</summary>
internal sealed class SecurityGroupType : ResourceType, IReadableType
{
    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments
        {
            { "GroupName", work.Text("GroupName") ?? work.NewName(255) },
            { "GroupDescription", work.Text("GroupDescription") },
            { "VpcId", work.Text("VpcId") },
            { "TagSpecification.1.ResourceType", "security-group" },
        };
        arguments.AddTags("TagSpecification.1.Tag", work.Tags);
        var answer = await work.CallAsync("ec2", "CreateSecurityGroup", arguments, cancellationToken);
        var id = answer.Element("groupId")!.Value;
        return await UpdateAsync(work, StateOf((await FindAsync(work, id, cancellationToken))!), cancellationToken);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        await work.FollowEc2TagsAsync(now.PhysicalId, cancellationToken);
        foreach (var (property, direction) in new[] { ("SecurityGroupIngress", "Ingress"), ("SecurityGroupEgress", "Egress") })
        {
            var (rules, before) = (work.Items(property), TemplateValue.Items(TemplateValue.Child(work.Before, property)));
            foreach (var rule in before.Where(old => !rules.Any(rule => TemplateValue.Same(old, rule))))
                await ChangeAsync(work, now, "Revoke" + "SecurityGroup" + direction, rule, cancellationToken);
            foreach (var rule in rules.Where(rule => !before.Any(old => TemplateValue.Same(old, rule))))
                await ChangeAsync(work, now, "Authorize" + "SecurityGroup" + direction, rule, cancellationToken);
        }
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("ec2", "DeleteSecurityGroup", new QueryArguments { { "GroupId", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        if (await FindAsync(work, physicalId, cancellationToken) is not { } group)
            return null;
        return new LiveResource(StateOf(group), new JsonObject
        {
            ["GroupDescription"] = LiveProperties.Text(group, "groupDescription"),
            ["GroupName"] = LiveProperties.Text(group, "groupName"),
            ["SecurityGroupEgress"] = RulesOf(group.Element("ipPermissionsEgress"), "Destination"),
            ["SecurityGroupIngress"] = RulesOf(group.Element("ipPermissions"), "Source"),
            ["Tags"] = LiveProperties.TagSet(work, group),
            ["VpcId"] = LiveProperties.Text(group, "vpcId"),
        });
    }

    private static async Task<XElement?> FindAsync(ResourceWork work, string id, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("ec2", "DescribeSecurityGroups", new QueryArguments { { "GroupId.1", id } }, cancellationToken);
        return answer.Descendants("securityGroupInfo").Elements("item").FirstOrDefault();
    }

    private static ResourceState StateOf(XElement group)
    {
        var id = group.Element("groupId")!.Value;
        return new ResourceState(id).With(("Id", id), ("GroupId", id), ("VpcId", LiveProperties.Text(group, "vpcId")));
    }

    /// <summary>One rule for each peer, as templates have them; the service groups them by protocol and ports.</summary>
    private static JsonArray RulesOf(XElement? permissions, string end)
    {
        var rules = new JsonArray();
        foreach (var permission in permissions?.Elements("item") ?? [])
        {
            var peers = new[] { ("ipRanges", "cidrIp", "CidrIp"), ("ipv6Ranges", "cidrIpv6", "CidrIpv6"), ("groups", "groupId", end + "SecurityGroupId"), ("prefixListIds", "prefixListId", end + "PrefixListId") };
            foreach (var (list, member, property) in peers)
            {
                foreach (var peer in permission.Elements(list).Elements("item"))
                {
                    rules.Add(new JsonObject
                    {
                        ["IpProtocol"] = LiveProperties.Text(permission, "ipProtocol"),
                        ["FromPort"] = LiveProperties.Text(permission, "fromPort"),
                        ["ToPort"] = LiveProperties.Text(permission, "toPort"),
                        [property] = LiveProperties.Text(peer, member),
                        ["Description"] = LiveProperties.Text(peer, "description"),
                    });
                }
            }
        }
        return rules;
    }

    /// <summary>After an update that failed halfway a rule may be there already, or not be there.</summary>
    private static async Task ChangeAsync(ResourceWork work, ResourceState now, string action, JsonNode? rule, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(work, now, action, rule, cancellationToken);
        }
        catch (MotoException e) when (work.Before is not null && (e.IsNotFound || e.Code == "InvalidPermission.Duplicate"))
        {
        }
    }

    private static Task<XElement> CallAsync(ResourceWork work, ResourceState now, string action, JsonNode? rule, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments { { "GroupId", now.PhysicalId } };
        string? Given(string name) => TemplateValue.Text(rule, name);
        const string permission = "IpPermissions.1.";
        arguments.Add(permission + "IpProtocol", Given("IpProtocol"));
        arguments.Add(permission + "FromPort", Given("FromPort"));
        arguments.Add(permission + "ToPort", Given("ToPort"));
        arguments.Add(permission + "IpRanges.1.CidrIp", Given("CidrIp"));
        arguments.Add(permission + "IpRanges.1.Description", Given("CidrIp") is null ? null : Given("Description"));
        arguments.Add(permission + "Ipv6Ranges.1.CidrIpv6", Given("CidrIpv6"));
        arguments.Add(permission + "Groups.1.GroupId", Given("SourceSecurityGroupId") ?? Given("DestinationSecurityGroupId"));
        return work.CallAsync("ec2", action, arguments, cancellationToken);
    }
}
