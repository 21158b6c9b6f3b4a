using System.Globalization;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Ec2;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>Where a group may launch.</summary>
/// <param name="Subnet">Null: the zone's default.</param>
internal sealed record LaunchLocation(string Zone, string? Subnet);

/// <summary>Launches and ends the instances of groups, by moto's EC2.</summary>
internal sealed class InstanceLauncher(MotoClient moto, TimeProvider time)
{
    private readonly LaunchTemplates _templates = new(moto);

    /// <summary>The group's subnets with their zones, or its zones.</summary>
    /// <exception cref="MotoException">A subnet does not exist.</exception>
    public async Task<IReadOnlyList<LaunchLocation>> LocationsAsync(string region, GroupSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Subnets.Count == 0)
            return [.. settings.Zones.Select(zone => new LaunchLocation(zone, null))];
        var arguments = new QueryArguments();
        arguments.AddList("SubnetId", settings.Subnets);
        var answer = await moto.CallAsync("ec2", region, "DescribeSubnets", arguments, cancellationToken);
        return [.. answer.Elements("subnetSet").Elements("item").Select(subnet => new LaunchLocation(subnet.Element("availabilityZone")!.Value, subnet.Element("subnetId")!.Value))];
    }

    /// <summary>The source with the template's id and name, and the version as a number.</summary>
    /// <exception cref="MotoException">There is no such template, version or configuration.</exception>
    public async Task<LaunchSource> ResolveAsync(string region, LaunchSource source, CancellationToken cancellationToken)
    {
        if (source.Configuration is not null)
        {
            await ConfigurationAsync(region, source.Configuration, cancellationToken);
            return source;
        }
        var version = await _templates.ReadAsync(region, source.TemplateId, source.TemplateName, source.Version, cancellationToken);
        return source with { TemplateId = version.Id, TemplateName = version.Name, Version = version.Number };
    }

    /// <summary>Auto Scaling looks at what it is to launch when it is told so: zones and security groups must exist.</summary>
    /// <exception cref="Proxy.AwsError">ValidationError.</exception>
    public async Task CheckAsync(string region, IReadOnlyList<LaunchLocation> locations, LaunchSource source, CancellationToken cancellationToken)
    {
        var known = (await moto.CallAsync("ec2", region, "DescribeAvailabilityZones", [], cancellationToken)).Descendants("zoneName").Select(zone => zone.Value).ToHashSet();
        if (locations.Select(location => location.Zone).Where(zone => !known.Contains(zone)).ToList() is { Count: > 0 } unknown)
            throw AutoScalingError.Invalid($"Invalid availability zones: [{string.Join(", ", unknown)}]");
        if (source.TemplateId is null)
            return;
        var template = await _templates.ReadAsync(region, source.TemplateId, null, source.Version, cancellationToken);
        var groups = LaunchArguments.From(template, []).Where(pair => pair.Name.StartsWith("SecurityGroupId.", StringComparison.Ordinal)).Select(pair => pair.Value).ToList();
        if (groups.Count == 0)
            return;
        var arguments = new QueryArguments();
        arguments.AddList("GroupId", groups);
        try
        {
            await moto.CallAsync("ec2", region, "DescribeSecurityGroups", arguments, cancellationToken);
        }
        catch (MotoException e)
        {
            throw AutoScalingError.Invalid($"You must use a valid fully-formed launch template. {e.Reason}");
        }
    }

    /// <summary>Launches instances of one group at one place; they are Pending.</summary>
    /// <exception cref="MotoException">EC2 refuses.</exception>
    public async Task<IReadOnlyList<GroupInstance>> LaunchAsync(Group group, LaunchSource source, LaunchLocation location, int count, CancellationToken cancellationToken)
    {
        var tags = group.Tags.Where(tag => tag.Propagates).Select(tag => KeyValuePair.Create(tag.Key, tag.Value))
            .Append(KeyValuePair.Create("aws:autoscaling:groupName", group.Name));
        var resolved = await ResolveAsync(group.Region, source, cancellationToken);
        var arguments = source.Configuration is not null
            ? FromConfiguration(await ConfigurationAsync(group.Region, source.Configuration, cancellationToken), tags)
            : LaunchArguments.From(await _templates.ReadAsync(group.Region, resolved.TemplateId, null, resolved.Version, cancellationToken), tags);
        var number = count.ToString(CultureInfo.InvariantCulture);
        var own = new QueryArguments
        {
            { "ImageId", source.ImageId }, { "InstanceType", source.InstanceType }, { "MinCount", number }, { "MaxCount", number }, { "SubnetId", location.Subnet },
            { "Placement.AvailabilityZone", location.Subnet is null ? location.Zone : null },
        };
        var answer = await moto.CallAsync("ec2", group.Region, "RunInstances", own.Concat(arguments).DistinctBy(pair => pair.Name), cancellationToken);
        return
        [
            .. answer.Elements("instancesSet").Elements("item").Select(item => new GroupInstance
            {
                Id = item.Element("instanceId")!.Value,
                Zone = location.Zone,
                InstanceType = item.Element("instanceType")?.Value ?? "",
                ImageId = item.Element("imageId")?.Value ?? "",
                Source = resolved,
                State = LifecycleStates.Pending,
                LaunchedAt = time.GetUtcNow(),
                IsProtected = group.Settings.ProtectsNew,
            }),
        ];
    }

    /// <summary>Ends instances; those that are gone already are fine.</summary>
    public async Task TerminateAsync(string region, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments();
        arguments.AddList("InstanceId", ids);
        try
        {
            await moto.CallAsync("ec2", region, "TerminateInstances", arguments, cancellationToken);
        }
        catch (MotoException e) when (e.IsNotFound)
        {
        }
    }

    /// <summary>Instances that a group is to take over; each is tagged as one of its own.</summary>
    /// <exception cref="Proxy.AwsError">One of them does not exist or does not run.</exception>
    public async Task<IReadOnlyList<GroupInstance>> DescribeAsync(Group group, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments();
        arguments.AddList("InstanceId", ids);
        XElement answer;
        try
        {
            answer = await moto.CallAsync("ec2", group.Region, "DescribeInstances", arguments, cancellationToken);
        }
        catch (MotoException e) when (e.IsNotFound)
        {
            throw AutoScalingError.Invalid($"Invalid Instance ID(s): [{string.Join(", ", ids)}]");
        }
        var items = answer.Descendants("instancesSet").Elements("item").ToList();
        if (items.Find(item => item.Element("instanceState")?.Element("name")?.Value != "running") is { } other)
            throw AutoScalingError.Invalid($"Invalid Instance ID(s): [{other.Element("instanceId")?.Value}]. Instance is not in correct state. Instance(s) must be in 'running' state.");
        var tags = new QueryArguments();
        tags.AddList("ResourceId", ids);
        tags.AddTags("Tag", [KeyValuePair.Create("aws:autoscaling:groupName", group.Name)]);
        await moto.CallAsync("ec2", group.Region, "CreateTags", tags, cancellationToken);
        return
        [
            .. items.Select(item => new GroupInstance
            {
                Id = item.Element("instanceId")!.Value,
                Zone = item.Element("placement")?.Element("availabilityZone")?.Value ?? "",
                InstanceType = item.Element("instanceType")?.Value ?? "",
                ImageId = item.Element("imageId")?.Value ?? "",
                Source = new LaunchSource(null, null, null, null),
                State = LifecycleStates.Pending,
                LaunchedAt = time.GetUtcNow(),
                IsProtected = group.Settings.ProtectsNew,
            }),
        ];
    }

    /// <summary>A detached instance is nobody's.</summary>
    public Task UntagAsync(string region, string instanceId, CancellationToken cancellationToken) =>
        moto.CallAsync("ec2", region, "DeleteTags", [("ResourceId.1", instanceId), ("Tag.1.Key", "aws:autoscaling:groupName")], cancellationToken);

    private async Task<XElement> ConfigurationAsync(string region, string name, CancellationToken cancellationToken)
    {
        var answer = await moto.CallAsync("autoscaling", region, "DescribeLaunchConfigurations", new QueryArguments { { "LaunchConfigurationNames.member.1", name } }, cancellationToken);
        return answer.Descendants("LaunchConfigurations").Elements("member").FirstOrDefault() ??
            throw new MotoException("autoscaling", "DescribeLaunchConfigurations", 400, "ValidationError", $"Launch configuration name not found - Launch configuration {name} not found");
    }

    private static QueryArguments FromConfiguration(XElement configuration, IEnumerable<KeyValuePair<string, string>> tags)
    {
        var arguments = new QueryArguments();
        foreach (var name in new[] { "ImageId", "InstanceType", "KeyName", "UserData" })
            arguments.Add(name, configuration.Element(name)?.Value is { Length: > 0 } value ? value : null);
        var profile = configuration.Element("IamInstanceProfile")?.Value is { Length: > 0 } given ? given : null;
        arguments.Add(profile?.StartsWith("arn:", StringComparison.Ordinal) == true ? "IamInstanceProfile.Arn" : "IamInstanceProfile.Name", profile);
        arguments.AddList("SecurityGroupId", configuration.Elements("SecurityGroups").Elements("member").Select(group => group.Value));
        arguments.Add("TagSpecification.1.ResourceType", "instance");
        arguments.AddTags("TagSpecification.1.Tag", tags);
        return arguments;
    }
}
