using System.Globalization;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.LoadBalancing;

/// <summary>What targets are checked by.</summary>
/// <param name="Check">Null: there are no checks.</param>
/// <param name="IsInUse">A listener sends requests to it.</param>
internal sealed record TargetGroup(string Name, int Port, HealthCheck? Check, bool IsInUse);

/// <summary>Reads target groups and classic load balancers from moto.</summary>
internal sealed class TargetGroups(MotoClient moto)
{
    /// <summary>All target groups, by ARN.</summary>
    public async Task<IReadOnlyDictionary<string, TargetGroup>> ReadAsync(string region, CancellationToken cancellationToken)
    {
        var answer = await moto.CallAsync("elasticloadbalancing", region, "DescribeTargetGroups", [], cancellationToken);
        var members = answer.Descendants("TargetGroups").Elements("member").ToList();
        // moto tells of a target group's load balancers only by default actions; rules have theirs.
        var ruled = members.Any(IsUnused) ? await RuledAsync(region, cancellationToken) : [];
        return members.ToDictionary(group => Text(group, "TargetGroupArn")!, group => Read(group, !IsUnused(group) || ruled.Contains(Text(group, "TargetGroupArn")!)));
    }

    /// <exception cref="MotoException">TargetGroupNotFound.</exception>
    public async Task<TimeSpan> DrainTimeAsync(string region, string arn, CancellationToken cancellationToken)
    {
        var answer = await moto.CallAsync("elasticloadbalancing", region, "DescribeTargetGroupAttributes", [("TargetGroupArn", arn)], cancellationToken);
        var delay = answer.Descendants("member").FirstOrDefault(attribute => Text(attribute, "Key") == "deregistration_delay.timeout_seconds");
        return TimeSpan.FromSeconds(Number(delay, "Value", 300));
    }

    /// <summary>Classic load balancers with the ids of their instances, by name.</summary>
    public async Task<IReadOnlyDictionary<string, (TargetGroup Group, IReadOnlyList<string> Instances)>> ReadClassicAsync(string region, CancellationToken cancellationToken)
    {
        var answer = await moto.CallAsync("elb", region, "DescribeLoadBalancers", [], cancellationToken);
        return answer.Descendants("LoadBalancerDescriptions").Elements("member").ToDictionary(
            balancer => Text(balancer, "LoadBalancerName")!,
            balancer => (ReadClassic(balancer), (IReadOnlyList<string>)[.. balancer.Elements("Instances").Elements("member").Select(instance => Text(instance, "InstanceId")!)]));
    }

    private async Task<HashSet<string>> RuledAsync(string region, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>();
        var balancers = await moto.CallAsync("elasticloadbalancing", region, "DescribeLoadBalancers", [], cancellationToken);
        foreach (var balancer in balancers.Descendants("LoadBalancerArn"))
        {
            var listeners = await moto.CallAsync("elasticloadbalancing", region, "DescribeListeners", [("LoadBalancerArn", balancer.Value)], cancellationToken);
            foreach (var listener in listeners.Descendants("ListenerArn"))
            {
                var rules = await moto.CallAsync("elasticloadbalancing", region, "DescribeRules", new QueryArguments { { "ListenerArn", listener.Value } }, cancellationToken);
                found.UnionWith(rules.Descendants("TargetGroupArn").Select(arn => arn.Value));
            }
        }
        return found;
    }

    private static bool IsUnused(XElement group) => !group.Elements("LoadBalancerArns").Elements("member").Any();

    private static TargetGroup Read(XElement group, bool inUse)
    {
        var port = Number(group, "Port", 80);
        var check = new HealthCheck(
            Text(group, "HealthCheckProtocol") ?? Text(group, "Protocol") ?? "HTTP",
            int.TryParse(Text(group, "HealthCheckPort"), CultureInfo.InvariantCulture, out var own) ? own : null,
            Text(group, "HealthCheckPath") ?? "/",
            Text(group.Element("Matcher"), "HttpCode") ?? "200",
            TimeSpan.FromSeconds(Number(group, "HealthCheckIntervalSeconds", 30)),
            TimeSpan.FromSeconds(Number(group, "HealthCheckTimeoutSeconds", 5)),
            Number(group, "HealthyThresholdCount", 5),
            Number(group, "UnhealthyThresholdCount", 2));
        return new TargetGroup(Text(group, "TargetGroupName")!, port, Text(group, "HealthCheckEnabled") == "false" ? null : check, inUse);
    }

    /// <summary>The check of a classic load balancer is written like <c>HTTP:80/health</c>.</summary>
    private static TargetGroup ReadClassic(XElement balancer)
    {
        var listener = balancer.Descendants("Listener").FirstOrDefault();
        var port = Number(listener, "InstancePort", 80);
        var (name, check) = (Text(balancer, "LoadBalancerName")!, balancer.Element("HealthCheck"));
        var target = (Text(check, "Target") ?? string.Create(CultureInfo.InvariantCulture, $"TCP:{port}")).Split(':', 2);
        var place = target[^1].Split('/', 2);
        return new TargetGroup(name, port, new HealthCheck(
            target[0].ToUpperInvariant(),
            int.TryParse(place[0], CultureInfo.InvariantCulture, out var own) ? own : null,
            "/" + (place.Length > 1 ? place[1] : ""),
            "200",
            TimeSpan.FromSeconds(Number(check, "Interval", 30)),
            TimeSpan.FromSeconds(Number(check, "Timeout", 5)),
            Number(check, "HealthyThreshold", 10),
            Number(check, "UnhealthyThreshold", 2)), IsInUse: true);
    }

    private static string? Text(XElement? element, string name) => element?.Element(name)?.Value is { Length: > 0 } text ? text : null;

    private static int Number(XElement? element, string name, int otherwise) => int.TryParse(Text(element, name), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
