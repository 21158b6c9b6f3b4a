using System.Xml.Linq;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-lifecyclehook.html.</summary>
internal sealed class LifecycleHookType : ResourceType, IReadableType
{
    private static readonly string[] Settings =
        ["AutoScalingGroupName", "DefaultResult", "HeartbeatTimeout", "LifecycleTransition", "NotificationMetadata", "NotificationTargetARN", "RoleARN"];

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var name = work.Text("LifecycleHookName") ?? work.NewName(255);
        await PutAsync(work, name, cancellationToken);
        return new ResourceState(name);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        await PutAsync(work, now.PhysicalId, cancellationToken);
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.CallAsync("autoscaling", "DeleteLifecycleHook",
            new QueryArguments { { "LifecycleHookName", now.PhysicalId }, { "AutoScalingGroupName", work.Text("AutoScalingGroupName") } }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("autoscaling", "DescribeLifecycleHooks",
            new QueryArguments { { "AutoScalingGroupName", work.Text("AutoScalingGroupName") }, { "LifecycleHookNames.member.1", physicalId } }, cancellationToken);
        return answer.Descendants("LifecycleHooks").Elements("member").FirstOrDefault() is { } hook
            ? new LiveResource(new ResourceState(physicalId), LiveProperties.Pick(hook, [.. Settings, "LifecycleHookName"]))
            : null;
    }

    private static Task<XElement> PutAsync(ResourceWork work, string name, CancellationToken cancellationToken)
    {
        var arguments = new QueryArguments { { "LifecycleHookName", name } };
        foreach (var property in Settings)
            arguments.Add(property, work.Text(property));
        return work.CallAsync("autoscaling", "PutLifecycleHook", arguments, cancellationToken);
    }
}
