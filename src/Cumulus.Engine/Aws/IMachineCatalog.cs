namespace Cumulus.Engine.Aws;

/// <summary>What instances are made of, as EC2 has it. Each call reads only. Failures as in <see cref="IObjectStore"/>.</summary>
public interface IMachineCatalog
{
    /// <summary>Null when there is none of this id that the caller may use.</summary>
    Task<MachineImage?> ImageAsync(string imageId, CancellationToken cancellationToken);

    /// <summary>Those of the subnets that there are, by id.</summary>
    Task<IReadOnlyDictionary<string, MachineSubnet>> SubnetsAsync(IReadOnlyCollection<string> subnetIds, CancellationToken cancellationToken);

    /// <summary>Those of the security groups that there are: id, and the id of the VPC.</summary>
    Task<IReadOnlyDictionary<string, string>> SecurityGroupsAsync(IReadOnlyCollection<string> groupIds, CancellationToken cancellationToken);

    Task<bool> VpcExistsAsync(string vpcId, CancellationToken cancellationToken);

    Task<bool> KeyPairExistsAsync(string name, CancellationToken cancellationToken);

    /// <summary>Architectures of an instance type, such as x86_64; null when the region has no such type.</summary>
    Task<IReadOnlyList<string>?> ArchitecturesAsync(string instanceType, CancellationToken cancellationToken);

    Task<bool> GroupExistsAsync(string autoScalingGroup, CancellationToken cancellationToken);
}

/// <param name="Architecture">As EC2 writes it: x86_64, arm64.</param>
/// <param name="Platform">windows; else null.</param>
/// <param name="State">available, pending, disabled and more.</param>
/// <param name="RootDevice">Such as /dev/xvda.</param>
/// <param name="RootSize">GiB; null when the image does not say.</param>
public sealed record MachineImage(string Id, string? Name, string Architecture, string? Platform, string State, string? RootDevice, int? RootSize);

public sealed record MachineSubnet(string Id, string VpcId, string Zone);
