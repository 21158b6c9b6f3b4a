using System.Text;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>
/// A request without body. It is read here and not by the runtime's listener, which refuses a PUT that tells no length: just what <c>curl -X PUT</c> sends for a token.
/// </summary>
internal sealed class MetadataRequest
{
    private const int MostBytes = 16 * 1024;

    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    private MetadataRequest(string method, string path) => (Method, Path) = (method, path);

    public string Method { get; }

    public string Path { get; }

    /// <summary>Null when it was not sent.</summary>
    public string? Header(string name) => _headers.GetValueOrDefault(name);

    /// <returns>Null for what is no request.</returns>
    public static async Task<MetadataRequest?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostBytes];
        var length = 0;
        while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = length == MostBytes ? 0 : await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
                return null;
            length += read;
        }
        var lines = Encoding.ASCII.GetString(buffer, 0, length).Split("\r\n");
        if (lines[0].Split(' ') is not [var method, var target, _])
            return null;
        var request = new MetadataRequest(method, Uri.UnescapeDataString(target.Split('?')[0]));
        foreach (var pair in lines.Skip(1).TakeWhile(line => line != "").Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2))
            request._headers[pair[0].Trim()] = pair[1].Trim();
        return request;
    }
}
