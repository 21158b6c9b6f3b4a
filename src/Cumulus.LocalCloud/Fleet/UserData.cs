using System.Text;
using System.Text.RegularExpressions;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>
/// User data, as cloud-init on an instance would take it
/// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html): scripts, alone or as parts of a MIME message.
/// </summary>
/// <param name="Scripts">What is to be executed, in this order; PowerShell begins with <see cref="PowerShellMark"/>.</param>
/// <param name="Refusal">What is in it that a local cloud does not execute; null when there is nothing of that sort.</param>
internal sealed partial record UserData(IReadOnlyList<string> Scripts, string? Refusal)
{
    /// <summary>First line of a script for pwsh.</summary>
    public const string PowerShellMark = "#!pwsh\n";

    private static readonly UserData None = new([], null);

    /// <summary>To run at each start of the instance and not at the first only (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html, persist).</summary>
    public bool Persists { get; private init; }

    public static UserData Parse(byte[] data)
    {
        if (data.Length == 0)
            return None;
        if (data is [0x1f, 0x8b, ..])
            return Refuse("gzip compressed user data");
        var text = Encoding.UTF8.GetString(data);
        return IsMime(text) ? ParseMime(text) : ParsePart(text, contentType: null);
    }

    private static bool IsMime(string text) =>
        text.StartsWith("Content-Type: multipart/", StringComparison.OrdinalIgnoreCase) ||
        text.StartsWith("MIME-Version:", StringComparison.OrdinalIgnoreCase);

    private static UserData ParsePart(string text, string? contentType)
    {
        if (string.IsNullOrWhiteSpace(text))
            return None;
        if (text.StartsWith("#!", StringComparison.Ordinal) && contentType is null or "text/x-shellscript")
            return new([text], null);
        if (PowerShell().Match(text) is { Success: true } match)
            return new([PowerShellMark + match.Groups[1].Value.Trim() + "\n"], null) { Persists = Persist().IsMatch(text) };
        return Refuse(contentType ?? NameOf(text));
    }

    private static string NameOf(string text)
    {
        var line = text.TrimStart().Split('\n')[0].Trim();
        return line switch
        {
            "#cloud-config" => "#cloud-config",
            "<script>" => "<script>",
            _ => "user data that does not start with #!",
        };
    }

    private static UserData ParseMime(string text)
    {
        var (headers, body) = SplitHeaders(text.ReplaceLineEndings("\n"));
        var boundary = Parameter(headers.GetValueOrDefault("content-type", ""), "boundary");
        if (boundary is null)
            return Refuse("a MIME message without boundary");
        var scripts = new List<string>();
        foreach (var part in body.Split("--" + boundary).Skip(1).TakeWhile(part => !part.StartsWith("--", StringComparison.Ordinal)))
        {
            var (partHeaders, content) = SplitHeaders(part.TrimStart('\n'));
            if (partHeaders.GetValueOrDefault("content-transfer-encoding") is "base64")
                content = Encoding.UTF8.GetString(Convert.FromBase64String(content));
            var type = partHeaders.GetValueOrDefault("content-type", "text/plain").Split(';')[0].Trim().ToLowerInvariant();
            var parsed = ParsePart(content, type);
            if (parsed.Refusal is not null)
                return parsed;
            scripts.AddRange(parsed.Scripts);
        }
        return new(scripts, null);
    }

    private static (Dictionary<string, string> Headers, string Body) SplitHeaders(string text)
    {
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = end < 0 ? text : text[..end];
        var headers = head.Replace("\n ", " ", StringComparison.Ordinal).Replace("\n\t", " ", StringComparison.Ordinal).Split('\n')
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0].Trim().ToLowerInvariant())
            .ToDictionary(group => group.Key, group => group.First()[1].Trim());
        return (headers, end < 0 ? "" : text[(end + 2)..]);
    }

    private static string? Parameter(string header, string name) => header.Split(';').Skip(1)
        .Select(part => part.Split('=', 2))
        .Where(pair => pair.Length == 2 && pair[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
        .Select(pair => pair[1].Trim().Trim('"'))
        .FirstOrDefault();

    private static UserData Refuse(string what) => new([], what);

    [GeneratedRegex(@"\A\s*<powershell>(.*?)</powershell>", RegexOptions.Singleline | RegexOptions.IgnoreCase)]
    private static partial Regex PowerShell();

    [GeneratedRegex(@"<persist>\s*true\s*</persist>", RegexOptions.IgnoreCase)]
    private static partial Regex Persist();
}
