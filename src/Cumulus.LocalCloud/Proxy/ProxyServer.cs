using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cumulus.Engine;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>
/// The endpoint that clients see: an HTTP server on 127.0.0.1 that looks at the credentials, answers itself what moto cannot, and hands
/// the rest on. <see cref="HttpListener"/>, because a stock PowerShell carries no web server to embed.
/// </summary>
internal sealed class ProxyServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Task, bool> _open = new();
    private readonly CancellationTokenSource _end = new();
    private readonly HttpListener _listener;
    private Task _loop = Task.CompletedTask;

    private ProxyServer(HttpListener listener, int port)
    {
        _listener = listener;
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
    }

    public string Endpoint { get; }

    /// <summary>Takes a port. Nothing is answered before <see cref="Serve"/>.</summary>
    public static ProxyServer Listen()
    {
        const int tries = 10;
        for (var i = 1; ; i++)
        {
            var port = FreePort();
            var listener = new HttpListener { IgnoreWriteExceptions = true };
            listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
            try
            {
                listener.Start();
                return new ProxyServer(listener, port);
            }
            catch (HttpListenerException e)
            {
                // Somebody else took the port between the two steps.
                listener.Close();
                if (i == tries)
                    throw new CumulusException(ErrorIds.LocalCloudUnavailable, FailureKind.Unavailable, $"No port on 127.0.0.1 could be opened: {e.Message}", e);
            }
        }
    }

    public void Serve(RequestHandler handler) => _loop = LoopAsync(handler);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _loop;
        await Task.WhenAll(_open.Keys);
        _listener.Close();
        _end.Dispose();
    }

    private async Task LoopAsync(RequestHandler handler)
    {
        while (!_end.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException && _end.IsCancellationRequested)
            {
                return;
            }
            var task = Task.Run(() => handler.HandleAsync(context, _end.Token));
            _open[task] = true;
            _ = task.ContinueWith(done => _open.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    /// <summary>A port of 127.0.0.1 that nobody has just now.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
