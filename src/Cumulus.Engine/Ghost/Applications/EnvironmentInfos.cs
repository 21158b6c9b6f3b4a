namespace Cumulus.Engine.Ghost;

/// <summary>What the instances look like.</summary>
public sealed record EnvironmentInfos
{
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>Of the group; the first is where <c>New-GhostInstance</c> launches.</summary>
    public IReadOnlyList<string> SubnetIds { get; init; } = [];

    /// <summary>Name of the IAM instance profile. It needs what the SSM agent needs, and s3:GetObject on the bucket.</summary>
    public string? InstanceProfile { get; init; }

    public string? KeyName { get; init; }

    public bool PublicIpAddress { get; init; } = true;

    public RootBlockDevice RootBlockDevice { get; init; } = new();

    public IReadOnlyList<OptionalVolume> OptionalVolumes { get; init; } = [];

    public IReadOnlyList<InstanceTag> InstanceTags { get; init; } = [];

    public MetadataOptions MetadataOptions { get; init; } = new();
}

public sealed record RootBlockDevice
{
    public const int DefaultSize = 20;

    /// <summary>GiB.</summary>
    public int Size { get; init; } = DefaultSize;

    /// <summary>Null: the image's own root device.</summary>
    public string? Name { get; init; }

    public string VolumeType { get; init; } = "gp3";

    public int? Iops { get; init; }

    /// <summary>MiB/s, gp3 only.</summary>
    public int? Throughput { get; init; }

    public bool Encrypted { get; init; } = true;

    public string? KmsKeyId { get; init; }
}

public sealed record OptionalVolume
{
    public required string DeviceName { get; init; }

    public required string VolumeType { get; init; }

    /// <summary>GiB.</summary>
    public required int VolumeSize { get; init; }

    public int? Iops { get; init; }

    /// <summary>MiB/s, gp3 only.</summary>
    public int? Throughput { get; init; }

    public bool Encrypted { get; init; } = true;

    public string? KmsKeyId { get; init; }

    /// <summary>Attach it to the build instance too, so that the image has it.</summary>
    public bool LaunchBlockDeviceMappings { get; init; }
}

public sealed record InstanceTag(string TagName, string TagValue)
{
    /// <summary>Tags that Ghost gives to each instance and finds it by; those of the definition are dropped.</summary>
    public static IReadOnlyList<string> Reserved { get; } = ["app", "app_id", "env", "role", "color"];
}

/// <summary>https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html</summary>
public sealed record MetadataOptions
{
    /// <summary>required: IMDSv2 only. optional: the old way as well.</summary>
    public string HttpTokens { get; init; } = "required";

    /// <summary>1 to 64; 2 lets containers reach it.</summary>
    public int HopLimit { get; init; } = 2;
}
