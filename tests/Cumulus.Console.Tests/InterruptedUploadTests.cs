using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Cumulus.Console.Tests;

/// <summary>Ctrl+C in the middle of an upload, to a service that takes its time for ever.</summary>
public sealed class InterruptedUploadTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly HttpListener _listener = new();
    private readonly string _url;
    private readonly TaskCompletionSource _part = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _requests = [];

    public InterruptedUploadTests()
    {
        using (var port = new TcpListener(IPAddress.Loopback, 0))
        {
            port.Start();
            _url = $"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(_url + "/");
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public void Dispose()
    {
        _listener.Close();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_multipart_upload_is_aborted_and_the_program_ends_with_130()
    {
        if (OperatingSystem.IsWindows()) return;

        string source = Path.Combine(_folder.Path, "source");
        Directory.CreateDirectory(source);
        // More than one part, and nothing that shrinks.
        await File.WriteAllBytesAsync(Path.Combine(source, "data"), RandomNumberGenerator.GetBytes(20 << 20));
        using (Process build = Cumulus("New-Bundle", "-Path", source, "-Name", "web", "-DestinationPath", _folder.Path)) await EndAsync(build);

        using Process publish = Cumulus("Publish-Bundle", "-Path", Path.Combine(_folder.Path, "web.zip"), "-Environment", "stage", "-Version", "1", "-Bucket", "bkt");
        await Task.WhenAny(_part.Task, publish.WaitForExitAsync()).WaitAsync(Limit);
        ProcessTests.Kill(publish.Id, 2);
        await EndAsync(publish);

        Assert.Equal(ExitCodes.Stopped, publish.ExitCode);
        const string archive = "/bkt/stage/1/bundle-stage-1-web.zip";
        Assert.Contains($"DELETE {archive}?uploadId=u1", _requests);
        Assert.DoesNotContain($"POST {archive}?uploadId=u1", _requests);
    }

    private Process Cumulus(params string[] arguments)
    {
        var start = new ProcessStartInfo(ProcessTests.Program, [.. arguments]);
        start.Environment["AWS_ENDPOINT_URL"] = _url;
        start.Environment["AWS_REGION"] = "eu-west-1";
        start.Environment["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
        start.Environment["AWS_SECRET_ACCESS_KEY"] = "secret";
        return ProcessTests.StartWith(start);
    }

    private static async Task EndAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        await Task.WhenAll(output, error);
    }

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

            _ = Task.Run(() => Answer(context));
        }
    }

    private void Answer(HttpListenerContext context)
    {
        string path = context.Request.Url!.AbsolutePath;
        string query = context.Request.Url.Query;
        _requests.Enqueue($"{context.Request.HttpMethod} {path}{query}");
        if (query.Contains("partNumber", StringComparison.Ordinal))
        {
            // Taken, and never answered.
            _part.TrySetResult();
            return;
        }

        context.Request.InputStream.CopyTo(Stream.Null);
        bool isFree = context.Request.HttpMethod is "HEAD" or "GET" && path.Length > "/bkt/".Length && query.Length == 0;
        context.Response.StatusCode = isFree ? 404 : 200;
        context.Response.Headers["ETag"] = "\"e\"";
        string body = isFree ? "<Error><Code>NoSuchKey</Code></Error>" : query.Contains("list-type", StringComparison.Ordinal)
            ? "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"
            : "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>";
        byte[] bytes = Encoding.UTF8.GetBytes(context.Request.HttpMethod is "HEAD" or "PUT" ? "" : body);
        context.Response.ContentType = "application/xml";
        context.Response.OutputStream.Write(bytes);
        context.Response.Close();
    }
}
