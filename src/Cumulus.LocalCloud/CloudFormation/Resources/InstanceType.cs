using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-instance.html.</summary>
internal sealed class InstanceType : ResourceType, IReadableType
{
    private static readonly string[] Plain =
    [
        "BlockDeviceMappings", "DisableApiTermination", "EbsOptimized", "ImageId", "InstanceInitiatedShutdownBehavior", "InstanceType", "KeyName", "MetadataOptions",
        "NetworkInterfaces", "PrivateIpAddress", "SecurityGroupIds", "SecurityGroups", "SubnetId", "UserData",
    ];

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments { { "MinCount", "1" }, { "MaxCount", "1" } };
        foreach (var property in Plain)
            arguments.AddEc2(property, work[property]);
        arguments.Add("IamInstanceProfile.Name", work.Text("IamInstanceProfile"));
        arguments.Add("Placement.AvailabilityZone", work.Text("AvailabilityZone"));
        arguments.AddEc2("LaunchTemplate", work["LaunchTemplate"]);
        arguments.Add("Monitoring.Enabled", work.Text("Monitoring"));
        arguments.Add("TagSpecification.1.ResourceType", "instance");
        arguments.AddTags("TagSpecification.1.Tag", work.Tags);
        var answer = await work.CallAsync("ec2", "RunInstances", arguments, cancellationToken);
        return StateOf((await FindAsync(work, answer.Descendants("instanceId").First().Value, cancellationToken))!);
    }

    /// <summary>Another type means stop, change and start, as on AWS; the rest of what can change at all is changed as it runs.</summary>
    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        await work.FollowEc2TagsAsync(now.PhysicalId, cancellationToken);
        if (work.IsChanged("InstanceType") && work.Text("InstanceType") is { } type)
        {
            await work.CallAsync("ec2", "StopInstances", new QueryArguments { { "InstanceId.1", now.PhysicalId } }, cancellationToken);
            await work.CallAsync("ec2", "ModifyInstanceAttribute", new QueryArguments { { "InstanceId", now.PhysicalId }, { "InstanceType.Value", type } }, cancellationToken);
            await work.CallAsync("ec2", "StartInstances", new QueryArguments { { "InstanceId.1", now.PhysicalId } }, cancellationToken);
        }
        if (work.IsChanged("SecurityGroupIds") && work.Texts("SecurityGroupIds") is { Count: > 0 } groups)
        {
            var arguments = new QueryArguments { { "InstanceId", now.PhysicalId } };
            arguments.AddList("GroupId", groups);
            await work.CallAsync("ec2", "ModifyInstanceAttribute", arguments, cancellationToken);
        }
        return await FindAsync(work, now.PhysicalId, cancellationToken) is { } instance ? StateOf(instance) : now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("ec2", "TerminateInstances", new QueryArguments { { "InstanceId.1", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        if (await FindAsync(work, physicalId, cancellationToken) is not { } instance)
            return null;
        var profile = instance.Element("iamInstanceProfile")?.Element("arn")?.Value;
        return new LiveResource(StateOf(instance), new JsonObject
        {
            ["AvailabilityZone"] = instance.Element("placement")?.Element("availabilityZone")?.Value,
            ["EbsOptimized"] = LiveProperties.Text(instance, "ebsOptimized"),
            ["IamInstanceProfile"] = profile?[(profile.LastIndexOf('/') + 1)..],
            ["ImageId"] = LiveProperties.Text(instance, "imageId"),
            ["InstanceType"] = LiveProperties.Text(instance, "instanceType"),
            ["KeyName"] = LiveProperties.Text(instance, "keyName"),
            ["PrivateIpAddress"] = LiveProperties.Text(instance, "privateIpAddress"),
            ["SecurityGroupIds"] = new JsonArray([.. instance.Elements("groupSet").Elements("item").Select(group => (JsonNode)group.Element("groupId")!.Value)]),
            ["SubnetId"] = LiveProperties.Text(instance, "subnetId"),
            ["Tags"] = LiveProperties.TagSet(work, instance),
        });
    }

    /// <summary>Null also for one that is terminated: EC2 shows it for a while.</summary>
    private static async Task<XElement?> FindAsync(ResourceWork work, string id, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("ec2", "DescribeInstances", new QueryArguments { { "InstanceId.1", id } }, cancellationToken);
        var instance = answer.Descendants("instancesSet").Elements("item").SingleOrDefault();
        return instance?.Element("instanceState")?.Element("name")?.Value is "terminated" or "shutting-down" ? null : instance;
    }

    private static ResourceState StateOf(XElement instance)
    {
        var id = instance.Element("instanceId")!.Value;
        return new ResourceState(id).With(
            ("InstanceId", id),
            ("PrivateIp", Text(instance, "privateIpAddress")),
            ("PrivateDnsName", Text(instance, "privateDnsName")),
            ("PublicIp", Text(instance, "ipAddress")),
            ("PublicDnsName", Text(instance, "dnsName")),
            ("VpcId", Text(instance, "vpcId")),
            ("AvailabilityZone", instance.Element("placement")?.Element("availabilityZone")?.Value));
    }

    private static string? Text(XElement element, string name) => element.Element(name)?.Value;
}
