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

    /// <summary>What the role's trust policy may ask for; only with a role.</summary>
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
        ExternalId = environment.ExternalId,
        Keys = environment.Keys,
    };

    /// <summary>
    /// What the configuration says for one stack. A profile of its own replaces the environment's caller as a whole; a role of its own is assumed by the
    /// credentials that the environment's role would be.
    /// </summary>
    public static AwsConnection Of(EnvironmentDefinition environment, StackDefinition stack)
    {
        AwsConnection caller = stack.ProfileName is { } profile ? new AwsConnection { ProfileName = profile } : Of(environment);
        return caller with
        {
            Region = stack.Region ?? environment.Region,
            RoleArn = stack.RoleArn ?? caller.RoleArn,
            ExternalId = stack.RoleArn is null ? caller.ExternalId : stack.ExternalId,
        };
    }
}
