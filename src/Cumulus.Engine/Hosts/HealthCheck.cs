namespace Cumulus.Engine.Hosts;

/// <summary>Tells whether the new version works: a command that ends with 0, or a URL that answers with 2xx.</summary>
/// <param name="Test">An <c>http://</c> or <c>https://</c> URL, else a command for the platform's shell.</param>
/// <param name="TimeLimit">For all tries together.</param>
public sealed record HealthCheck(string Test, TimeSpan TimeLimit)
{
    /// <summary>Null when it is a command.</summary>
    internal Uri? Url => Uri.TryCreate(Test, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url : null;
}
