using System.Text;
using Amazon.AutoScaling.Model;
using Amazon.EC2.Model;
using Amazon.ElasticLoadBalancingV2.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;
using LaunchTemplateSpecification = Amazon.AutoScaling.Model.LaunchTemplateSpecification;

namespace Cumulus.LocalCloud.Tests.AutoScaling;

/// <summary>A cloud whose time is stepped, with what tests of groups need again and again.</summary>
public sealed class FleetFixture : IAsyncLifetime
{
    public FleetFixture() => Cloud = new CloudFixture { Change = options => options with { Clock = Clock } };

    public SteppedClock Clock { get; } = new();

    public CloudFixture Cloud { get; }

    public Task InitializeAsync() => Cloud.InitializeAsync();

    public Task DisposeAsync() => Cloud.DisposeAsync();

    public static string NewName() => $"group-{Guid.NewGuid():N}"[..20];

    /// <summary>A launch template of this name with one version.</summary>
    public async Task<string> TemplateAsync(string name, string userData = "", string image = "ami-0123456789abcdef0", List<string>? securityGroups = null)
    {
        var made = await Cloud.Ec2.CreateLaunchTemplateAsync(new CreateLaunchTemplateRequest
        {
            LaunchTemplateName = name,
            LaunchTemplateData = Data(userData, image, securityGroups),
        }, CloudFixture.Within());
        return made.LaunchTemplate.LaunchTemplateId;
    }

    public async Task<string> NewVersionAsync(string name, string userData = "", string image = "ami-0fedcba9876543210")
    {
        var made = await Cloud.Ec2.CreateLaunchTemplateVersionAsync(
            new CreateLaunchTemplateVersionRequest { LaunchTemplateName = name, LaunchTemplateData = Data(userData, image, null) }, CloudFixture.Within());
        return made.LaunchTemplateVersion.VersionNumber!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A group with a template of the same name.</summary>
    public async Task<string> GroupAsync(int desired, Action<CreateAutoScalingGroupRequest>? change = null, string userData = "", List<string>? securityGroups = null)
    {
        var name = NewName();
        await TemplateAsync(name, userData, securityGroups: securityGroups);
        var request = new CreateAutoScalingGroupRequest
        {
            AutoScalingGroupName = name,
            MinSize = 0,
            MaxSize = 8,
            DesiredCapacity = desired,
            AvailabilityZones = ["us-east-1a", "us-east-1b"],
            LaunchTemplate = new LaunchTemplateSpecification { LaunchTemplateName = name, Version = "1" },
        };
        change?.Invoke(request);
        await Cloud.AutoScaling.CreateAutoScalingGroupAsync(request, CloudFixture.Within());
        return name;
    }

    public async Task<AutoScalingGroup> ReadAsync(string name)
    {
        var answer = await Cloud.AutoScaling.DescribeAutoScalingGroupsAsync(new DescribeAutoScalingGroupsRequest { AutoScalingGroupNames = [name] }, CloudFixture.Within());
        return Assert.Single(answer.AutoScalingGroups);
    }

    public async Task<AutoScalingGroup> UntilAsync(string name, Func<AutoScalingGroup, bool> condition)
    {
        AutoScalingGroup? group = null;
        await CloudFixture.UntilAsync(async () => condition(group = await ReadAsync(name)),
            () => $"{name} wants {group?.DesiredCapacity} and has {string.Join(", ", (group?.Instances ?? []).Select(i => $"{i.InstanceId} {i.LifecycleState?.Value} {i.HealthStatus}"))}");
        return group!;
    }

    public async Task<List<Activity>> ActivitiesAsync(string name) =>
        (await Cloud.AutoScaling.DescribeScalingActivitiesAsync(new DescribeScalingActivitiesRequest { AutoScalingGroupName = name }, CloudFixture.Within())).Activities;

    public async Task<Amazon.EC2.Model.Instance> InstanceAsync(string id) =>
        (await Cloud.Ec2.DescribeInstancesAsync(new DescribeInstancesRequest { InstanceIds = [id] }, CloudFixture.Within())).Reservations[0].Instances[0];

    /// <summary>A target group that a load balancer sends to.</summary>
    public async Task<string> TargetGroupAsync(int port = 8099, string drainSeconds = "300", Action<CreateTargetGroupRequest>? change = null)
    {
        var subnets = (await Cloud.Ec2.DescribeSubnetsAsync(new DescribeSubnetsRequest(), CloudFixture.Within())).Subnets;
        var name = NewName();
        var request = new CreateTargetGroupRequest { Name = name, Protocol = "HTTP", Port = port, VpcId = subnets[0].VpcId, HealthCheckPath = "/health" };
        change?.Invoke(request);
        var arn = (await Cloud.Balancing.CreateTargetGroupAsync(request, CloudFixture.Within())).TargetGroups[0].TargetGroupArn;
        await Cloud.Balancing.ModifyTargetGroupAttributesAsync(new ModifyTargetGroupAttributesRequest
        {
            TargetGroupArn = arn,
            Attributes = [new TargetGroupAttribute { Key = "deregistration_delay.timeout_seconds", Value = drainSeconds }],
        }, CloudFixture.Within());
        var balancer = await Cloud.Balancing.CreateLoadBalancerAsync(new CreateLoadBalancerRequest { Name = name, Subnets = [subnets[0].SubnetId, subnets[1].SubnetId] }, CloudFixture.Within());
        await Cloud.Balancing.CreateListenerAsync(new CreateListenerRequest
        {
            LoadBalancerArn = balancer.LoadBalancers[0].LoadBalancerArn,
            Port = 80,
            Protocol = "HTTP",
            DefaultActions = [new Amazon.ElasticLoadBalancingV2.Model.Action { Type = "forward", TargetGroupArn = arn }],
        }, CloudFixture.Within());
        return arn;
    }

    public async Task<TargetHealth?> HealthAsync(string arn, string id)
    {
        var answer = await Cloud.Balancing.DescribeTargetHealthAsync(new DescribeTargetHealthRequest { TargetGroupArn = arn }, CloudFixture.Within());
        return (answer.TargetHealthDescriptions ?? []).Find(description => description.Target.Id == id)?.TargetHealth;
    }

    public Task UntilHealthAsync(string arn, string id, string state)
    {
        TargetHealth? health = null;
        return CloudFixture.UntilAsync(async () => (health = await HealthAsync(arn, id))?.State == state, () => $"{id} is {health?.State} ({health?.Reason}: {health?.Description})");
    }

    private static RequestLaunchTemplateData Data(string userData, string image, List<string>? securityGroups) => new()
    {
        ImageId = image,
        InstanceType = "t3.micro",
        SecurityGroupIds = securityGroups,
        UserData = userData == "" ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(userData)),
    };
}
