namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html.</summary>
internal sealed class SubnetType : ResourceType
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
        var subnet = answer.Element("subnet")!;
        var id = subnet.Element("subnetId")!.Value;
        return new ResourceState(id).With(
            ("SubnetId", id), ("VpcId", work.Text("VpcId")), ("CidrBlock", work.Text("CidrBlock")), ("AvailabilityZone", subnet.Element("availabilityZone")?.Value));
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("ec2", "DeleteSubnet", new QueryArguments { { "SubnetId", now.PhysicalId } }, cancellationToken);
}
