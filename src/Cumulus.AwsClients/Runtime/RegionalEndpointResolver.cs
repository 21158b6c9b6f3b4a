using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util;

namespace Cumulus.AwsClients;

/// <summary>Pipeline step that asks the client's endpoint provider, with what the configuration says of region and endpoint.</summary>
internal sealed class RegionalEndpointResolver : BaseEndpointResolver
{
    /// <summary>The endpoint that a call would go to, without calling.</summary>
    public static Endpoint Determine(ClientConfig config, ServiceOperationEndpointParameters parameters)
    {
        var context = new RequestContext(false)
        {
            ClientConfig = config,
            OriginalRequest = parameters.Request,
            Request = new DefaultRequest(parameters.Request, config.RegionEndpointServiceName) { AlternateEndpoint = parameters.AlternateEndpoint },
        };
        return new RegionalEndpointResolver().GetEndpoint(new Amazon.Runtime.Internal.ExecutionContext(context, null));
    }

    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext)
    {
        var config = requestContext.ClientConfig;
        return new RegionalEndpointParameters
        {
            ["Region"] = requestContext.Request?.AlternateEndpoint?.SystemName ?? config.RegionEndpoint?.SystemName ?? RegionOfServiceUrl(config),
            ["Endpoint"] = config.ServiceURL,
            ["UseFIPS"] = config.UseFIPSEndpoint,
            ["UseDualStack"] = config.UseDualstackEndpoint,
        };
    }

    private static string? RegionOfServiceUrl(IClientConfig config) => string.IsNullOrEmpty(config.ServiceURL)
        ? null
        : config.AuthenticationRegion ?? RegionEndpoint.GetBySystemName(AWSSDKUtils.DetermineRegion(config.ServiceURL)).SystemName;

    private sealed class RegionalEndpointParameters : EndpointParameters;
}
