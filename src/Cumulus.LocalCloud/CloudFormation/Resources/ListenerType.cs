using System.Xml.Linq;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listener.html.</summary>
internal sealed class ListenerType : ResourceType, IReadableType
{
    private static readonly string[] Changeable = ["AlpnPolicy", "Certificates", "DefaultActions", "Port", "Protocol", "SslPolicy"];

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("elasticloadbalancing", "CreateListener", Arguments(work, "LoadBalancerArn", work.Text("LoadBalancerArn")), cancellationToken);
        var arn = answer.Descendants("ListenerArn").Single().Value;
        return new ResourceState(arn).With(("ListenerArn", arn));
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        await work.CallAsync("elasticloadbalancing", "ModifyListener", Arguments(work, "ListenerArn", now.PhysicalId), cancellationToken);
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("elasticloadbalancing", "DeleteListener", new QueryArguments { { "ListenerArn", now.PhysicalId } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("elasticloadbalancing", "DescribeListeners", new QueryArguments { { "ListenerArns.member.1", physicalId } }, cancellationToken);
        return answer.Descendants("Listeners").Elements("member").FirstOrDefault() is { } listener
            ? new LiveResource(new ResourceState(physicalId).With(("ListenerArn", physicalId)), LiveProperties.Pick(listener, [.. Changeable, "LoadBalancerArn"]))
            : null;
    }

    private static QueryArguments Arguments(ResourceWork work, string name, string? value)
    {
        var arguments = new QueryArguments { { name, value } };
        foreach (var property in Changeable)
            arguments.Add(property, work[property]);
        return arguments;
    }
}
