using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;

namespace Cumulus.Engine.Aws;

/// <summary>Credentials and where they came from, in words without secrets.</summary>
internal sealed record ResolvedCredentials(AWSCredentials Credentials, string Source);

/// <summary>A region and where it came from.</summary>
internal sealed record ResolvedRegion(string Region, string Source);

/// <summary>
/// Finds credentials and region (D-33): what is given first, then the SDK's own chain
/// (https://docs.aws.amazon.com/sdk-for-net/v4/developer-guide/creds-assign.html).
/// </summary>
internal static class AwsCredentialResolver
{
    private static readonly string[] ContainerVariables = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_WEB_IDENTITY_TOKEN_FILE"];

    /// <param name="stsClient">Makes the client that assumes a role, with the credentials to do it by.</param>
    /// <param name="instance">Null: the role of the instance counts only where the SDK's chain has it, at its end.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.CredentialsNotFound"/>, <see cref="ErrorIds.CredentialsRejected"/></exception>
    public static async Task<ResolvedCredentials> CredentialsAsync(
        AwsConnection connection,
        Func<AWSCredentials, IAmazonSecurityTokenService> stsClient,
        CancellationToken cancellationToken,
        InstanceMetadata? instance = null)
    {
        ResolvedCredentials found = connection.Keys is { } keys
            ? new ResolvedCredentials(new BasicAWSCredentials(keys.AccessKeyId, keys.SecretAccessKey), $"given keys ({Shown(keys.AccessKeyId)})")
            : connection.ProfileName is { } profile
                ? OfProfile(profile)
                : await OfInstanceAsync(instance, cancellationToken) ?? await OfChainAsync(cancellationToken);
        if (connection.RoleArn is { } role)
        {
            found = new ResolvedCredentials(new RoleCredentials(stsClient(found.Credentials), role, connection.ExternalId), $"role {role}, assumed by {found.Source}");
        }

        // Asked for once now: a missing sign-in is told before any work begins.
        var call = new AwsCall("STS", connection.RoleArn is null ? "credentials" : $"AssumeRole {connection.RoleArn}", connection.EndpointUrl ?? "AWS");
        await AwsErrors.GuardAsync(call, () => found.Credentials.GetCredentialsAsync().WaitAsync(cancellationToken), cancellationToken);
        return found;
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.RegionMissing"/>; <see cref="ErrorIds.CredentialsNotFound"/>: there is no such profile.</exception>
    public static async Task<ResolvedRegion> RegionAsync(AwsConnection connection, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(connection.Region))
        {
            return new ResolvedRegion(connection.Region, "as given or configured");
        }

        if (connection.ProfileName is { } name)
        {
            var profiles = new CredentialProfileStoreChain();
            if (!profiles.TryGetProfile(name, out CredentialProfile? profile)) throw NoProfile(name, profiles);
            if (profile.Region is { } ofProfile) return new ResolvedRegion(ofProfile.SystemName, $"profile '{name}'");
        }

        // The last link asks the instance metadata service and blocks while it does.
        RegionEndpoint? found = await Task.Run(() => FallbackRegionFactory.GetRegionEndpoint(), cancellationToken).WaitAsync(cancellationToken);
        if (found is not null)
        {
            return new ResolvedRegion(found.SystemName, "the SDK's chain");
        }

        // The AWS CLI's variable; the SDK for .NET does not read it.
        if (Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION") is { Length: > 0 } ofCli)
        {
            return new ResolvedRegion(ofCli, "AWS_DEFAULT_REGION");
        }

        throw new CumulusException(ErrorIds.RegionMissing, FailureKind.InvalidInput, "No AWS region is given, and none is set in the environment, the profile or by the instance.")
        { Advice = "Give -Region, set 'region' of the environment in the configuration, or set AWS_REGION." };
    }

    private static ResolvedCredentials OfProfile(string name)
    {
        var chain = new CredentialProfileStoreChain();
        if (chain.TryGetAWSCredentials(name, out AWSCredentials? credentials))
        {
            string kind = credentials is SSOAWSCredentials ? " (SSO)" : "";
            return new ResolvedCredentials(credentials, $"profile '{name}'{kind}");
        }

        throw NoProfile(name, chain);
    }

    private static CumulusException NoProfile(string name, CredentialProfileStoreChain chain)
    {
        string nearest = NearestName.Of(name, chain.ListProfiles().Select(p => p.Name)) is { } near ? $" Did you mean '{near}'?" : "";
        return new CumulusException(ErrorIds.CredentialsNotFound, FailureKind.NotFound, $"There is no AWS profile '{name}' with credentials.{nearest}")
        { Target = name, Advice = "See the profiles with 'aws configure list-profiles'." };
    }

    // A task in a container has a role of its own, and the SDK's chain finds it; the instance's is that of the machine below.
    private static async Task<ResolvedCredentials?> OfInstanceAsync(InstanceMetadata? instance, CancellationToken cancellationToken)
    {
        bool inContainer = ContainerVariables.Any(v => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(v)));
        return instance is not null && !inContainer && await instance.RoleAsync(cancellationToken) is { } role
            ? new ResolvedCredentials(new InstanceProfileAWSCredentials(role), $"instance role {role}")
            : null;
    }

    private static async Task<ResolvedCredentials> OfChainAsync(CancellationToken cancellationToken)
    {
        try
        {
            AWSCredentials credentials = await Task.Run(() => DefaultAWSCredentialsIdentityResolver.GetCredentials(), cancellationToken).WaitAsync(cancellationToken);
            return new ResolvedCredentials(credentials, $"the SDK's chain ({Kind(credentials)})");
        }
        catch (AmazonClientException e)
        {
            throw AwsErrors.NoCredentials("None are given, and environment variables, profiles, SSO and instance role have none.", e);
        }
    }

    private static string Kind(AWSCredentials credentials) => credentials switch
    {
        EnvironmentVariablesAWSCredentials => "environment variables",
        SSOAWSCredentials => "SSO",
        InstanceProfileAWSCredentials => "instance role",
        BasicAWSCredentials or SessionAWSCredentials => "keys of the default profile",
        _ => credentials.GetType().Name is "DefaultInstanceProfileAWSCredentials" ? "instance role" : credentials.GetType().Name,
    };

    private static string Shown(string accessKeyId) => accessKeyId.Length > 8 ? $"{accessKeyId[..4]}...{accessKeyId[^4..]}" : "...";
}
