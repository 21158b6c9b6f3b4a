using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);

    private const string LifetimeHeader = "X-aws-ec2-metadata-token-ttl-seconds";

    private readonly ConcurrentDictionary<string, Host> _hosts = new();
    private readonly ConcurrentDictionary<string, (string Address, DateTimeOffset Expires)> _tokens = new();
    private readonly ConcurrentDictionary<string, (TcpListener Listener, Task Loop)> _listeners = new();
    private readonly CancellationTokenSource _end = new();
    private readonly int _port;
    private readonly InstanceFacts _facts;
    private readonly IHostFaults _faults;
    private readonly TimeProvider _time;
    private readonly CloudLog _log;

    /// <param name="port">Free at the hosts' addresses.</param>
    public MetadataService(int port, InstanceFacts facts, IHostFaults faults, TimeProvider time, CloudLog log)
    {
        (_port, _facts, _faults, _time, _log) = (port, facts, faults, time, log);
    }

    public string EndpointAt(string address) => string.Create(CultureInfo.InvariantCulture, $"http://{address}:{_port}");

    /// <summary>Answers at the host's address, from now until the cloud ends.</summary>
    public void Serve(Host host)
    {
        _hosts[host.Address] = host;
        _listeners.GetOrAdd(host.Address, Listen);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        foreach (var (listener, loop) in _listeners.Values)
        {
            listener.Stop();
            await loop;
        }
        _end.Dispose();
    }

    private (TcpListener Listener, Task Loop) Listen(string address)
    {
        var listener = new TcpListener(IPAddress.Parse(address), _port);
        listener.Start();
        return (listener, LoopAsync(listener, address));
    }

    private async Task LoopAsync(TcpListener listener, string address)
    {
        while (!_end.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(_end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => AnswerAsync(client, address), CancellationToken.None);
        }
    }

    private async Task AnswerAsync(TcpClient client, string address)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        limit.CancelAfter(RequestLimit);
        try
        {
            using (client)
            {
                var stream = client.GetStream();
                if (!_hosts.TryGetValue(address, out var host) || _faults.IsCutOff(host) || await MetadataRequest.ReadAsync(stream, limit.Token) is not { } request)
                    return;
                var (status, body) = await AnswerAsync(host, address, request, limit.Token);
                var lifetime = request.Method == "PUT" && status == HttpStatusCode.OK ? $"{LifetimeHeader}: {request.Header(LifetimeHeader)}\r\n" : "";
                var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {(int)status} {status}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n{lifetime}Connection: close\r\n\r\n");
                await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], limit.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or HttpRequestException or CumulusException)
        {
            _log.Write($"metadata: {e.Message}");
        }
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> AnswerAsync(Host host, string address, MetadataRequest request, CancellationToken cancellationToken)
    {
        var path = request.Path;
        if (await _facts.ReadAsync(host, cancellationToken) is not { } facts)
            return (HttpStatusCode.NotFound, []);
        if (!facts.IsOn)
            return (HttpStatusCode.Forbidden, []);
        if (request.Method == "PUT" && path == "/latest/api/token")
            return NewToken(address, request.Header(LifetimeHeader));
        if (request.Header(TokenHeader) is { } token ? !IsValid(token, address) : facts.NeedsToken)
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
