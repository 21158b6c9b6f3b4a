using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Web;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Tests.Aws;

/// <summary>What a client asked.</summary>
/// <param name="Action">Operation of the Query and JSON protocols; method and path for S3.</param>
public sealed record StubRequest(string Action, string Body, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>A field of a form-encoded body.</summary>
    public string? Field(string name) => HttpUtility.ParseQueryString(Body)[name];
}

/// <param name="CutAfter">Bytes of the body after which the connection breaks.</param>
public sealed record StubAnswer(int Status, string Body, string ContentType = "text/xml", int? CutAfter = null)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static StubAnswer QueryError(int status, string code, string message) =>
        new(status, $"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>req-1</RequestId></ErrorResponse>");

    public static StubAnswer S3Error(int status, string code, string message) =>
        new(status, $"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>req-2</RequestId></Error>", "application/xml");

    public static StubAnswer Query(string operation, string result) =>
        new(200, $"<{operation}Response><{operation}Result>{result}</{operation}Result><ResponseMetadata><RequestId>req-3</RequestId></ResponseMetadata></{operation}Response>");

    public static StubAnswer Json(string body, int status = 200) => new(status, body, "application/x-amz-json-1.1");
}

/// <summary>An endpoint on loopback that answers as a test says.</summary>
public sealed class StubServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<StubRequest, Task<StubAnswer>> _answer;
    private readonly Task _loop;

    public StubServer(Func<StubRequest, StubAnswer> answer)
        : this(r => Task.FromResult(answer(r)))
    {
    }

    public StubServer(Func<StubRequest, Task<StubAnswer>> answer)
    {
        _answer = answer;
        Url = $"http://127.0.0.1:{MotoServer.FreePort()}";
        _listener.Prefixes.Add($"{Url}/");
        _listener.Start();
        _loop = Task.Run(ServeAsync);
    }

    public string Url { get; }

    public ConcurrentQueue<StubRequest> Requests { get; } = [];

    public Task<AwsGateways> ConnectAsync() =>
        AwsGateways.ConnectAsync(new AwsConnection { Region = "eu-west-1", EndpointUrl = Url, Keys = new StaticKeys("AKIDEXAMPLE", "very-secret") }, default);

    public void Dispose()
    {
        _listener.Close();
        _loop.Wait();
    }

    private async Task ServeAsync()
    {
        while (true)
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

            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        string body = await reader.ReadToEndAsync();
        string? target = context.Request.Headers["X-Amz-Target"]?.Split('.')[^1];
        string action = target ?? HttpUtility.ParseQueryString(body)["Action"] ?? $"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath}";
        var request = new StubRequest(action, body, context.Request.Headers.AllKeys.OfType<string>().ToDictionary(k => k, k => context.Request.Headers[k]!, StringComparer.OrdinalIgnoreCase));
        Requests.Enqueue(request);
        StubAnswer answer = await _answer(request);
        byte[] bytes = Encoding.UTF8.GetBytes(answer.Body);
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        foreach ((string name, string value) in answer.Headers) context.Response.Headers[name] = value;
        context.Response.ContentLength64 = bytes.Length;
        if (answer.CutAfter is { } cut)
        {
            await context.Response.OutputStream.WriteAsync(bytes.AsMemory(0, cut));
            await context.Response.OutputStream.FlushAsync();
            context.Response.Abort();
        }
        else
        {
            if (context.Request.HttpMethod != "HEAD") await context.Response.OutputStream.WriteAsync(bytes);
            context.Response.Close();
        }
    }
}
