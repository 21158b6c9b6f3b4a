using System.Globalization;
using System.Net.Sockets;
using Cumulus.LocalCloud.Fleet;

namespace Cumulus.LocalCloud.LoadBalancing;

/// <summary>Asks a host whether it is well: by its own health command when it has one, else at its port.</summary>
internal sealed class HealthProbe(IHostFaults faults) : IDisposable
{
    private const string TimedOut = "Target.Timeout";
    private const string Failed = "Target.FailedHealthChecks";

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        // Load balancers look at no certificate of a target: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
#pragma warning disable CA5359 // That any certificate will do is the rule that is played here.
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
#pragma warning restore CA5359
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    { Timeout = System.Threading.Timeout.InfiniteTimeSpan };

    public async Task<ProbeResult> RunAsync(Host host, int port, HealthCheck check, string targetGroup, CancellationToken cancellationToken)
    {
        if (faults.FailsHealthCheck(host, targetGroup))
            return new(Failed, "Health checks failed");
        if (faults.IsCutOff(host))
            return new(TimedOut, "Request timed out");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(check.Timeout);
        try
        {
            if (await host.CheckHealthAsync(limit.Token) is { } exitCode)
                return exitCode == 0 ? ProbeResult.Well : new(Failed, string.Create(CultureInfo.InvariantCulture, $"Health checks failed: the host's health command ended with {exitCode}"));
            return check.Protocol is "HTTP" or "HTTPS"
                ? await AskAsync(host, check.Port ?? port, check, limit.Token)
                : await ConnectAsync(host, check.Port ?? port, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(TimedOut, "Request timed out");
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            return new(Failed, "Health checks failed");
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<ProbeResult> AskAsync(Host host, int port, HealthCheck check, CancellationToken cancellationToken)
    {
        var address = new UriBuilder(check.Protocol.ToLowerInvariant(), host.Address, port).Uri;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, check.Path));
        request.Headers.UserAgent.ParseAdd("ELB-HealthChecker/2.0");
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return check.Takes((int)answer.StatusCode)
            ? ProbeResult.Well
            : new("Target.ResponseCodeMismatch", string.Create(CultureInfo.InvariantCulture, $"Health checks failed with these codes: [{(int)answer.StatusCode}]"));
    }

    private static async Task<ProbeResult> ConnectAsync(Host host, int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host.Address, port, cancellationToken);
        return ProbeResult.Well;
    }
}
