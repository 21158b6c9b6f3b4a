using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html.</summary>
internal sealed class SecurityGroupType : ResourceType
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
        var group = await work.CallAsync("ec2", "DescribeSecurityGroups", new QueryArguments { { "GroupId.1", id } }, cancellationToken);
        var state = new ResourceState(id).With(("Id", id), ("GroupId", id), ("VpcId", group.Descendants("vpcId").FirstOrDefault()?.Value));
        return await UpdateAsync(work, state, cancellationToken);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        foreach (var (property, direction) in new[] { ("SecurityGroupIngress", "Ingress"), ("SecurityGroupEgress", "Egress") })
        {
            var (rules, before) = (work.Items(property), TemplateValue.Items(TemplateValue.Child(work.Before, property)));
            foreach (var rule in before.Where(old => !rules.Any(rule => TemplateValue.Same(old, rule))))
                await CallAsync(work, now, "Revoke" + "SecurityGroup" + direction, rule, cancellationToken);
            foreach (var rule in rules.Where(rule => !before.Any(old => TemplateValue.Same(old, rule))))
                await CallAsync(work, now, "Authorize" + "SecurityGroup" + direction, rule, cancellationToken);
        }
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("ec2", "DeleteSecurityGroup", new QueryArguments { { "GroupId", now.PhysicalId } }, cancellationToken);

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
