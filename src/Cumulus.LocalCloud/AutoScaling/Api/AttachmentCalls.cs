using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;
using static Cumulus.LocalCloud.AutoScaling.Api.AutoScalingApi;

namespace Cumulus.LocalCloud.AutoScaling.Api;

/// <summary>Operations that attach load balancers to groups, under the three names that they have had.</summary>
internal sealed class AttachmentCalls(AutoScalingEngine engine)
{
    private const string TargetGroups = "TargetGroupARNs";
    private const string Balancers = "LoadBalancerNames";

    public void AddTo(Dictionary<string, Func<JsonObject, string, CancellationToken, Task<object?>>> operations)
    {
        operations["AttachLoadBalancerTargetGroups"] = (request, region, stop) => AttachAsync(request, region, Texts(request, TargetGroups), [], stop);
        operations["DetachLoadBalancerTargetGroups"] = (request, region, stop) => DetachAsync(request, region, Texts(request, TargetGroups), [], stop);
        operations["AttachLoadBalancers"] = (request, region, stop) => AttachAsync(request, region, [], Texts(request, Balancers), stop);
        operations["DetachLoadBalancers"] = (request, region, stop) => DetachAsync(request, region, [], Texts(request, Balancers), stop);
        operations["AttachTrafficSources"] = (request, region, stop) => AttachAsync(request, region, Sources(request, isArn: true), Sources(request, isArn: false), stop);
        operations["DetachTrafficSources"] = (request, region, stop) => DetachAsync(request, region, Sources(request, isArn: true), Sources(request, isArn: false), stop);
        operations["DescribeLoadBalancerTargetGroups"] = (request, region, _) => Task.FromResult<object?>(
            new { LoadBalancerTargetGroups = Group(request, region).Settings.TargetGroups.Select(arn => new { LoadBalancerTargetGroupARN = arn, State = "InService" }) });
        operations["DescribeLoadBalancers"] = (request, region, _) => Task.FromResult<object?>(
            new { LoadBalancers = Group(request, region).Settings.LoadBalancers.Select(name => new { LoadBalancerName = name, State = "InService" }) });
        operations["DescribeTrafficSources"] = (request, region, _) => Task.FromResult<object?>(new
        {
            TrafficSources = Group(request, region).Settings.TargetGroups.Select(arn => new { Identifier = arn, Type = "elbv2", State = "InService" })
                .Concat(Group(request, region).Settings.LoadBalancers.Select(name => new { Identifier = name, Type = "elb", State = "InService" })),
        });
    }

    private Group Group(JsonObject request, string region) => engine.Find(region, GroupName(request)) ?? throw AutoScalingError.NoGroup(GroupName(request));

    private static IReadOnlyList<string> Sources(JsonObject request, bool isArn) =>
        [.. TemplateValue.Items(request["TrafficSources"]).Select(source => TemplateValue.Text(source, "Identifier") ?? "").Where(source => source.StartsWith("arn:", StringComparison.Ordinal) == isArn)];

    private async Task<object?> AttachAsync(JsonObject request, string region, IReadOnlyList<string> arns, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await engine.ChangeAsync(region, GroupName(request), async group =>
        {
            foreach (var instance in group.Instances.Where(instance => instance.IsInService))
            {
                await engine.Targets.RegisterAsync(region, arns, names, instance.Id, cancellationToken);
                group.Replace(instance with { IsTarget = true });
            }
            group.Settings = group.Settings.WithTexts(TargetGroups, group.Settings.TargetGroups.Union(arns)).WithTexts(Balancers, group.Settings.LoadBalancers.Union(names));
        }, cancellationToken);
        return null;
    }

    private async Task<object?> DetachAsync(JsonObject request, string region, IReadOnlyList<string> arns, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await engine.ChangeAsync(region, GroupName(request), async group =>
        {
            foreach (var instance in group.Instances)
                await engine.Targets.DeregisterAsync(region, arns, names, instance.Id, cancellationToken);
            group.Settings = group.Settings.WithTexts(TargetGroups, group.Settings.TargetGroups.Except(arns)).WithTexts(Balancers, group.Settings.LoadBalancers.Except(names));
        }, cancellationToken);
        return null;
    }
}
