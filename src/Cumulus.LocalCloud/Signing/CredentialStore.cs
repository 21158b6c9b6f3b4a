using System.Collections.Concurrent;
using System.Xml.Linq;

namespace Cumulus.LocalCloud.Signing;

/// <summary>All credentials that the cloud has handed out. No others open it.</summary>
internal sealed class CredentialStore
{
    private readonly ConcurrentDictionary<string, Credentials> _byId = new();

    public CredentialStore(Credentials own) => Add(own);

    public Credentials? Find(string accessKeyId) => _byId.GetValueOrDefault(accessKeyId);

    public void Add(Credentials credentials) => _byId[credentials.AccessKeyId] = credentials;

    /// <summary>
    /// Whether the answer to a call holds credentials: those of STS for a role or a session
    /// (https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html), and those of IAM for a user
    /// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html).
    /// </summary>
    public static bool AreHandedOutBy(string service, string? operation) => (service, operation) is
        ("sts", "AssumeRole" or "AssumeRoleWithWebIdentity" or "AssumeRoleWithSAML" or "GetSessionToken" or "GetFederationToken") or ("iam", "CreateAccessKey");

    /// <summary>Accepts from now on what such an answer hands out.</summary>
    /// <param name="caller">Whose session it is when the answer names no role.</param>
    public void AddFrom(string answer, Credentials caller)
    {
        var all = XElement.Parse(answer).DescendantsAndSelf().ToLookup(element => element.Name.LocalName, element => element.Value);
        if (all["AccessKeyId"].FirstOrDefault() is { } id && all["SecretAccessKey"].FirstOrDefault() is { } secret)
            Add(new Credentials(id, secret) { Principal = all["Arn"].FirstOrDefault() ?? caller.Principal });
    }
}
