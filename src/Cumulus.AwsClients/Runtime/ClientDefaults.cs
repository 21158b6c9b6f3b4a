using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Util.Internal;

namespace Cumulus.AwsClients;

/// <summary>What all clients have in common: defaults modes, pipeline, user agent.</summary>
internal static class ClientDefaults
{
    private static readonly string Version = typeof(ClientDefaults).Assembly.GetName().Version?.ToString(3) ?? "0";

    public static string UserAgent(string serviceId) => InternalSDKUtils.BuildUserAgentString(serviceId, Version);

    /// <summary>Puts endpoint rule, signing and, for services with codes of their own, the retry rule into the SDK's pipeline.</summary>
    public static void Customize(RuntimePipeline pipeline, IClientConfig config, params string[] throttlingCodes)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new RegionalEndpointResolver());
        // Added last, so it stands before the endpoint resolver, which reads the region that signing chose.
        pipeline.AddHandlerAfter<Marshaller>(new SigV4Handler());
        if (throttlingCodes.Length > 0)
            pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(ThrottlingCodes.Policy(config, throttlingCodes)));
    }

    /// <summary>Connection limits of the SDK's defaults modes (AWS SDKs reference guide, "Smart configuration defaults").</summary>
    public static DefaultConfigurationProvider Provider() => new(
    [
        Mode(DefaultConfigurationMode.Standard, 3100),
        Mode(DefaultConfigurationMode.InRegion, 1100),
        Mode(DefaultConfigurationMode.CrossRegion, 3100),
        Mode(DefaultConfigurationMode.Mobile, 30000),
        Mode(DefaultConfigurationMode.Auto, 1100),
    ]);

    private static DefaultConfiguration Mode(DefaultConfigurationMode mode, int connectMilliseconds) => new()
    {
        Name = mode,
        RetryMode = RequestRetryMode.Standard,
        S3UsEast1RegionalEndpoint = S3UsEast1RegionalEndpointValue.Regional,
        ConnectTimeout = TimeSpan.FromMilliseconds(connectMilliseconds),
        TlsNegotiationTimeout = TimeSpan.FromMilliseconds(connectMilliseconds),
    };

    private sealed class SigV4Handler : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
    }
}
