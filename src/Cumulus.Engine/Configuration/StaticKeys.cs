namespace Cumulus.Engine.Configuration;

/// <summary>An access key in clear text, as old configurations have it. Neither its text form nor its public properties show the secret.</summary>
public sealed record StaticKeys
{
    public StaticKeys(string accessKeyId, string secretAccessKey)
    {
        AccessKeyId = accessKeyId;
        SecretAccessKey = secretAccessKey;
    }

    public string AccessKeyId { get; }

    /// <summary>Not public: whatever writes out all properties (ConvertTo-Json, <c>-Output json</c>, Export-Clixml) would write it.</summary>
    internal string SecretAccessKey { get; }

    public override string ToString() => $"{AccessKeyId} (secret hidden)";
}
