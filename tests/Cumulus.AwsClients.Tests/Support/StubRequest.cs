using System.Text;

namespace Cumulus.AwsClients.Tests.Support;

/// <summary>A request as its bytes came over the socket.</summary>
internal sealed record StubRequest(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string Header(string name) => Headers.Single(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Value of a form field; null when it was not sent.</summary>
    public string? Field(string name) => Text.Split('&').Select(pair => pair.Split('=')).Where(pair => pair[0] == name).Select(pair => Uri.UnescapeDataString(pair[1])).SingleOrDefault();
}
