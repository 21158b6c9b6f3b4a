namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html.</summary>
internal sealed class VpcType : ResourceType
{
    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments { { "CidrBlock", work.Text("CidrBlock") }, { "TagSpecification.1.ResourceType", "vpc" } };
        arguments.AddTags("TagSpecification.1.Tag", work.Tags);
        var answer = await work.CallAsync("ec2", "CreateVpc", arguments, cancellationToken);
        var id = answer.Descendants("vpcId").First().Value;
        var groups = await work.CallAsync("ec2", "DescribeSecurityGroups", new QueryArguments { { "Filter.1.Name", "vpc-id" }, { "Filter.1.Value.1", id } }, cancellationToken);
        return new ResourceState(id).With(
            ("VpcId", id), ("CidrBlock", work.Text("CidrBlock")), ("DefaultSecurityGroup", groups.Descendants("groupId").FirstOrDefault()?.Value));
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("ec2", "DeleteVpc", new QueryArguments { { "VpcId", now.PhysicalId } }, cancellationToken);
}
