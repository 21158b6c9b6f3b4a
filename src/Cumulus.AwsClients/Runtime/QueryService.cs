using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Cumulus.AwsClients;

/// <summary>A service that speaks AWS Query or EC2 Query.</summary>
internal sealed class QueryService(string serviceId, string apiVersion, bool isEc2, Func<ErrorResponse, AmazonServiceException> error) : IServiceMetadata
{
    public string ServiceId => serviceId;

    public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();

    /// <param name="resultElement">Element around the output; null when the root holds it.</param>
    public InvokeOptions Options<TResponse>(string operation, string? resultElement)
        where TResponse : AmazonWebServiceResponse, IXmlShape, new() => new()
        {
            RequestMarshaller = new QueryMarshaller(serviceId, operation, apiVersion, isEc2),
            ResponseUnmarshaller = new XmlUnmarshaller<TResponse>(resultElement, error),
        };
}
