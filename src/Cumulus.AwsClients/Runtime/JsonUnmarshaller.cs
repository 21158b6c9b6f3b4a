using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Cumulus.AwsClients;

internal sealed class JsonUnmarshaller<TResponse>(Func<ErrorResponse, AmazonServiceException> error) : JsonResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, IJsonReadable, new()
{
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext context)
    {
        var response = new TResponse();
        if (context.IsEmptyResponse)
            return response;
        using var document = JsonDocument.Parse(context.Stream);
        response.Read(document.RootElement);
        return response;
    }

    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(context.Stream);
        var answer = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(context, ref reader);
        answer.InnerException = innerException;
        answer.StatusCode = statusCode;
        return error(answer);
    }
}
