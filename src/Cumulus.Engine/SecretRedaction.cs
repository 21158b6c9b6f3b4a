using System.Text.RegularExpressions;

namespace Cumulus.Engine;

/// <summary>Takes out of a text what looks like a secret, or is known to be one: what scripts write goes to logs and reports that others read.</summary>
/// <param name="secrets">Those that are known; short ones are left, since they would be found everywhere.</param>
public sealed partial class SecretRedaction(IEnumerable<string?> secrets)
{
    /// <summary>What stands in a secret's place.</summary>
    internal const string Mask = "****";

    private const int ShortestSecret = 8;

    private const string Word = "password|passwd|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|signature";

    private readonly string[] _secrets = [.. secrets.OfType<string>().Where(s => s.Length >= ShortestSecret).OrderByDescending(s => s.Length)];

    /// <summary>Those of <c>metadata.conf</c>, and those that AWS programs find in their environment.</summary>
    public static SecretRedaction For(Configuration.StaticKeys? keys) =>
        new([keys?.SecretAccessKey, Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY"), Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN")]);

    /// <summary>Whether a variable or an option of this name probably holds a secret.</summary>
    public static bool IsSecretName(string name) => SecretName().IsMatch(name);

    public string Clean(string text)
    {
        foreach (string secret in _secrets) text = text.Replace(secret, Mask, StringComparison.Ordinal);
        text = Header().Replace(text, $"$1{Mask}");
        text = UserOfAddress().Replace(text, $"$1{Mask}@");
        text = KeyId().Replace(text, $"$1{Mask}");
        text = Option().Replace(text, $"$1{Mask}");
        return Assignment().Replace(text, $"$1{Mask}");
    }

    [GeneratedRegex(Word, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"\b(authorization[""']?\s*[:=]\s*[""']?(?:(?:basic|bearer|digest)\s+)?|bearer\s+)[^\s""']+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    [GeneratedRegex(@"(\b[a-z][a-z0-9+.-]*://)[^\s/@]*:[^\s/@]*@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UserOfAddress();

    /// <summary>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html, prefixes of access keys.</summary>
    [GeneratedRegex(@"\b(AKIA|ASIA)[A-Z0-9]{12,}\b", RegexOptions.CultureInvariant)]
    private static partial Regex KeyId();

    [GeneratedRegex($@"((?<!\w)--?[\w-]*(?:{Word})[\w-]*\s+)(?!-)(?:""[^""]*""|'[^']*'|\S+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Option();

    [GeneratedRegex($@"([\w.-]*(?:{Word})[\w.-]*[""']?\s*[:=]\s*)(?!\s)(?:""[^""]*""|'[^']*'|[^\s&,;]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Assignment();
}
