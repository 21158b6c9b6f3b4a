using System.Net;
using System.Net.Http.Headers;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>Hands a request on to moto and its answer back, both as streams: a bundle is never held in memory here.</summary>
internal sealed class Forwarder(HttpClient http, Uri moto)
{
    // Between two hops only (RFC 9110, 7.6.1), or set by the one who sends.
    private static readonly HashSet<string> OfOneHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding",
        "Upgrade", "Expect", "Content-Length",
    };

    // moto takes the bucket from the path and the region from the signature, but S3 keys may hold what Uri would tidy up.
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <param name="body">The body when it was read already; null to stream it.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpListenerRequest request, byte[]? body, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.HttpMethod), new Uri($"http://{moto.Authority}{request.RawUrl}", AsItIs));
        message.Content = Content(request, body);
        foreach (var name in request.Headers.AllKeys.OfType<string>().Where(name => !OfOneHop.Contains(name)))
        {
            var values = request.Headers.GetValues(name) ?? [];
            if (!message.Headers.TryAddWithoutValidation(name, values))
                message.Content?.Headers.TryAddWithoutValidation(name, values);
        }
        return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public static async Task ReturnAsync(HttpResponseMessage answer, HttpListenerResponse response, bool withBody, CancellationToken cancellationToken)
    {
        response.StatusCode = (int)answer.StatusCode;
        response.StatusDescription = answer.ReasonPhrase ?? "";
        CopyHeaders(answer.Headers, response);
        CopyHeaders(answer.Content.Headers, response);
        if (answer.Content.Headers.ContentLength is { } length)
            response.ContentLength64 = length;
        else if (withBody)
            response.SendChunked = true;
        if (withBody && answer.Content.Headers.ContentLength != 0)
            await answer.Content.CopyToAsync(response.OutputStream, cancellationToken);
        response.Close();
    }

    private static HttpContent? Content(HttpListenerRequest request, byte[]? body)
    {
        if (!request.HasEntityBody)
            return request.HttpMethod is "PUT" or "POST" ? new ByteArrayContent([]) : null;
        if (body is not null)
            return new ByteArrayContent(body);
        var content = new StreamContent(request.InputStream);
        if (request.ContentLength64 >= 0)
            content.Headers.ContentLength = request.ContentLength64;
        return content;
    }

    private static void CopyHeaders(HttpHeaders headers, HttpListenerResponse response)
    {
        foreach (var (name, values) in headers.NonValidated)
        {
            if (OfOneHop.Contains(name))
                continue;
            foreach (var value in values)
                response.AppendHeader(name, value);
        }
    }
}
