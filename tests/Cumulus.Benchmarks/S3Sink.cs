using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cumulus.Benchmarks;

/// <summary>An S3 that is always empty: it takes every byte, keeps none, and answers as S3 does, so that what a client costs by itself is measured.</summary>
internal sealed class S3Sink : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public S3Sink()
    {
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                TcpClient client = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(() => ServeAsync(client));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            client.NoDelay = true;
            NetworkStream stream = client.GetStream();
            byte[] buffer = new byte[256 << 10];
            int have = 0;
            try
            {
                while (true)
                {
                    int end;
                    while ((end = buffer.AsSpan(0, have).IndexOf("\r\n\r\n"u8)) < 0)
                    {
                        int read = await stream.ReadAsync(buffer.AsMemory(have));
                        if (read == 0) return;
                        have += read;
                    }

                    string[] head = Encoding.ASCII.GetString(buffer, 0, end).Split("\r\n");
                    if (Header(head, "Expect") is not null) await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray());
                    long left = long.Parse(Header(head, "Content-Length") ?? "0", null) - (have - end - 4);
                    have = 0;
                    while (left > 0)
                    {
                        int read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)));
                        if (read == 0) return;
                        left -= read;
                    }

                    await stream.WriteAsync(Answer(head[0]));
                }
            }
            catch (IOException)
            {
                // The client is gone.
            }
        }
    }

    private static byte[] Answer(string request)
    {
        (int status, string body) = request switch
        {
            _ when request.Contains("list-type=2", StringComparison.Ordinal) => (200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"),
            _ when request.StartsWith("HEAD", StringComparison.Ordinal) && request.Split(' ')[1].Trim('/').Contains('/') => (404, ""),
            _ when request.StartsWith("GET", StringComparison.Ordinal) => (404, "<Error><Code>NoSuchKey</Code></Error>"),
            _ when request.Contains("uploads", StringComparison.Ordinal) => (200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"),
            _ when request.StartsWith("POST", StringComparison.Ordinal) => (200, "<CompleteMultipartUploadResult><ETag>\"e\"</ETag></CompleteMultipartUploadResult>"),
            _ => (200, ""),
        };
        return Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nETag: \"e\"\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private static string? Header(string[] head, string name) =>
        head.FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
