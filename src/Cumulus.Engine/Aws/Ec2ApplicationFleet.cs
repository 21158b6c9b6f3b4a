using System.Globalization;
using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.ElasticLoadBalancing;
using Amazon.ElasticLoadBalancingV2;
using Amazon.ElasticLoadBalancingV2.Model;
using Classic = Amazon.ElasticLoadBalancing.Model;

namespace Cumulus.Engine.Aws;

/// <summary>An application's instances by EC2's tags, groups by Auto Scaling, health by Elastic Load Balancing of both kinds.</summary>
/// <param name="endpoint">Where the clients go, for errors.</param>
internal sealed class Ec2ApplicationFleet(IAmazonEC2 ec2, IAmazonAutoScaling autoScaling, IAmazonElasticLoadBalancingV2 balancing, IAmazonElasticLoadBalancing classic, SsmHostFleet managed, string endpoint) : IApplicationFleet
{
    // As many as DescribeInstanceInformation takes in one filter.
    private const int BatchSize = 50;

    private const string GroupTag = "aws:autoscaling:groupName";

    public async Task<IReadOnlyList<FleetInstance>> InstancesAsync(IReadOnlyDictionary<string, string> tags, IReadOnlyList<string> without, CancellationToken cancellationToken)
    {
        var found = new List<Amazon.EC2.Model.Instance>();
        string? next = null;
        do
        {
            var request = new DescribeInstancesRequest
            {
                Filters = [.. tags.Select(t => new Amazon.EC2.Model.Filter { Name = $"tag:{t.Key}", Values = [t.Value] }), new Amazon.EC2.Model.Filter { Name = "instance-state-name", Values = ["pending", "running"] }],
                NextToken = next,
            };
            DescribeInstancesResponse page = await CallAsync("EC2", "DescribeInstances", () => ec2.DescribeInstancesAsync(request, cancellationToken), cancellationToken);
            found.AddRange((page.Reservations ?? []).SelectMany(r => r.Instances ?? []));
            next = Token(page.NextToken);
        }
        while (next is not null);
        found.RemoveAll(i => without.Any(name => Tag(i, name) is { Length: > 0 }));
        var instances = new List<FleetInstance>(found.Count);
        foreach (Amazon.EC2.Model.Instance[] batch in found.OrderBy(i => i.InstanceId, StringComparer.Ordinal).Chunk(BatchSize))
        {
            HashSet<string> online = await managed.ManagedAsync([.. batch.Select(i => i.InstanceId)], cancellationToken);
            instances.AddRange(batch.Select(i => new FleetInstance(
                i.InstanceId,
                SsmHostFleet.PlatformOf(i),
                i.Placement?.AvailabilityZone,
                i.State?.Name?.Value == "running",
                online.Contains(i.InstanceId),
                Tag(i, GroupTag),
                i.LaunchTime is { } launched ? new DateTimeOffset(launched.ToUniversalTime(), TimeSpan.Zero) : default)));
        }

        return instances;
    }

    public async Task<ScalingGroup?> ScalingGroupAsync(string name, CancellationToken cancellationToken)
    {
        var request = new DescribeAutoScalingGroupsRequest { AutoScalingGroupNames = [name] };
        DescribeAutoScalingGroupsResponse answer = await CallAsync("Auto Scaling", "DescribeAutoScalingGroups", () => autoScaling.DescribeAutoScalingGroupsAsync(request, cancellationToken), cancellationToken);
        if ((answer.AutoScalingGroups ?? []).FirstOrDefault() is not { } group) return null;
        var template = group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
        return new ScalingGroup
        {
            Name = group.AutoScalingGroupName,
            Min = group.MinSize ?? 0,
            Max = group.MaxSize ?? 0,
            Desired = group.DesiredCapacity ?? 0,
            Template = template is null ? group.LaunchConfigurationName : $"{template.LaunchTemplateId}:{template.Version}",
            Suspended = [.. (group.SuspendedProcesses ?? []).Select(p => p.ProcessName)],
            Balancers = [.. (group.TargetGroupARNs ?? []).Select(arn => new Balancer(arn, IsClassic: false)), .. (group.LoadBalancerNames ?? []).Select(n => new Balancer(n, IsClassic: true))],
            Instances = [.. (group.Instances ?? []).Select(i => new ScalingInstance(i.InstanceId, i.LifecycleState?.Value ?? "", i.HealthStatus ?? ""))],
        };
    }

    public Task SuspendAsync(string group, IReadOnlyCollection<string> processes, CancellationToken cancellationToken) =>
        CallAsync("Auto Scaling", "SuspendProcesses", () => autoScaling.SuspendProcessesAsync(new SuspendProcessesRequest { AutoScalingGroupName = group, ScalingProcesses = [.. processes] }, cancellationToken), cancellationToken);

    public Task ResumeAsync(string group, IReadOnlyCollection<string> processes, CancellationToken cancellationToken) =>
        CallAsync("Auto Scaling", "ResumeProcesses", () => autoScaling.ResumeProcessesAsync(new ResumeProcessesRequest { AutoScalingGroupName = group, ScalingProcesses = [.. processes] }, cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<TargetState>> TargetsAsync(Balancer balancer, CancellationToken cancellationToken)
    {
        if (!balancer.IsClassic)
        {
            var request = new DescribeTargetHealthRequest { TargetGroupArn = balancer.Id };
            DescribeTargetHealthResponse answer = await CallAsync("Elastic Load Balancing", "DescribeTargetHealth", () => balancing.DescribeTargetHealthAsync(request, cancellationToken), cancellationToken);
            return [.. (answer.TargetHealthDescriptions ?? []).Select(d => new TargetState(new TargetId(d.Target.Id, d.Target.Port ?? 0), d.TargetHealth?.State?.Value ?? "", d.TargetHealth?.Reason?.Value, d.TargetHealth?.Description))];
        }

        var asked = new Classic.DescribeInstanceHealthRequest { LoadBalancerName = balancer.Id };
        Classic.DescribeInstanceHealthResponse states = await CallAsync("Elastic Load Balancing", "DescribeInstanceHealth", () => classic.DescribeInstanceHealthAsync(asked, cancellationToken), cancellationToken);
        return [.. (states.InstanceStates ?? []).Select(s => new TargetState(new TargetId(s.InstanceId, 0), StateOf(s), s.ReasonCode, s.Description))];
    }

    public Task DeregisterAsync(Balancer balancer, IReadOnlyCollection<TargetId> targets, CancellationToken cancellationToken) => balancer.IsClassic
        ? CallAsync(
            "Elastic Load Balancing",
            "DeregisterInstancesFromLoadBalancer",
            () => classic.DeregisterInstancesFromLoadBalancerAsync(new Classic.DeregisterInstancesFromLoadBalancerRequest { LoadBalancerName = balancer.Id, Instances = Instances(targets) }, cancellationToken),
            cancellationToken)
        : CallAsync("Elastic Load Balancing", "DeregisterTargets", () => balancing.DeregisterTargetsAsync(new DeregisterTargetsRequest { TargetGroupArn = balancer.Id, Targets = Targets(targets) }, cancellationToken), cancellationToken);

    public Task RegisterAsync(Balancer balancer, IReadOnlyCollection<TargetId> targets, CancellationToken cancellationToken) => balancer.IsClassic
        ? CallAsync(
            "Elastic Load Balancing",
            "RegisterInstancesWithLoadBalancer",
            () => classic.RegisterInstancesWithLoadBalancerAsync(new Classic.RegisterInstancesWithLoadBalancerRequest { LoadBalancerName = balancer.Id, Instances = Instances(targets) }, cancellationToken),
            cancellationToken)
        : CallAsync("Elastic Load Balancing", "RegisterTargets", () => balancing.RegisterTargetsAsync(new RegisterTargetsRequest { TargetGroupArn = balancer.Id, Targets = Targets(targets) }, cancellationToken), cancellationToken);

    public async Task<TimeSpan> DrainTimeAsync(Balancer balancer, CancellationToken cancellationToken)
    {
        // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#deregistration-delay: 300 s unless it says otherwise.
        const int Default = 300;
        if (!balancer.IsClassic)
        {
            var request = new DescribeTargetGroupAttributesRequest { TargetGroupArn = balancer.Id };
            DescribeTargetGroupAttributesResponse answer = await CallAsync("Elastic Load Balancing", "DescribeTargetGroupAttributes", () => balancing.DescribeTargetGroupAttributesAsync(request, cancellationToken), cancellationToken);
            string? delay = (answer.Attributes ?? []).FirstOrDefault(a => a.Key == "deregistration_delay.timeout_seconds")?.Value;
            return TimeSpan.FromSeconds(int.TryParse(delay, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? seconds : Default);
        }

        var asked = new Classic.DescribeLoadBalancerAttributesRequest { LoadBalancerName = balancer.Id };
        Classic.DescribeLoadBalancerAttributesResponse attributes = await CallAsync("Elastic Load Balancing", "DescribeLoadBalancerAttributes", () => classic.DescribeLoadBalancerAttributesAsync(asked, cancellationToken), cancellationToken);
        return attributes.LoadBalancerAttributes?.ConnectionDraining is { Enabled: true } draining ? TimeSpan.FromSeconds(draining.Timeout ?? Default) : TimeSpan.Zero;
    }

    // A classic load balancer says of a new instance that it is out of service, with the reason ELB.
    private static string StateOf(Classic.InstanceState state) => state.State switch
    {
        "InService" => "healthy",
        "OutOfService" when state.ReasonCode == "ELB" => "initial",
        _ => "unhealthy",
    };

    private static List<Classic.Instance> Instances(IEnumerable<TargetId> targets) => [.. targets.Select(t => new Classic.Instance { InstanceId = t.InstanceId })];

    private static List<TargetDescription> Targets(IEnumerable<TargetId> targets) => [.. targets.Select(t => new TargetDescription { Id = t.InstanceId, Port = t.Port == 0 ? null : t.Port })];

    private static string? Tag(Amazon.EC2.Model.Instance instance, string name) => (instance.Tags ?? []).Find(t => t.Key == name)?.Value;

    private Task<T> CallAsync<T>(string service, string operation, Func<Task<T>> call, CancellationToken cancellationToken) =>
        AwsErrors.GuardAsync(new AwsCall(service, operation, endpoint), call, cancellationToken);

    private static string? Token(string? token) => string.IsNullOrEmpty(token) ? null : token;
}
