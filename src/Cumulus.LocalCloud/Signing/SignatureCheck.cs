using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Cumulus.LocalCloud.Signing;

/// <summary>
/// Whether a request is signed with a secret, by signature version 4, in its headers or in its address
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
/// </summary>
internal static class SignatureCheck
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>The parts of a signature that a request carries; null when there is none of this version.</summary>
    public static Signature? Read(HttpListenerRequest request)
    {
        if (request.Headers["Authorization"] is { } header)
        {
            if (!header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
                return null;
            var parts = header[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries).Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2)
                .ToLookup(pair => pair[0], pair => pair[1]);
            return Signature.Of(parts["Credential"].FirstOrDefault(), parts["SignedHeaders"].FirstOrDefault(), parts["Signature"].FirstOrDefault(),
                request.Headers["X-Amz-Date"], isPresigned: false);
        }
        var query = request.QueryString;
        return query["X-Amz-Algorithm"] == Algorithm
            ? Signature.Of(query["X-Amz-Credential"], query["X-Amz-SignedHeaders"], query["X-Amz-Signature"], query["X-Amz-Date"], isPresigned: true)
            : null;
    }

    /// <param name="body">Null when it is streamed; its digest then stands in a header, and who stores it compares it.</param>
    public static bool IsValid(HttpListenerRequest request, Signature signature, string secret, byte[]? body)
    {
        var payload = request.Headers["X-Amz-Content-Sha256"] ?? (signature is { IsPresigned: true, Service: "s3" } ? Unsigned : Hex(SHA256.HashData(body ?? [])));
        if (body is not null && payload.Length == 64 && !payload.Equals(Hex(SHA256.HashData(body)), StringComparison.OrdinalIgnoreCase))
            return false;
        var canonical = string.Join('\n',
            request.HttpMethod,
            CanonicalPath(request.RawUrl!.Split('?')[0], signature.Service),
            CanonicalQuery(request.RawUrl),
            CanonicalHeaders(request.Headers, signature.SignedHeaders),
            string.Join(';', signature.SignedHeaders),
            payload);
        var text = $"{Algorithm}\n{signature.Date}\n{signature.Scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Hex(Mac(Key(secret, signature), text))), Encoding.UTF8.GetBytes(signature.Value));
    }

    private static byte[] Key(string secret, Signature signature) =>
        signature.Scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), Mac);

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    // S3 takes a path as the names that it means; the others encode what was sent once more.
    private static string CanonicalPath(string path, string service) => Encode(service == "s3" ? Uri.UnescapeDataString(path) : path, keepSlashes: true);

    private static string CanonicalQuery(string url)
    {
        var at = url.IndexOf('?', StringComparison.Ordinal);
        if (at < 0)
            return "";
        var pairs = url[(at + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: Normal(pair[0]), Value: pair.Length > 1 ? Normal(pair[1]) : ""))
            .Where(pair => pair.Name != "X-Amz-Signature")
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal);
        return string.Join('&', pairs.Select(pair => $"{pair.Name}={pair.Value}"));
    }

    private static string CanonicalHeaders(NameValueCollection headers, IEnumerable<string> signed) =>
        string.Concat(signed.Select(name => $"{name}:{string.Join(' ', (headers[name] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}\n"));

    private static string Normal(string encoded) => Encode(Uri.UnescapeDataString(encoded), keepSlashes: false);

    private static string Encode(string text, bool keepSlashes)
    {
        var result = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' || (keepSlashes && b == '/'))
                result.Append((char)b);
            else
                result.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return result.ToString();
    }
}
