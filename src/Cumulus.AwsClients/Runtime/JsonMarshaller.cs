using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Cumulus.AwsClients;

internal sealed class JsonMarshaller(string serviceId, string target, string jsonVersion, string apiVersion) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        using var body = new MemoryStream();
        using (var w = new Utf8JsonWriter(body))
            Json.Write(w, (IJsonWritable)input);
        var request = new DefaultRequest(input, serviceId) { HttpMethod = "POST", ResourcePath = "/", Content = body.ToArray() };
        request.Headers["X-Amz-Target"] = target;
        request.Headers["Content-Type"] = "application/x-amz-json-" + jsonVersion;
        request.Headers["X-Amz-Api-Version"] = apiVersion;
        return request;
    }
}
