using System.Text.Json;
using System.Text.RegularExpressions;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>A template of real shape, with every type that something real is made of.</summary>
public sealed partial class RealTemplateTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private static readonly string Template = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "templates", "tier.template.yml"));

    private static readonly (string[] Command, string Query)[] Inventory =
    [
        (["autoscaling", "describe-auto-scaling-groups"], "AutoScalingGroups[].AutoScalingGroupName"),
        (["cloudwatch", "describe-alarms"], "MetricAlarms[].AlarmName"),
        (["ec2", "describe-instances"], "Reservations[].Instances[?State.Name!='terminated'][].InstanceId"),
        (["ec2", "describe-launch-templates"], "LaunchTemplates[].LaunchTemplateId"),
        (["ec2", "describe-security-groups"], "SecurityGroups[?GroupName!='default'].GroupId"),
        (["ec2", "describe-vpcs"], "Vpcs[?!IsDefault].VpcId"),
        (["elbv2", "describe-load-balancers"], "LoadBalancers[].LoadBalancerArn"),
        (["elbv2", "describe-target-groups"], "TargetGroups[].TargetGroupArn"),
        (["iam", "list-instance-profiles"], "InstanceProfiles[].InstanceProfileName"),
        (["iam", "list-roles"], "Roles[].RoleName"),
        (["s3api", "list-buckets"], "Buckets[].Name"),
        (["sns", "list-topics"], "Topics[].TopicArn"),
        (["sqs", "list-queues"], "QueueUrls"),
        (["ssm", "describe-parameters"], "Parameters[].Name"),
    ];

    [Fact]
    public async Task It_is_created_and_updated_and_goes_without_a_trace()
    {
        var name = CloudFixture.NewName();
        var created = await cloud.CreateAsync(name, Template);
        var group = await cloud.AwsAsync("autoscaling", "describe-auto-scaling-groups", "--query", "AutoScalingGroups[0].[length(Instances),TargetGroupARNs[0]]", "--output", "text");

        var updated = await cloud.UpdateAsync(name, Template, ("Version", "2.0"), ("Size", "1"), ("Visibility", "60"));
        var events = (await cloud.EventsAsync(name)).Where(e => e.ResourceStatus == "UPDATE_COMPLETE").Select(e => e.LogicalResourceId).ToHashSet();
        var gone = await cloud.DeleteAsync(created.StackId);

        Assert.Equal(("CREATE_COMPLETE", null), (created.StackStatus.Value, (string?)created.StackStatusReason));
        Assert.StartsWith("2\tarn:aws:elasticloadbalancing:", group, StringComparison.Ordinal);
        Assert.Equal("UPDATE_COMPLETE", updated.StackStatus.Value);
        Assert.Superset(new HashSet<string> { "Template", "Group", "Topic", "Queue", "Words" }, events);
        Assert.DoesNotContain("Vpc", events);
        Assert.Equal("DELETE_COMPLETE", gone.StackStatus.Value);
        await AssertNothingLeftAsync();
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
    [Fact]
    public async Task Whichever_resource_fails_the_creation_leaves_nothing()
    {
        var resources = LogicalIds().Matches(Template[Template.IndexOf("\nResources:", StringComparison.Ordinal)..Template.IndexOf("\nOutputs:", StringComparison.Ordinal)])
            .Select(match => match.Groups[1].Value).ToList();
        foreach (var resource in resources)
        {
            var name = CloudFixture.NewName();
            cloud.AddFault(new StackFault { StackName = name, LogicalId = resource, Reason = "As told" });

            var stack = await cloud.CreateAsync(name, Template);

            Assert.True(stack.StackStatus == "ROLLBACK_COMPLETE", $"{resource}: {string.Join('\n', (await cloud.EventsAsync(stack.StackId)).Where(e => e.ResourceStatus == "DELETE_FAILED").Select(e => e.ResourceStatusReason))}");
        }
        Assert.True(resources.Count > 20);
        await AssertNothingLeftAsync();
    }

    [GeneratedRegex("^  ([A-Z][A-Za-z]+):", RegexOptions.Multiline)]
    private static partial Regex LogicalIds();

    private async Task AssertNothingLeftAsync()
    {
        var left = await Task.WhenAll(Inventory.Select(async kind =>
        {
            var found = JsonDocument.Parse(await cloud.AwsAsync([.. kind.Command, "--query", kind.Query, "--output", "json"])).RootElement;
            return found.ValueKind == JsonValueKind.Null ? [] : found.EnumerateArray().Select(item => item.GetString()!).ToArray();
        }));
        Assert.Empty(left.SelectMany(items => items));
    }
}
