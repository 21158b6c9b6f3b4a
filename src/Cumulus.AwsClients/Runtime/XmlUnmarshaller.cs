using System.Net;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Cumulus.AwsClients;

internal sealed class XmlUnmarshaller<TResponse>(string? resultElement, Func<ErrorResponse, AmazonServiceException> error) : XmlResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, IXmlShape, new()
{
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext context)
    {
        var root = XDocument.Load(context.Stream).Root!;
        var response = new TResponse();
        if ((resultElement == null ? root : Xml.Child(root, resultElement)) is { } result)
            response.Read(result);
        var requestId = resultElement == null ? Xml.Child(root, "requestId") : Xml.Child(Xml.Child(root, "ResponseMetadata"), "RequestId");
        response.ResponseMetadata = new ResponseMetadata { RequestId = requestId?.Value };
        return response;
    }

    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var answer = XmlErrorResponseUnmarshaller.GetInstance().Unmarshall(context);
        answer.InnerException = innerException;
        answer.StatusCode = statusCode;
        return error(answer);
    }
}
