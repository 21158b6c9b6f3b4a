using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;

namespace Cumulus.AwsClients;

/// <summary>The endpoint rule that the regional services share: PREFIX[-fips].REGION.SUFFIX of the region's partition.</summary>
internal sealed class RegionalEndpointProvider(string prefix, bool hasFipsNameInGovCloud) : IEndpointProvider
{
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        if (parameters["Endpoint"] is string { Length: > 0 } url)
            return new Endpoint(url);
        if (parameters["Region"] is not string { Length: > 0 } region)
            throw new AmazonClientException("No RegionEndpoint or ServiceURL configured");
        var partition = Fn.Partition(region);
        var dualStack = parameters["UseDualStack"] is true;
        // The plain names of GovCloud are FIPS endpoints already, but for a few services.
        var isFipsAnyway = partition.name == "aws-us-gov" && !dualStack && !hasFipsNameInGovCloud;
        var fips = parameters["UseFIPS"] is true && !isFipsAnyway ? "-fips" : "";
        return new Endpoint($"https://{prefix}{fips}.{region}.{(dualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix)}");
    }
}
