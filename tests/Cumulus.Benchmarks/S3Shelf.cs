using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cumulus.Engine.Bundles;

namespace Cumulus.Benchmarks;

/// <summary>An S3 that gives out a folder's files, whole and by ranges, and counts the bytes: <c>/BUCKET/KEY</c> is the file KEY.</summary>
internal sealed class S3Shelf : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _folder;
    private long _sent;
    private int _requests;

    public S3Shelf(string folder)
    {
        _folder = folder;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public string Url { get; }

    public int Requests => _requests;

    /// <summary>Of archives, without manifests and notes.</summary>
    public long ArchiveBytes => Interlocked.Read(ref _sent);

    public void Dispose() => _listener.Close();

    public void Reset() => (_sent, _requests) = (0, 0);

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        Interlocked.Increment(ref _requests);
        using HttpListenerResponse response = context.Response;
        string key = Uri.UnescapeDataString(context.Request.Url!.AbsolutePath).TrimStart('/');
        var file = new FileInfo(Path.Combine(_folder, key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..]));
        if (!file.Exists)
        {
            response.StatusCode = 404;
            if (context.Request.HttpMethod == "GET") await response.OutputStream.WriteAsync("<Error><Code>NoSuchKey</Code></Error>"u8.ToArray());
            return;
        }

        (long start, long end) = (0, file.Length - 1);
        response.Headers["ETag"] = $"\"{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}\"";
        response.Headers["Last-Modified"] = file.LastWriteTimeUtc.ToString("R", CultureInfo.InvariantCulture);
        if (context.Request.Headers["Range"] is { } range)
        {
            string[] bounds = range["bytes=".Length..].Split('-');
            start = long.Parse(bounds[0], CultureInfo.InvariantCulture);
            if (bounds[1].Length > 0) end = long.Parse(bounds[1], CultureInfo.InvariantCulture);
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {start}-{end}/{file.Length}";
        }

        response.ContentLength64 = end - start + 1;
        if (context.Request.HttpMethod != "GET") return;
        if (BundleFormats.Of(key) is not null) Interlocked.Add(ref _sent, end - start + 1);
        await using FileStream stream = file.OpenRead();
        byte[] buffer = new byte[256 << 10];
        for (stream.Position = start; stream.Position <= end;)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, end + 1 - stream.Position)));
            await response.OutputStream.WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
