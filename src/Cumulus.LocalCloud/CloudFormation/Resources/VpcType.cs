using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html.</summary>
internal sealed class VpcType : ResourceType, IReadableType
{
    // With the values of a VPC of which nothing else is said.
    private static readonly (string Property, string Otherwise)[] Dns = [("EnableDnsHostnames", "false"), ("EnableDnsSupport", "true")];

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments { { "CidrBlock", work.Text("CidrBlock") }, { "TagSpecification.1.ResourceType", "vpc" } };
        arguments.AddTags("TagSpecification.1.Tag", work.Tags);
        var answer = await work.CallAsync("ec2", "CreateVpc", arguments, cancellationToken);
        var state = await StateOfAsync(work, answer.Element("vpc")!, cancellationToken);
        return await UpdateAsync(work, state, cancellationToken);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        await work.FollowEc2TagsAsync(now.PhysicalId, cancellationToken);
        foreach (var (property, otherwise) in Dns)
        {
            if (work.IsChanged(property))
            {
                await work.CallAsync("ec2", "ModifyVpcAttribute",
                    new QueryArguments { { "VpcId", now.PhysicalId }, { property + ".Value", work.Text(property) ?? otherwise } }, cancellationToken);
            }
        }
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("ec2", "DeleteVpc", new QueryArguments { { "VpcId", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("ec2", "DescribeVpcs", new QueryArguments { { "VpcId.1", physicalId } }, cancellationToken);
        if (answer.Descendants("vpcSet").Elements("item").FirstOrDefault() is not { } vpc)
            return null;
        var properties = new JsonObject { ["CidrBlock"] = LiveProperties.Text(vpc, "cidrBlock"), ["Tags"] = LiveProperties.TagSet(work, vpc) };
        foreach (var (property, _) in Dns)
        {
            var attribute = char.ToLowerInvariant(property[0]) + property[1..];
            var told = await work.CallAsync("ec2", "DescribeVpcAttribute", new QueryArguments { { "VpcId", physicalId }, { "Attribute", attribute } }, cancellationToken);
            properties[property] = told.Element(attribute)?.Element("value")?.Value;
        }
        return new LiveResource(await StateOfAsync(work, vpc, cancellationToken), properties);
    }

    private static async Task<ResourceState> StateOfAsync(ResourceWork work, XElement vpc, CancellationToken cancellationToken)
    {
        var id = vpc.Element("vpcId")!.Value;
        var groups = await work.CallAsync("ec2", "DescribeSecurityGroups", new QueryArguments { { "Filter.1.Name", "vpc-id" }, { "Filter.1.Value.1", id } }, cancellationToken);
        var standard = groups.Descendants("securityGroupInfo").Elements("item").FirstOrDefault(group => LiveProperties.Text(group, "groupName") == "default");
        return new ResourceState(id).With(("VpcId", id), ("CidrBlock", LiveProperties.Text(vpc, "cidrBlock")), ("DefaultSecurityGroup", standard?.Element("groupId")?.Value));
    }
}
