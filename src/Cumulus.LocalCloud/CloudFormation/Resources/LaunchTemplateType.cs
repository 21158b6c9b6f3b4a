using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html. A change makes a new version. moto 5.2
/// cannot launch from a version that CreateLaunchTemplateVersion made with user data, but from one that its own CloudFormation made; so each
/// template is a stack of one resource there, which nobody sees.
/// </summary>
internal sealed class LaunchTemplateType : ResourceType, IReadableType
{
    private readonly ConcurrentDictionary<string, string> _stacks = new();

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var stack = $"launch-template-{Guid.NewGuid():N}";
        await SendAsync(work, "CreateStack", stack, work.Text("LaunchTemplateName") ?? work.NewName(128), cancellationToken);
        var resources = await work.CallAsync("cloudformation", "DescribeStackResources", new QueryArguments { { "StackName", stack } }, cancellationToken);
        var id = resources.Descendants("PhysicalResourceId").Single().Value;
        _stacks[id] = stack;
        return await DescribeAsync(work, id, cancellationToken);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        if (!work.IsChanged("LaunchTemplateData") && !work.IsChanged("VersionDescription"))
            return now;
        var templates = await work.CallAsync("ec2", "DescribeLaunchTemplates", new QueryArguments { { "LaunchTemplateId.1", now.PhysicalId } }, cancellationToken);
        await SendAsync(work, "UpdateStack", _stacks[now.PhysicalId], templates.Descendants("launchTemplateName").Single().Value, cancellationToken);
        return await DescribeAsync(work, now.PhysicalId, cancellationToken);
    }

    public override async Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        await work.CallAsync("ec2", "DeleteLaunchTemplate", new QueryArguments { { "LaunchTemplateId", now.PhysicalId } }, cancellationToken);
        _stacks.TryRemove(now.PhysicalId, out _);
    }

    /// <summary>Of the properties that are not write-only in the type's schema, the name.</summary>
    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("ec2", "DescribeLaunchTemplates", new QueryArguments { { "LaunchTemplateId.1", physicalId } }, cancellationToken);
        return answer.Descendants("launchTemplateName").FirstOrDefault()?.Value is { } name
            ? new LiveResource(await DescribeAsync(work, physicalId, cancellationToken), new JsonObject { ["LaunchTemplateName"] = name })
            : null;
    }

    private static Task<XElement> SendAsync(ResourceWork work, string action, string stack, string name, CancellationToken cancellationToken)
    {
        var properties = (JsonObject)work.Properties.DeepClone();
        properties["LaunchTemplateName"] = name;
        var template = new JsonObject
        {
            ["Resources"] = new JsonObject { ["Template"] = new JsonObject { ["Type"] = "AWS::EC2::LaunchTemplate", ["Properties"] = properties } },
        };
        return work.CallAsync("cloudformation", action, new QueryArguments { { "StackName", stack }, { "TemplateBody", template.ToJsonString() } }, cancellationToken);
    }

    private static async Task<ResourceState> DescribeAsync(ResourceWork work, string id, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("ec2", "DescribeLaunchTemplates", new QueryArguments { { "LaunchTemplateId.1", id } }, cancellationToken);
        return new ResourceState(id).With(
            ("LaunchTemplateId", id),
            ("LatestVersionNumber", answer.Descendants("latestVersionNumber").Single().Value),
            ("DefaultVersionNumber", answer.Descendants("defaultVersionNumber").Single().Value));
    }
}
