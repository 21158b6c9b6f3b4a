using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Cumulus.AwsClients;

/// <summary>A service that speaks AWS JSON.</summary>
internal sealed class JsonService(
    string serviceId, string apiVersion, string targetPrefix, string jsonVersion, bool isQueryCompatible, Func<ErrorResponse, AmazonServiceException> error)
    : IServiceMetadata
{
    public string ServiceId => serviceId;

    public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();

    public InvokeOptions Options<TResponse>(string operation)
        where TResponse : AmazonWebServiceResponse, IJsonReadable, new() => new()
        {
            RequestMarshaller = new JsonMarshaller(serviceId, $"{targetPrefix}.{operation}", jsonVersion, apiVersion),
            ResponseUnmarshaller = new JsonUnmarshaller<TResponse>(isQueryCompatible, error),
        };
}
