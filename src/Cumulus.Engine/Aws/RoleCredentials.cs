using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace Cumulus.Engine.Aws;

/// <summary>Credentials of an assumed role, renewed by themselves. (The SDK's own class cannot be given an endpoint.)</summary>
internal sealed partial class RoleCredentials : RefreshingAWSCredentials
{
    private readonly IAmazonSecurityTokenService _sts;
    private readonly string _roleArn;
    private readonly string? _externalId;

    public RoleCredentials(IAmazonSecurityTokenService sts, string roleArn, string? externalId)
    {
        _sts = sts;
        _roleArn = roleArn;
        _externalId = externalId;

        // Long before the end: a request that waits in a retry must not outlive its signature.
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    /// <summary>Stands in CloudTrail beside every call: who it was, as far as the machine knows.</summary>
    private static string SessionName => "cumulus-" + NotAllowed().Replace(Environment.UserName, "-")[..Math.Min(40, Environment.UserName.Length)];

    protected override CredentialsRefreshState GenerateNewCredentials() => GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        AssumeRoleResponse answer = await _sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = _roleArn, RoleSessionName = SessionName, ExternalId = _externalId });
        Credentials c = answer.Credentials;
        return new CredentialsRefreshState(
            new ImmutableCredentials(c.AccessKeyId, c.SecretAccessKey, c.SessionToken),
            c.Expiration ?? DateTime.UtcNow.AddMinutes(15));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _sts.Dispose();
        }

        base.Dispose(disposing);
    }

    [GeneratedRegex(@"[^A-Za-z0-9_+=,.@-]")]
    private static partial Regex NotAllowed();
}
