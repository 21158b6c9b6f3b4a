using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Cumulus.Engine;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>
/// The instance metadata service of all hosts, each at its own address (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html):
/// with tokens, and without where the instance's metadata options let that be.
/// </summary>
internal sealed class MetadataService : IAsyncDisposable
{
    private const string TokenHeader = "X-aws-ec2-metadata-token";
    private const string LifetimeHeader = "X-aws-ec2-metadata-token-ttl-seconds";

    private readonly ConcurrentDictionary<string, Host> _hosts = new();
    private readonly ConcurrentDictionary<string, (string Address, DateTimeOffset Expires)> _tokens = new();
    private readonly HttpListener _listener = new() { IgnoreWriteExceptions = true };
    private readonly int _port;
    private readonly InstanceFacts _facts;
    private readonly IHostFaults _faults;
    private readonly TimeProvider _time;
    private readonly CloudLog _log;
    private readonly Task _loop;

    /// <param name="port">Free at the hosts' addresses.</param>
    public MetadataService(int port, InstanceFacts facts, IHostFaults faults, TimeProvider time, CloudLog log)
    {
        (_port, _facts, _faults, _time, _log) = (port, facts, faults, time, log);
        _listener.Start();
        _loop = LoopAsync();
    }

    public string EndpointAt(string address) => string.Create(CultureInfo.InvariantCulture, $"http://{address}:{_port}");

    /// <summary>Answers at the host's address, from now until the cloud ends.</summary>
    public void Serve(Host host)
    {
        _hosts[host.Address] = host;
        var prefix = EndpointAt(host.Address) + "/";
        if (!_listener.Prefixes.Contains(prefix))
            _listener.Prefixes.Add(prefix);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _loop;
        _listener.Close();
    }

    private async Task LoopAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException && !_listener.IsListening)
            {
                return;
            }
            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var address = context.Request.LocalEndPoint.Address.ToString();
            if (!_hosts.TryGetValue(address, out var host) || _faults.IsCutOff(host))
            {
                context.Response.Abort();
                return;
            }
            var (status, body) = await AnswerAsync(host, address, context.Request);
            context.Response.StatusCode = (int)status;
            context.Response.ContentType = "text/plain";
            context.Response.ContentLength64 = body.Length;
            if (context.Request.HttpMethod == "PUT" && status == HttpStatusCode.OK)
                context.Response.Headers[LifetimeHeader] = context.Request.Headers[LifetimeHeader];
            await context.Response.OutputStream.WriteAsync(body);
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or HttpRequestException or CumulusException)
        {
            _log.Write($"metadata: {e.Message}");
            context.Response.Abort();
        }
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> AnswerAsync(Host host, string address, HttpListenerRequest request)
    {
        var path = request.Url!.AbsolutePath;
        if (await _facts.ReadAsync(host, CancellationToken.None) is not { } facts)
            return (HttpStatusCode.NotFound, []);
        if (!facts.IsOn)
            return (HttpStatusCode.Forbidden, []);
        if (request.HttpMethod == "PUT" && path == "/latest/api/token")
            return NewToken(address, request.Headers[LifetimeHeader]);
        if (request.Headers[TokenHeader] is { } token ? !IsValid(token, address) : facts.NeedsToken)
            return (HttpStatusCode.Unauthorized, []);
        if (path == "/latest/user-data")
            return facts.UserData.Length == 0 ? (HttpStatusCode.NotFound, []) : (HttpStatusCode.OK, facts.UserData);
        return facts.Find(path) is { } text ? (HttpStatusCode.OK, Encoding.UTF8.GetBytes(text)) : (HttpStatusCode.NotFound, []);
    }

    private (HttpStatusCode Status, byte[] Body) NewToken(string address, string? lifetime)
    {
        if (!int.TryParse(lifetime, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > 21_600)
            return (HttpStatusCode.BadRequest, []);
        var token = Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(42));
        foreach (var old in _tokens.Where(pair => pair.Value.Expires <= _time.GetUtcNow()))
            _tokens.TryRemove(old.Key, out _);
        _tokens[token] = (address, _time.GetUtcNow().AddSeconds(seconds));
        return (HttpStatusCode.OK, Encoding.ASCII.GetBytes(token));
    }

    /// <summary>A token is good at the instance that asked for it.</summary>
    private bool IsValid(string token, string address) => _tokens.TryGetValue(token, out var known) && known.Address == address && known.Expires > _time.GetUtcNow();
}
