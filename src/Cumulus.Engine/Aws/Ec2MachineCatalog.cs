using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;

namespace Cumulus.Engine.Aws;

/// <summary>Asked for by filters where EC2 has them: an id that does not exist is then absent, where a plain list of ids would be refused as a whole.</summary>
/// <param name="endpoint">Where the clients go, for errors.</param>
internal sealed class Ec2MachineCatalog(IAmazonEC2 ec2, IAmazonAutoScaling autoScaling, string endpoint) : IMachineCatalog
{
    public async Task<MachineImage?> ImageAsync(string imageId, CancellationToken cancellationToken)
    {
        var request = new DescribeImagesRequest { Filters = [By("image-id", [imageId])], IncludeDeprecated = true, IncludeDisabled = true };
        DescribeImagesResponse answer = await CallAsync("DescribeImages", () => ec2.DescribeImagesAsync(request, cancellationToken), cancellationToken);
        return answer.Images?.FirstOrDefault() is not { } image
            ? null
            : new MachineImage(
                image.ImageId,
                image.Name,
                image.Architecture?.Value ?? "x86_64",
                image.Platform?.Value.ToLowerInvariant(),
                image.State?.Value ?? "available",
                image.RootDeviceName,
                (image.BlockDeviceMappings ?? []).FirstOrDefault(m => m.DeviceName == image.RootDeviceName)?.Ebs?.VolumeSize);
    }

    public async Task<IReadOnlyDictionary<string, MachineSubnet>> SubnetsAsync(IReadOnlyCollection<string> subnetIds, CancellationToken cancellationToken)
    {
        if (subnetIds.Count == 0) return new Dictionary<string, MachineSubnet>();
        var request = new DescribeSubnetsRequest { Filters = [By("subnet-id", subnetIds)] };
        DescribeSubnetsResponse answer = await CallAsync("DescribeSubnets", () => ec2.DescribeSubnetsAsync(request, cancellationToken), cancellationToken);
        return (answer.Subnets ?? []).ToDictionary(s => s.SubnetId, s => new MachineSubnet(s.SubnetId, s.VpcId, s.AvailabilityZone));
    }

    public async Task<IReadOnlyDictionary<string, string>> SecurityGroupsAsync(IReadOnlyCollection<string> groupIds, CancellationToken cancellationToken)
    {
        if (groupIds.Count == 0) return new Dictionary<string, string>();
        var request = new DescribeSecurityGroupsRequest { Filters = [By("group-id", groupIds)] };
        DescribeSecurityGroupsResponse answer = await CallAsync("DescribeSecurityGroups", () => ec2.DescribeSecurityGroupsAsync(request, cancellationToken), cancellationToken);
        return (answer.SecurityGroups ?? []).ToDictionary(g => g.GroupId, g => g.VpcId);
    }

    public async Task<bool> VpcExistsAsync(string vpcId, CancellationToken cancellationToken)
    {
        var request = new DescribeVpcsRequest { Filters = [By("vpc-id", [vpcId])] };
        return (await CallAsync("DescribeVpcs", () => ec2.DescribeVpcsAsync(request, cancellationToken), cancellationToken)).Vpcs is { Count: > 0 };
    }

    public async Task<bool> KeyPairExistsAsync(string name, CancellationToken cancellationToken)
    {
        var request = new DescribeKeyPairsRequest { Filters = [By("key-name", [name])] };
        return (await CallAsync("DescribeKeyPairs", () => ec2.DescribeKeyPairsAsync(request, cancellationToken), cancellationToken)).KeyPairs is { Count: > 0 };
    }

    public async Task<IReadOnlyList<string>?> ArchitecturesAsync(string instanceType, CancellationToken cancellationToken)
    {
        try
        {
            var request = new DescribeInstanceTypesRequest { InstanceTypes = [instanceType] };
            DescribeInstanceTypesResponse answer = await CallAsync("DescribeInstanceTypes", () => ec2.DescribeInstanceTypesAsync(request, cancellationToken), cancellationToken);
            return answer.InstanceTypes?.FirstOrDefault() is { } type ? [.. (type.ProcessorInfo?.SupportedArchitectures ?? []).Select(Text)] : null;
        }
        catch (CumulusException e) when (e.InnerException is AmazonServiceException { ErrorCode: "InvalidInstanceType" })
        {
            return null;
        }
    }

    public async Task<bool> GroupExistsAsync(string autoScalingGroup, CancellationToken cancellationToken)
    {
        var request = new DescribeAutoScalingGroupsRequest { AutoScalingGroupNames = [autoScalingGroup] };
        DescribeAutoScalingGroupsResponse answer = await AwsErrors.GuardAsync(
            new AwsCall("Auto Scaling", "DescribeAutoScalingGroups", endpoint), () => autoScaling.DescribeAutoScalingGroupsAsync(request, cancellationToken), cancellationToken);
        return answer.AutoScalingGroups is { Count: > 0 };
    }

    private Task<T> CallAsync<T>(string operation, Func<Task<T>> call, CancellationToken cancellationToken) =>
        AwsErrors.GuardAsync(new AwsCall("EC2", operation, endpoint), call, cancellationToken);

    private static Amazon.EC2.Model.Filter By(string name, IEnumerable<string> values) => new() { Name = name, Values = [.. values] };

    private static string Text(object value) => value.ToString()!;
}
