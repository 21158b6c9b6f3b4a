using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace Cumulus.AwsClients;

internal sealed class QueryMarshaller(string serviceId, string action, string version, bool isEc2) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, serviceId) { HttpMethod = "POST" };
        request.ParameterCollection.Add("Action", action);
        request.ParameterCollection.Add("Version", version);
        ((IQueryShape)input).Write(new QueryWriter(request.ParameterCollection, isEc2), "");
        return request;
    }
}
