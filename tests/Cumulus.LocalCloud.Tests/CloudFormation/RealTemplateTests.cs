using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests.CloudFormation;

/// <summary>A template of real shape, with every type that something real is made of.</summary>
public sealed class RealTemplateTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private static readonly string Template = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "templates", "tier.template.yml"));

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
        Assert.Empty(await CloudInventory.ReadAsync(cloud));
    }
}
