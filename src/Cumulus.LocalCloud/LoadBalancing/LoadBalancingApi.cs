using System.Globalization;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Api;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.LoadBalancing;

/// <summary>
/// The operations about targets (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html). moto keeps the lists;
/// how targets are is told from here.
/// </summary>
internal sealed class LoadBalancingApi(MotoClient moto, TargetMonitor monitor, HostFleet fleet) : IPlayedService
{
    private const string NotRegistered = "Target.NotRegistered";

    public bool Handles(AwsCall call) => call.Service == "elasticloadbalancing" && call.Operation is
        "RegisterTargets" or "DeregisterTargets" or "DescribeTargetHealth" or
        "RegisterInstancesWithLoadBalancer" or "DeregisterInstancesFromLoadBalancer" or "DescribeInstanceHealth";

    public async Task<XElement> AnswerAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var form = new QueryForm(call.Form);
        return call.Operation switch
        {
            "RegisterTargets" => await RegisterAsync(call, form, cancellationToken),
            "DeregisterTargets" => await DeregisterAsync(call, form, cancellationToken),
            "DescribeTargetHealth" => QueryXml.Response("DescribeTargetHealth", await DescribeAsync(call.Region, form, cancellationToken)),
            "DescribeInstanceHealth" => QueryXml.Response("DescribeInstanceHealth", await DescribeClassicAsync(call.Region, form, cancellationToken)),
            _ => await ForwardClassicAsync(call, cancellationToken),
        };
    }

    private async Task<XElement> RegisterAsync(AwsCall call, QueryForm form, CancellationToken cancellationToken)
    {
        var answer = await ForwardAsync(call, "elasticloadbalancing", cancellationToken);
        var own = await PortOfGroupAsync(call, form, cancellationToken);
        foreach (var target in form.Members("Targets"))
            monitor.Add(call.Region, form.Text("TargetGroupArn")!, target.Required("Id"), target.Number("Port") is { } port && port != own ? port : 0);
        return answer;
    }

    private async Task<XElement> DeregisterAsync(AwsCall call, QueryForm form, CancellationToken cancellationToken)
    {
        var answer = await ForwardAsync(call, "elasticloadbalancing", cancellationToken);
        var own = await PortOfGroupAsync(call, form, cancellationToken);
        foreach (var target in form.Members("Targets"))
            await monitor.DrainAsync(call.Region, form.Text("TargetGroupArn")!, target.Required("Id"), target.Number("Port") == own ? 0 : target.Number("Port"), cancellationToken);
        return answer;
    }

    /// <summary>A target that was registered without a port has the group's (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html): it is one with it and without.</summary>
    private async Task<int?> PortOfGroupAsync(AwsCall call, QueryForm form, CancellationToken cancellationToken) =>
        (await monitor.Groups.ReadAsync(call.Region, cancellationToken)).GetValueOrDefault(form.Text("TargetGroupArn")!)?.Port;

    private async Task<XElement> ForwardClassicAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var answer = await ForwardAsync(call, "elb", cancellationToken);
        monitor.WatchClassic(call.Region);
        return answer;
    }

    private Task<XElement> ForwardAsync(AwsCall call, string service, CancellationToken cancellationToken) => moto.CallAsync(
        service, call.Region, call.Operation!, call.Form.Where(pair => pair.Key is not ("Action" or "Version")).Select(pair => (pair.Key, pair.Value)), cancellationToken);

    private async Task<object> DescribeAsync(string region, QueryForm form, CancellationToken cancellationToken)
    {
        var arn = form.Required("TargetGroupArn");
        if (!(await monitor.Groups.ReadAsync(region, cancellationToken)).TryGetValue(arn, out var group))
            throw new AwsError(System.Net.HttpStatusCode.BadRequest, "TargetGroupNotFound", "One or more target groups not found");
        var known = monitor.Of(region, arn);
        var asked = form.Members("Targets");
        var shown = asked.Count == 0
            ? known.Select(target => (target.Key.Id, Port: PortOf(target, group), Target: (Target?)target))
            : asked.Select(target => (Id: target.Required("Id"), Port: target.Number("Port") ?? group.Port,
                Target: known.FirstOrDefault(other => other.Key.Id == target.Text("Id") && (target.Number("Port") is not { } port || PortOf(other, group) == port))));
        return new
        {
            TargetHealthDescriptions = shown.Select(item => new
            {
                Target = new { item.Id, Port = item.Target is { } target ? PortOf(target, group) : item.Port },
                HealthCheckPort = (group.Check?.Port ?? item.Port).ToString(CultureInfo.InvariantCulture),
                TargetHealth = Health(item.Target, group),
            }).ToList(),
        };
    }

    private object Health(Target? target, TargetGroup group)
    {
        var (state, reason, description) = target switch
        {
            null => ("unused", NotRegistered, "Target is not registered to the target group"),
            { DrainedAt: not null } => ("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress"),
            _ when fleet.Find(target.Key.Id) is { State: LocalCloudHostState.Stopped or LocalCloudHostState.Terminated } host =>
                ("unused", "Target.InvalidState", $"Target is in the {(host.State == LocalCloudHostState.Stopped ? "stopped" : "terminated")} state"),
            _ when !group.IsInUse => ("unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
            _ when group.Check is null => ("unavailable", "Target.HealthCheckDisabled", "Health checks are not enabled for this target"),
            _ => (target.State, target.Reason, target.Description),
        };
        return new { State = state, Reason = reason, Description = description };
    }

    private async Task<object> DescribeClassicAsync(string region, QueryForm form, CancellationToken cancellationToken)
    {
        var name = form.Required("LoadBalancerName");
        if (!(await monitor.Groups.ReadClassicAsync(region, cancellationToken)).TryGetValue(name, out var balancer))
            throw new AwsError(System.Net.HttpStatusCode.BadRequest, "LoadBalancerNotFound", $"There is no ACTIVE Load Balancer named '{name}'");
        monitor.WatchClassic(region);
        var known = monitor.OfClassic(region, name);
        var asked = form.Members("Instances").Select(instance => instance.Required("InstanceId")).ToList();
        if (asked.Find(id => !balancer.Instances.Contains(id)) is { } unknown)
            throw new AwsError(System.Net.HttpStatusCode.BadRequest, "InvalidInstance", $"Could not find EC2 instance {unknown}.");
        return new
        {
            InstanceStates = (asked.Count == 0 ? balancer.Instances : asked).Select(id => known.FirstOrDefault(target => target.Key.Id == id) switch
            {
                { State: "healthy" } => new { InstanceId = id, State = "InService", ReasonCode = "N/A", Description = "N/A" },
                { State: "unhealthy" } => new
                {
                    InstanceId = id, State = "OutOfService", ReasonCode = "Instance",
                    Description = "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
                },
                _ => new { InstanceId = id, State = "OutOfService", ReasonCode = "ELB", Description = "Instance registration is still in progress." },
            }).ToList(),
        };
    }

    private static int PortOf(Target target, TargetGroup group) => target.Key.Port == 0 ? group.Port : target.Key.Port;
}
