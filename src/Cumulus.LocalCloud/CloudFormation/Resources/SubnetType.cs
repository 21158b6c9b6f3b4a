using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html.</summary>
internal sealed class SubnetType : ResourceType, IReadableType
{
    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments
        {
            { "VpcId", work.Text("VpcId") },
            { "CidrBlock", work.Text("CidrBlock") },
            { "AvailabilityZone", work.Text("AvailabilityZone") },
            { "TagSpecification.1.ResourceType", "subnet" },
        };
        arguments.AddTags("TagSpecification.1.Tag", work.Tags);
        var answer = await work.CallAsync("ec2", "CreateSubnet", arguments, cancellationToken);
        return await UpdateAsync(work, StateOf(answer.Element("subnet")!), cancellationToken);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        await work.FollowEc2TagsAsync(now.PhysicalId, cancellationToken);
        if (work.IsChanged("MapPublicIpOnLaunch"))
        {
            await work.CallAsync("ec2", "ModifySubnetAttribute",
                new QueryArguments { { "SubnetId", now.PhysicalId }, { "MapPublicIpOnLaunch.Value", work.Text("MapPublicIpOnLaunch") ?? "false" } }, cancellationToken);
        }
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("ec2", "DeleteSubnet", new QueryArguments { { "SubnetId", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("ec2", "DescribeSubnets", new QueryArguments { { "SubnetId.1", physicalId } }, cancellationToken);
        if (answer.Descendants("subnetSet").Elements("item").FirstOrDefault() is not { } subnet)
            return null;
        return new LiveResource(StateOf(subnet), new JsonObject
        {
            ["AvailabilityZone"] = LiveProperties.Text(subnet, "availabilityZone"),
            ["CidrBlock"] = LiveProperties.Text(subnet, "cidrBlock"),
            ["MapPublicIpOnLaunch"] = LiveProperties.Text(subnet, "mapPublicIpOnLaunch"),
            ["Tags"] = LiveProperties.TagSet(work, subnet),
            ["VpcId"] = LiveProperties.Text(subnet, "vpcId"),
        });
    }

    private static ResourceState StateOf(XElement subnet)
    {
        var id = subnet.Element("subnetId")!.Value;
        return new ResourceState(id).With(
            ("SubnetId", id),
            ("VpcId", LiveProperties.Text(subnet, "vpcId")),
            ("CidrBlock", LiveProperties.Text(subnet, "cidrBlock")),
            ("AvailabilityZone", LiveProperties.Text(subnet, "availabilityZone")));
    }
}
