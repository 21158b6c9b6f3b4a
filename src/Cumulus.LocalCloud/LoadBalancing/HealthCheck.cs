namespace Cumulus.LocalCloud.LoadBalancing;

/// <summary>How a load balancer finds out whether a target is well.</summary>
/// <param name="Protocol">HTTP, HTTPS; all others are a connection only.</param>
/// <param name="Port">Null: the port that the target serves at.</param>
/// <param name="Codes">Of HTTP, such as <c>200-299,301</c>.</param>
/// <param name="HealthyThreshold">Successes in a row that make an unhealthy target healthy again.</param>
/// <param name="UnhealthyThreshold">Failures in a row that make it unhealthy.</param>
internal sealed record HealthCheck(
    string Protocol, int? Port, string Path, string Codes, TimeSpan Interval, TimeSpan Timeout, int HealthyThreshold, int UnhealthyThreshold)
{
    public bool Takes(int code) => Codes.Split(',').Select(range => range.Trim().Split('-')).Any(ends =>
        int.TryParse(ends[0], out var from) && int.TryParse(ends[^1], out var to) && code >= from && code <= to);
}

/// <param name="Code">A reason code of DescribeTargetHealth; null when the target is well.</param>
internal sealed record ProbeResult(string? Code, string? Description)
{
    public static readonly ProbeResult Well = new(null, null);

    public bool IsWell => Code is null;
}
