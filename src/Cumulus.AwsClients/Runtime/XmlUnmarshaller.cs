using System.Net;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util;

namespace Cumulus.AwsClients;

/// <param name="resultElement">Element around the output; null when the root holds it.</param>
/// <param name="error">Finds the exception class of an error code.</param>
internal sealed class XmlUnmarshaller<TResponse>(string? resultElement, Func<ErrorResponse, AmazonServiceException> error) : XmlResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, IXmlShape, new()
{
    /// <exception cref="AmazonUnmarshallingException">The answer is no XML, or a value in it is not of its type.</exception>
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext context)
    {
        var requestId = context.ResponseData.GetHeaderValue(HeaderKeys.RequestIdHeader);
        var response = new TResponse { ResponseMetadata = new ResponseMetadata { RequestId = requestId } };
        using var body = AnswerBody.Read(context.Stream);
        if (body.Length == 0)
            return response;
        try
        {
            var root = Load(body);
            if ((resultElement == null ? root : Xml.Child(root, resultElement)) is { } result)
                response.Read(result);
            response.ResponseMetadata.RequestId = RequestId(root) ?? requestId;
            return response;
        }
        catch (Exception e) when (e is XmlException or FormatException or OverflowException)
        {
            throw new AmazonUnmarshallingException(requestId, typeof(TResponse).Name, null, e, context.ResponseData.StatusCode);
        }
    }

    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var answer = XmlErrorResponseUnmarshaller.GetInstance().Unmarshall(context);
        answer.InnerException = innerException;
        answer.StatusCode = statusCode;
        answer.RequestId ??= context.ResponseData.GetHeaderValue(HeaderKeys.RequestIdHeader);
        var exception = error(answer);
        if (exception is IXmlShape shape)
        {
            using var body = new MemoryStream(context.GetResponseBodyBytes());
            if (Load(body).DescendantsAndSelf().FirstOrDefault(e => e.Name.LocalName == "Error") is { } element)
                shape.Read(element);
        }
        return exception;
    }

    private static XElement Load(Stream stream)
    {
        // Whitespace is a value like any other: a parameter may be one blank.
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        return XDocument.Load(reader).Root!;
    }

    private string? RequestId(XElement root) =>
        (resultElement == null ? Xml.Child(root, "requestId") : Xml.Child(Xml.Child(root, "ResponseMetadata"), "RequestId"))?.Value;
}
