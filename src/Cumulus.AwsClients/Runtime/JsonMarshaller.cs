using System.Text.Encodings.Web;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Cumulus.AwsClients;

internal sealed class JsonMarshaller(string serviceId, string target, string jsonVersion, string apiVersion) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    // Templates and scripts are full of quotes and angle brackets; escaped they would be several times as long.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        using var body = new MemoryStream();
        using (var w = new Utf8JsonWriter(body, Options))
            Json.Write(w, (IJsonWritable)input);
        var request = new DefaultRequest(input, serviceId) { HttpMethod = "POST", ResourcePath = "/", Content = body.ToArray() };
        request.Headers["X-Amz-Target"] = target;
        request.Headers["Content-Type"] = "application/x-amz-json-" + jsonVersion;
        request.Headers["X-Amz-Api-Version"] = apiVersion;
        return request;
    }
}
