using System.Text.RegularExpressions;

namespace Cumulus.Engine.Templates;

/// <summary>Addresses of objects in S3, in the forms that templates and commands use.</summary>
public static partial class S3Address
{
    /// <summary>The address that CloudFormation takes for a template.</summary>
    /// <param name="endpointUrl">Of a local AWS; null: S3's own.</param>
    public static string Url(string bucket, string key, string region, string? endpointUrl)
    {
        string path = $"{bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
        if (endpointUrl is not null) return $"{endpointUrl.TrimEnd('/')}/{path}";
        return $"https://s3.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}/{path}";
    }

    /// <summary>Bucket and key of <c>s3://BUCKET/KEY</c>; null when it is not that.</summary>
    public static (string Bucket, string Key)? OfUri(string address)
    {
        const string Scheme = "s3://";
        if (!address.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        string[] parts = address[Scheme.Length..].Split('/', 2);
        return parts is [{ Length: > 0 } bucket, { Length: > 0 } key] ? (bucket, key) : null;
    }

    /// <summary>Whether CloudFormation would take the address for a template: S3's own hosts, and a local AWS.</summary>
    public static bool IsS3(Uri address, string? endpointUrl) =>
        Host().IsMatch(address.Host) || (endpointUrl is not null && Uri.TryCreate(endpointUrl, UriKind.Absolute, out Uri? endpoint) && endpoint.Authority == address.Authority);

    // https://docs.aws.amazon.com/general/latest/gr/s3.html
    [GeneratedRegex(@"(\A|\.)s3([.-][a-z0-9-]+)*\.amazonaws\.com(\.cn)?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
