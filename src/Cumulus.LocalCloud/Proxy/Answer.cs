using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>An answer that the cloud gives itself.</summary>
internal sealed record Answer(HttpStatusCode Status, string ContentType, byte[] Body)
{
    private static readonly JsonSerializerOptions WithoutNulls = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Value of <c>x-amzn-ErrorType</c>, by which REST clients know an error.</summary>
    public string? ErrorType { get; init; }

    /// <summary>Whether clients look for the header that names the protocol rpc-v2-cbor.</summary>
    public bool IsCbor { get; init; }

    public static Answer AwsJson(object value) => new(HttpStatusCode.OK, "application/x-amz-json-1.1", JsonSerializer.SerializeToUtf8Bytes(value, WithoutNulls));

    public async Task WriteAsync(HttpListenerResponse response, bool withBody, CancellationToken cancellationToken)
    {
        response.StatusCode = (int)Status;
        response.ContentType = ContentType;
        response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        if (ErrorType is not null)
            response.Headers["x-amzn-ErrorType"] = ErrorType;
        if (IsCbor)
            response.Headers["Smithy-Protocol"] = "rpc-v2-cbor";
        response.ContentLength64 = Body.Length;
        if (withBody)
            await response.OutputStream.WriteAsync(Body, cancellationToken);
        response.Close();
    }
}
