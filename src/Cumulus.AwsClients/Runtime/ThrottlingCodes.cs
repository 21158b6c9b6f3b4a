using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Cumulus.AwsClients;

/// <summary>The SDK's retry modes, which also take further error codes for throttling.</summary>
internal static class ThrottlingCodes
{
    public static RetryPolicy Policy(IClientConfig config, string[] codes) => config.RetryMode switch
    {
        RequestRetryMode.Adaptive => new Adaptive(config, codes),
        _ => new Standard(config, codes),
    };

    private sealed class Standard : StandardRetryPolicy
    {
        public Standard(IClientConfig config, string[] codes) : base(config) => ThrottlingErrorCodes = [.. ThrottlingErrorCodes, .. codes];
    }

    private sealed class Adaptive : AdaptiveRetryPolicy
    {
        public Adaptive(IClientConfig config, string[] codes) : base(config) => ThrottlingErrorCodes = [.. ThrottlingErrorCodes, .. codes];
    }
}
