namespace Cumulus.Engine.Ghost;

/// <summary>How the image is baked.</summary>
public sealed record BuildInfos
{
    /// <summary>Ghost's login; nothing logs in here, commands go through SSM.</summary>
    public string? SshUsername { get; init; }

    /// <summary>Image to begin with; one of this, <see cref="SourceAmiParameter"/> and <see cref="SourceAmiFilter"/>.</summary>
    public string? SourceAmi { get; init; }

    /// <summary>SSM parameter with its id, such as <c>/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64</c>.</summary>
    public string? SourceAmiParameter { get; init; }

    public SourceImageFilter? SourceAmiFilter { get; init; }

    /// <summary>Where the build instance is launched. It needs a way out to SSM and to what the features fetch, and none in.</summary>
    public required string SubnetId { get; init; }

    /// <summary>Null: <see cref="GhostApplication.InstanceType"/>.</summary>
    public string? InstanceType { get; init; }

    /// <summary>Null: that of the environment. It needs what the SSM agent needs (AmazonSSMManagedInstanceCore).</summary>
    public string? InstanceProfile { get; init; }

    /// <summary>Images are always encrypted; null: by the account's default key for EBS.</summary>
    public string? KmsKeyId { get; init; }

    /// <summary>Take the image without stopping the instance: quicker, and what was not flushed is not in it.</summary>
    public bool NoReboot { get; init; }

    /// <summary>Windows: generalise with EC2Launch before the image is taken.</summary>
    public bool Sysprep { get; init; }

    /// <summary>Regions that get a copy.</summary>
    public IReadOnlyList<string> CopyRegions { get; init; } = [];

    /// <summary>Accounts that may launch it.</summary>
    public IReadOnlyList<string> ShareAccounts { get; init; } = [];
}

/// <summary>The newest image whose name fits.</summary>
/// <param name="Name">With EC2's wildcards <c>*</c> and <c>?</c>.</param>
/// <param name="Owner">Account id, or <c>amazon</c>, <c>self</c>, <c>aws-marketplace</c>: without it anybody's image of that name would do.</param>
public sealed record SourceImageFilter(string Name, string Owner);
