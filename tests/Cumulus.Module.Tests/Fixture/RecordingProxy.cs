using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cumulus.Fixture;

/// <summary>Stands before an AWS endpoint, passes everything on, and writes down what is called.</summary>
public sealed class RecordingProxy : IDisposable
{
    private static readonly string[] Reading = ["Describe", "Get", "List", "Head", "Validate", "Estimate", "Detect", "BatchGet"];

    private readonly HttpListener _listener = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None });
    private readonly Uri _target;

    public RecordingProxy(string target)
    {
        _target = new Uri(target);
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public string Url { get; }

    /// <summary>Operations in the order of their coming: S3's as METHOD PATH, the others' by name.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>Those that change something.</summary>
    public IReadOnlyList<string> Writes => [.. Calls.Where(IsWrite)];

    public void Dispose()
    {
        _listener.Close();
        _client.Dispose();
    }

    private static bool IsWrite(string call) =>
        call.Contains(' ', StringComparison.Ordinal)
            ? !(call.StartsWith("GET ", StringComparison.Ordinal) || call.StartsWith("HEAD ", StringComparison.Ordinal))
            : !Array.Exists(Reading, verb => call.StartsWith(verb, StringComparison.Ordinal));

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => ForwardAsync(context));
        }
    }

    private async Task ForwardAsync(HttpListenerContext context)
    {
        HttpListenerRequest asked = context.Request;
        using var body = new MemoryStream();
        await asked.InputStream.CopyToAsync(body);
        Calls.Enqueue(NameOf(asked, body.ToArray()));

        using var request = new HttpRequestMessage(new HttpMethod(asked.HttpMethod), new Uri(_target, asked.RawUrl!)) { Content = new ByteArrayContent(body.ToArray()) };
        foreach (string name in asked.Headers.AllKeys.OfType<string>())
        {
            if (!request.Headers.TryAddWithoutValidation(name, asked.Headers[name])) request.Content.Headers.TryAddWithoutValidation(name, asked.Headers[name]);
        }

        using HttpResponseMessage answer = await _client.SendAsync(request);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var header in answer.Headers.Concat(answer.Content.Headers))
        {
            if (header.Key is not ("Content-Length" or "Transfer-Encoding" or "Connection" or "Keep-Alive")) context.Response.Headers[header.Key] = string.Join(',', header.Value);
        }

        byte[] content = await answer.Content.ReadAsByteArrayAsync();
        context.Response.ContentLength64 = asked.HttpMethod == "HEAD" ? answer.Content.Headers.ContentLength ?? 0 : content.Length;
        if (asked.HttpMethod != "HEAD") await context.Response.OutputStream.WriteAsync(content);
        context.Response.Close();
    }

    private static string NameOf(HttpListenerRequest request, byte[] body)
    {
        if (request.Headers["X-Amz-Target"] is { } target) return target[(target.LastIndexOf('.') + 1)..];
        string form = request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal) == true ? Encoding.UTF8.GetString(body) : "";
        return form.Split('&').FirstOrDefault(f => f.StartsWith("Action=", StringComparison.Ordinal)) is { } action
            ? action["Action=".Length..]
            : $"{request.HttpMethod} {request.Url!.AbsolutePath}";
    }
}
