using System.Text;
using System.Text.RegularExpressions;

namespace Cumulus.Engine.Ghost.Modules;

/// <summary>
/// The address of a git repository, apart from what stands in it to log in with: that reaches git by its environment alone, never by an argument, a
/// file or a line of a log. Only transports that name a place are taken; <c>ext::</c> and an address that begins like an option are not (G-36).
/// </summary>
public sealed partial record GitAddress
{
    private static readonly string[] Schemes = ["https", "http", "ssh", "git", "file"];

    private readonly string? _authorization;

    private GitAddress(string url, bool isLocal, string? authorization) => (Url, IsLocal, _authorization) = (url, isLocal, authorization);

    /// <summary>Without user and password where it had both.</summary>
    public string Url { get; }

    /// <summary>A folder of this machine: submodules may be too.</summary>
    public bool IsLocal { get; }

    /// <exception cref="CumulusException"><see cref="ErrorIds.ModuleSourceInvalid"/></exception>
    public static GitAddress Parse(string url)
    {
        if (url.Length is 0 or > 2048 || url[0] == '-' || url.Any(char.IsControl)) throw Invalid(url);
        if (Path.IsPathFullyQualified(url)) return new GitAddress(url, isLocal: true, null);
        if (Remote().IsMatch(url)) return new GitAddress(url, isLocal: false, null);
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || !Schemes.Contains(uri.Scheme) || !url.StartsWith(uri.Scheme + "://", StringComparison.OrdinalIgnoreCase)) throw Invalid(url);
        if (uri.Scheme == "file") return new GitAddress(url, isLocal: true, null);
        if (uri.Host.Length == 0 || uri.Host[0] == '-' || uri.UserInfo.StartsWith('-')) throw Invalid(url);
        if (uri.Scheme is not ("http" or "https") || uri.UserInfo.Length == 0) return uri.UserInfo.Contains(':', StringComparison.Ordinal) ? throw Invalid(url) : new GitAddress(url, isLocal: false, null);
        string clean = new UriBuilder(uri) { UserName = "", Password = "" }.Uri.AbsoluteUri;
        string login = Uri.UnescapeDataString(uri.UserInfo);
        return new GitAddress(clean, isLocal: false, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(login.Contains(':', StringComparison.Ordinal) ? login : login + ":")));
    }

    /// <summary>Variables for git, such as <c>GIT_CONFIG_KEY_0</c> (git-config, ENVIRONMENT): no argument tells the address or how to log in.</summary>
    internal Dictionary<string, string?> Variables()
    {
        // A header for this server alone: a submodule elsewhere must not get it.
        (string Key, string Value)[] settings = _authorization is null
            ? [("remote.origin.url", Url)]
            : [("remote.origin.url", Url), ($"http.{new Uri(Url).GetLeftPart(UriPartial.Authority)}/.extraHeader", $"Authorization: {_authorization}")];
        var variables = new Dictionary<string, string?> { ["GIT_CONFIG_COUNT"] = settings.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        for (int i = 0; i < settings.Length; i++)
        {
            variables[$"GIT_CONFIG_KEY_{i}"] = settings[i].Key;
            variables[$"GIT_CONFIG_VALUE_{i}"] = settings[i].Value;
        }

        return variables;
    }

    public override string ToString() => Url;

    private static CumulusException Invalid(string url) =>
        new(ErrorIds.ModuleSourceInvalid, FailureKind.InvalidInput, $"'{Shown(url)}' is no address of a git repository.")
        {
            Target = Shown(url),
            Advice = "Use https://..., ssh://..., user@host:path or the full path of a folder, without control characters.",
        };

    // It may hold a password.
    private static string Shown(string url) => new(Login().Replace(url, "://****@").Select(c => char.IsControl(c) ? '?' : c).Take(200).ToArray());

    [GeneratedRegex(@"\A([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:(?!/?/)[^-:\s][^\s]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Remote();

    [GeneratedRegex("://[^/@]*@", RegexOptions.CultureInvariant)]
    private static partial Regex Login();
}
