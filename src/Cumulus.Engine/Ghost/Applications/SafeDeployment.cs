using System.Text.Json.Serialization;

namespace Cumulus.Engine.Ghost;

/// <summary>How instances are taken out of their load balancer while a module is deployed.</summary>
public sealed record SafeDeployment
{
    /// <summary>elb, alb or haproxy.</summary>
    public string LoadBalancerType { get; init; } = "elb";

    /// <summary>Seconds after draining.</summary>
    public int WaitBeforeDeploy { get; init; } = 10;

    /// <summary>Seconds before the instance is put back.</summary>
    public int WaitAfterDeploy { get; init; } = 10;

    /// <summary>haproxy: tag <c>app</c> of the balancers.</summary>
    public string? AppTagValue { get; init; }

    /// <summary>haproxy: backend.</summary>
    [JsonPropertyName("ha_backend")]
    public string? HaBackend { get; init; }

    public int ApiPort { get; init; } = 5001;
}
