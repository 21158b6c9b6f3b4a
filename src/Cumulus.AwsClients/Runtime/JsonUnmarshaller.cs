using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;
using Amazon.Util;

namespace Cumulus.AwsClients;

/// <param name="isQueryCompatible">A header may carry the error code that the service had when it spoke AWS Query.</param>
/// <param name="error">Finds the exception class of an error code.</param>
internal sealed class JsonUnmarshaller<TResponse>(bool isQueryCompatible, Func<ErrorResponse, AmazonServiceException> error) : JsonResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, IJsonReadable, new()
{
    /// <exception cref="AmazonUnmarshallingException">The answer is no JSON, or a value in it is not of its type.</exception>
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext context)
    {
        var response = new TResponse();
        using var body = AnswerBody.Read(context.Stream);
        if (body.Length == 0)
            return response;
        try
        {
            using var document = JsonDocument.Parse(body);
            response.Read(document.RootElement);
            return response;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            var requestId = context.ResponseData.GetHeaderValue(HeaderKeys.RequestIdHeader);
            throw new AmazonUnmarshallingException(requestId, typeof(TResponse).Name, null, e, context.ResponseData.StatusCode);
        }
    }

    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(context.Stream);
        var answer = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(context, ref reader);
        answer.InnerException = innerException;
        answer.StatusCode = statusCode;
        var exception = error(answer);
        if (exception is IJsonReadable shape)
        {
            using var document = JsonDocument.Parse(context.GetResponseBodyBytes());
            shape.Read(document.RootElement);
        }
        if (isQueryCompatible)
        {
            // The class goes by the JSON name; code and type are what callers compared before the service changed its protocol.
            AwsQueryCompatibleErrorHandler.ApplyQueryErrorHeader(answer, context.ResponseData);
            exception.ErrorCode = answer.Code;
            exception.ErrorType = answer.Type;
        }
        return exception;
    }
}
