namespace Cumulus.Engine.Aws;

/// <summary>Build instances and images, in one region. Failures as in <see cref="IObjectStore"/>.</summary>
public interface IImageService
{
    string Region { get; }

    /// <summary>Value of a public or own SSM parameter; null when there is none.</summary>
    Task<string?> ParameterAsync(string name, CancellationToken cancellationToken);

    /// <summary>The newest image of this name (with EC2's wildcards) that is available; null when there is none.</summary>
    Task<string?> NewestAsync(string name, string owner, string architecture, CancellationToken cancellationToken);

    /// <summary>Launches the build instance. The same token gives the same instance, however often it is asked for.</summary>
    Task<string> LaunchAsync(BuildInstanceRequest request, CancellationToken cancellationToken);

    /// <summary>EC2's word for its state; null when it is not known (any more).</summary>
    Task<string?> InstanceStateAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Instances with a tag that are not terminated.</summary>
    Task<IReadOnlyList<string>> InstancesAsync(string tag, string value, CancellationToken cancellationToken);

    Task StopAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>One that is gone is no error.</summary>
    Task TerminateAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Image and snapshots are tagged from the start.</summary>
    Task<string> CreateAsync(string instanceId, string name, string description, bool noReboot, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken);

    /// <summary>Copies an image of another region to this one, encrypted.</summary>
    Task<string> CopyAsync(string sourceRegion, string imageId, string name, string? kmsKeyId, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken);

    /// <summary>Null when there is none.</summary>
    Task<BakedImageState?> StateAsync(string imageId, CancellationToken cancellationToken);

    /// <summary>Own images with a tag, in whatever state.</summary>
    Task<IReadOnlyList<BakedImageState>> ImagesAsync(string tag, string value, CancellationToken cancellationToken);

    Task ShareAsync(string imageId, IReadOnlyCollection<string> accounts, CancellationToken cancellationToken);

    /// <summary>Accounts besides the owner's that may launch it.</summary>
    Task<IReadOnlyList<string>> SharedWithAsync(string imageId, CancellationToken cancellationToken);

    Task DeprecateAsync(string imageId, DateTimeOffset at, CancellationToken cancellationToken);

    Task DisableAsync(string imageId, CancellationToken cancellationToken);

    /// <summary>Deregisters the image and deletes its snapshots; what is gone is no error.</summary>
    Task DeleteAsync(BakedImageState image, CancellationToken cancellationToken);

    /// <summary>Instances, launch template versions, launch configurations and groups that name the image, each in words.</summary>
    Task<IReadOnlyList<string>> UsesAsync(string imageId, CancellationToken cancellationToken);
}

/// <summary>A build instance: its volumes are encrypted, its metadata service is IMDSv2 only, nothing reaches it from outside but SSM.</summary>
public sealed record BuildInstanceRequest
{
    public required string ImageId { get; init; }

    public required string InstanceType { get; init; }

    public required string SubnetId { get; init; }

    public string? InstanceProfile { get; init; }

    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    public required IReadOnlyList<BuildVolume> Volumes { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>At most 64 ASCII characters.</summary>
    public required string Token { get; init; }
}

/// <param name="SizeGiB">Null: the image's own.</param>
public sealed record BuildVolume(string DeviceName, int? SizeGiB, string VolumeType, int? Iops, int? Throughput, string? KmsKeyId);

/// <param name="State">EC2's word: pending, available, failed, disabled and more.</param>
/// <param name="Reason">Why it failed.</param>
public sealed record BakedImageState(string ImageId, string Name, string State, string? Reason, IReadOnlyList<string> Snapshots, DateTimeOffset? CreatedAt, DateTimeOffset? DeprecatedAt, IReadOnlyDictionary<string, string> Tags);
