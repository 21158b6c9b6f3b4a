using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Aws;

/// <summary>How to reach AWS: what was given by hand. What is null is found by the SDK's own chain.</summary>
public sealed record AwsConnection
{
    /// <summary>AWS region code, such as <c>eu-west-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>Named profile of the AWS configuration files (SSO, role and process profiles too).</summary>
    public string? ProfileName { get; init; }

    /// <summary>Role to assume with whatever credentials the rest gives.</summary>
    public string? RoleArn { get; init; }

    /// <summary>What the trust policy of <see cref="RoleArn"/> asks for; null: nothing.</summary>
    public string? ExternalId { get; init; }

    /// <summary>One endpoint for all services, for a local AWS; <c>AWS_ENDPOINT_URL</c> when null.</summary>
    public string? EndpointUrl { get; init; }

    public StaticKeys? Keys { get; init; }

    /// <summary>What an environment's configuration says.</summary>
    public static AwsConnection Of(EnvironmentDefinition environment) => new()
    {
        Region = environment.Region,
        ProfileName = environment.ProfileName,
        RoleArn = environment.RoleArn,
        Keys = environment.Keys,
    };
}
