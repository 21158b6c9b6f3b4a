using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Amazon.Runtime;

namespace Cumulus.AwsClients.Tests.Support;

/// <summary>A plain HTTP server on loopback that keeps what it was sent, byte for byte, and answers what a test says.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<StubRequest> _requests = new();
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<StubRequest, StubAnswer> _answer;
    private readonly Task _accepting;

    public StubServer(Func<StubRequest, StubAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public StubServer(params StubAnswer[] answers) : this(InTurn(answers))
    {
    }

    public IReadOnlyList<StubRequest> Requests => [.. _requests];

    /// <summary>Ends with the first request.</summary>
    public Task Received => _received.Task;

    /// <summary>Ends when the client closed a connection on which an answer was due.</summary>
    public Task Abandoned => _abandoned.Task;

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Configuration of a client that talks to this server.</summary>
    public T Configure<T>(T config) where T : ClientConfig
    {
        config.ServiceURL = Url;
        config.AuthenticationRegion = "eu-west-1";
        return config;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        _stop.Dispose();
    }

    private static Func<StubRequest, StubAnswer> InTurn(StubAnswer[] answers)
    {
        var next = -1;
        return _ => answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)];
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                connections.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            try
            {
                while (await ReadAsync(stream) is { } request)
                {
                    _requests.Enqueue(request);
                    _received.TrySetResult();
                    var answer = _answer(request);
                    if (answer == StubAnswer.Close)
                        return;
                    if (answer == StubAnswer.Never)
                    {
                        await stream.ReadAsync(new byte[1], _stop.Token);
                        _abandoned.TrySetResult();
                        return;
                    }
                    await stream.WriteAsync(Encode(answer), _stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The test is over.
            }
            catch (IOException)
            {
                // A client that goes away in the middle is what some tests are about.
                _abandoned.TrySetResult();
            }
        }
    }

    private async Task<StubRequest?> ReadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (head.Count < 4 || !head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
                return null;
            head.Add(one[0]);
        }
        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).Select(part => KeyValuePair.Create(part[0], part[1].Trim())).ToList();
        var length = headers.Where(h => h.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Select(h => int.Parse(h.Value, CultureInfo.InvariantCulture)).SingleOrDefault();
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, _stop.Token);
        var start = lines[0].Split(' ');
        return new StubRequest(start[0], start[1], headers, body);
    }

    private static byte[] Encode(StubAnswer answer)
    {
        var body = Encoding.UTF8.GetBytes(answer.Body);
        var headers = string.Concat(answer.Headers.Select(h => $"{h.Name}: {h.Value}\r\n"));
        if (!answer.Chunked)
            return [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {answer.Status} x\r\nContent-Length: {body.Length}\r\n{headers}\r\n"), .. body];
        IEnumerable<byte> chunks = body.Chunk(7).SelectMany(c => (byte[])[.. Encoding.ASCII.GetBytes($"{c.Length:x}\r\n"), .. c, .. "\r\n"u8]);
        return [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {answer.Status} x\r\nTransfer-Encoding: chunked\r\n{headers}\r\n"), .. chunks, .. "0\r\n\r\n"u8];
    }
}
