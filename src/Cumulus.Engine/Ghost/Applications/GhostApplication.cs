using System.Text.Json.Serialization;

namespace Cumulus.Engine.Ghost;

/// <summary>
/// The definition of an application: how its image is baked, how its instances look, which modules they run. The fields are Ghost's
/// (reference/ghost-behaviour.md, section 2) and what EC2 has got since. <see cref="DefinitionReader"/> is the only maker: one that exists obeys the rules.
/// </summary>
public sealed record GhostApplication
{
    /// <summary>Of the form of the document, not of the definition's content.</summary>
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    public required string Name { get; init; }

    public required string Env { get; init; }

    public required string Role { get; init; }

    /// <summary>Shown in lists.</summary>
    public string? Description { get; init; }

    /// <summary>Account to work in, twelve digits; null: that of the caller.</summary>
    public string? AssumedAccountId { get; init; }

    /// <summary>Role to assume there.</summary>
    public string? AssumedRoleName { get; init; }

    /// <summary>Region whose partition the role is of; null: that of <see cref="Region"/>.</summary>
    public string? AssumedRegionName { get; init; }

    /// <summary>What the role's trust policy asks for, so that nobody else's deputy can be talked into assuming it (G-40).</summary>
    public string? AssumedExternalId { get; init; }

    /// <summary>AWS region code.</summary>
    public required string Region { get; init; }

    public required string VpcId { get; init; }

    /// <summary>linux or windows.</summary>
    public required string Platform { get; init; }

    /// <summary>x86_64 or arm64, as EC2 writes them.</summary>
    public required string Architecture { get; init; }

    public required string InstanceType { get; init; }

    /// <summary>Detailed monitoring.</summary>
    public bool InstanceMonitoring { get; init; }

    /// <summary>Image that was baked elsewhere, as in a document of Ghost; that of <c>New-GhostImage</c> is in <see cref="StoredApplication.Ami"/>.</summary>
    public string? Ami { get; init; }

    public required BuildInfos BuildInfos { get; init; }

    public required EnvironmentInfos EnvironmentInfos { get; init; }

    public IReadOnlyList<EnvironmentVariable> EnvVars { get; init; } = [];

    public IReadOnlyList<GhostFeature> Features { get; init; } = [];

    /// <summary>In the order in which an instance deploys them at boot.</summary>
    public IReadOnlyList<GhostModule> Modules { get; init; } = [];

    public AutoscaleSettings? Autoscale { get; init; }

    [JsonPropertyName("safe-deployment")]
    public SafeDeployment? SafeDeployment { get; init; }

    public LifecycleHooks LifecycleHooks { get; init; } = new();

    public BlueGreenSettings? BlueGreen { get; init; }

    public IReadOnlyList<LogNotification> LogNotifications { get; init; } = [];

    [JsonIgnore]
    public ApplicationKey Key => new(Name, Env, Role, BlueGreen is { EnableBlueGreen: true } pair ? pair.Color : null);

    [JsonIgnore]
    public bool IsWindows => Platform == "windows";

    /// <summary>What <c>Name</c> tags its instances with when the definition says nothing else.</summary>
    [JsonIgnore]
    public string DefaultNameTag => $"ec2.{Env}.{Role}.{Name}";

    /// <summary>Null: no role is assumed.</summary>
    [JsonIgnore]
    public string? RoleArn => AssumedRoleName is null ? null : $"arn:{Partition}:iam::{AssumedAccountId}:role/{AssumedRoleName}";

    private string Partition => (AssumedRegionName ?? Region) switch
    {
        var r when r.StartsWith("cn-", StringComparison.Ordinal) => "aws-cn",
        var r when r.StartsWith("us-gov-", StringComparison.Ordinal) => "aws-us-gov",
        _ => "aws",
    };
}
