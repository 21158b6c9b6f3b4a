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

    /// <summary>One endpoint for all services, for a local AWS; <c>AWS_ENDPOINT_URL</c> when null.</summary>
    public string? EndpointUrl { get; init; }

    public StaticKeys? Keys { get; init; }

    private bool NamesCredentials => ProfileName is not null || RoleArn is not null || Keys is not null;

    /// <summary>
    /// Puts together what a command gives, what an environment's configuration says and what the session is connected to. The nearer one wins: command, then
    /// environment, then session. Credentials (profile, role, keys) are taken as one from the first that names any, so that two sources never mix; but a session at an
    /// endpoint of its own, a local AWS, keeps its credentials there.
    /// </summary>
    public static AwsConnection Resolve(AwsConnection? given, EnvironmentDefinition? environment, AwsConnection? session)
    {
        AwsConnection ofEnvironment = environment is null
            ? new AwsConnection()
            : new AwsConnection { Region = environment.Region, ProfileName = environment.ProfileName, RoleArn = environment.RoleArn, Keys = environment.Keys };
        AwsConnection near = given ?? new AwsConnection();
        AwsConnection far = session ?? new AwsConnection();
        bool atOwnEndpoint = far.EndpointUrl is not null && near.EndpointUrl is null;
        AwsConnection[] order = atOwnEndpoint ? [near, far, ofEnvironment] : [near, ofEnvironment, far];
        AwsConnection? credentials = order.FirstOrDefault(c => c.NamesCredentials);
        return new AwsConnection
        {
            Region = near.Region ?? ofEnvironment.Region ?? far.Region,
            EndpointUrl = near.EndpointUrl ?? far.EndpointUrl,
            ProfileName = credentials?.ProfileName,
            RoleArn = credentials?.RoleArn,
            Keys = credentials?.Keys,
        };
    }
}
