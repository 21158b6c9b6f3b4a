using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Ghost;

/// <summary>Asks AWS whether it has what a definition names. Reads only.</summary>
public sealed class ApplicationProbe(IMachineCatalog machines)
{
    /// <summary>What is missing or does not fit, as <c>field: text</c>.</summary>
    /// <exception cref="CumulusException">As <see cref="IMachineCatalog"/>.</exception>
    public async Task<IReadOnlyList<string>> TestAsync(GhostApplication application, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        bool hasVpc = await machines.VpcExistsAsync(application.VpcId, cancellationToken);
        if (!hasVpc) problems.Add($"vpc_id: there is no VPC {application.VpcId} in {application.Region}.");
        await ImageAsync(application, problems, cancellationToken);
        await SubnetsAsync(application, hasVpc, problems, cancellationToken);
        await GroupsAsync(application, hasVpc, problems, cancellationToken);
        await TypesAsync(application, problems, cancellationToken);
        if (application.EnvironmentInfos.KeyName is { } key && !await machines.KeyPairExistsAsync(key, cancellationToken))
        {
            problems.Add($"environment_infos.key_name: there is no key pair '{key}'.");
        }

        if (application.Autoscale is { Create: false, Name: var group } && !await machines.GroupExistsAsync(group, cancellationToken))
        {
            problems.Add($"autoscale.name: there is no Auto Scaling group '{group}'. If it is to be made, set autoscale.create to true.");
        }

        return problems;
    }

    private async Task ImageAsync(GhostApplication application, List<string> problems, CancellationToken cancellationToken)
    {
        if (application.BuildInfos.SourceAmi is not { } id) return;
        if (await machines.ImageAsync(id, cancellationToken) is not { } image)
        {
            problems.Add($"build_infos.source_ami: there is no image {id} in {application.Region} that this account may use.");
            return;
        }

        if (image.State != "available") problems.Add($"build_infos.source_ami: image {id} is {image.State}.");
        if (image.Architecture != application.Architecture) problems.Add($"build_infos.source_ami: image {id} is for {image.Architecture}, and the application is {application.Architecture}.");
        if (image.Platform == "windows" != application.IsWindows) problems.Add($"build_infos.source_ami: image {id} is {(image.Platform == "windows" ? "of Windows" : "not of Windows")}, and the application is of {application.Platform}.");
        if (image.RootSize > application.EnvironmentInfos.RootBlockDevice.Size) problems.Add($"environment_infos.root_block_device.size: image {id} needs {image.RootSize} GiB.");
    }

    private async Task SubnetsAsync(GhostApplication application, bool hasVpc, List<string> problems, CancellationToken cancellationToken)
    {
        (string Field, string Id)[] wanted =
        [
            ("build_infos.subnet_id", application.BuildInfos.SubnetId),
            .. application.EnvironmentInfos.SubnetIds.Select(id => ("environment_infos.subnet_ids", id)),
        ];
        IReadOnlyDictionary<string, MachineSubnet> there = await machines.SubnetsAsync([.. wanted.Select(w => w.Id).Distinct()], cancellationToken);
        foreach ((string field, string id) in wanted)
        {
            if (!there.TryGetValue(id, out MachineSubnet? subnet)) problems.Add($"{field}: there is no subnet {id} in {application.Region}.");
            else if (hasVpc && subnet.VpcId != application.VpcId) problems.Add($"{field}: subnet {id} is of {subnet.VpcId}, and the application of {application.VpcId}.");
        }
    }

    private async Task GroupsAsync(GhostApplication application, bool hasVpc, List<string> problems, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> there = await machines.SecurityGroupsAsync(application.EnvironmentInfos.SecurityGroups, cancellationToken);
        foreach (string id in application.EnvironmentInfos.SecurityGroups)
        {
            if (!there.TryGetValue(id, out string? vpc)) problems.Add($"environment_infos.security_groups: there is no security group {id} in {application.Region}.");
            else if (hasVpc && vpc != application.VpcId) problems.Add($"environment_infos.security_groups: {id} is of {vpc}, and the application of {application.VpcId}.");
        }
    }

    private async Task TypesAsync(GhostApplication application, List<string> problems, CancellationToken cancellationToken)
    {
        (string Field, string Type)[] types =
        [
            ("instance_type", application.InstanceType),
            .. application.BuildInfos.InstanceType is { } build ? [("build_infos.instance_type", build)] : Array.Empty<(string, string)>(),
            .. (application.Autoscale?.MixedInstances?.InstanceTypes ?? []).Select(t => ("autoscale.mixed_instances.instance_types", t)),
        ];
        foreach ((string field, string type) in types.DistinctBy(t => t.Type))
        {
            IReadOnlyList<string>? architectures = await machines.ArchitecturesAsync(type, cancellationToken);
            if (architectures is null) problems.Add($"{field}: there is no instance type {type} in {application.Region}.");
            else if (!architectures.Contains(application.Architecture)) problems.Add($"{field}: {type} is {string.Join(" and ", architectures)}, and the application is {application.Architecture}.");
        }
    }
}
