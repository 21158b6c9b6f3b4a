using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.ElasticLoadBalancingV2;
using Amazon.ElasticLoadBalancingV2.Model;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>EC2 (EC2 Query), AutoScaling and load balancers (AWS Query) against moto.</summary>
[Collection(nameof(MotoServer))]
public sealed class LiveComputeTests(MotoServer moto)
{
    private readonly LiveHttp _http = new();

    [Fact]
    public async Task An_instance_is_run_tagged_imaged_and_terminated()
    {
        using var ec2 = new AmazonEC2Client(Services.Credentials, moto.Configure(new AmazonEC2Config(), _http));
        var image = (await ec2.DescribeImagesAsync(new DescribeImagesRequest { Owners = ["amazon"] })).Images[0].ImageId;

        var run = await _http.CompleteAsync(ec2.RunInstancesAsync(new RunInstancesRequest
        {
            ImageId = image,
            MinCount = 2,
            MaxCount = 2,
            InstanceType = InstanceType.T3Micro,
            UserData = "IyEvYmluL3NoCg==",
            Monitoring = true,
            TagSpecifications = [new TagSpecification { ResourceType = ResourceType.Instance, Tags = [new Amazon.EC2.Model.Tag { Key = "Name", Value = "<web> & é" }] }],
        }));
        Assert.Equal(2, run.Reservation.Instances.Count);
        var id = run.Reservation.Instances[0].InstanceId;

        var described = await _http.CompleteAsync(ec2.DescribeInstancesAsync(new DescribeInstancesRequest { InstanceIds = [id] }));
        var instance = Assert.Single(Assert.Single(described.Reservations).Instances);
        Assert.Equal((id, image, InstanceType.T3Micro, InstanceStateName.Running), (instance.InstanceId, instance.ImageId, instance.InstanceType, instance.State.Name));
        Assert.Equal("<web> & é", instance.Tags.Single(t => t.Key == "Name").Value);
        Assert.Equal(DateTimeKind.Utc, instance.LaunchTime!.Value.Kind);
        var attribute = await ec2.DescribeInstanceAttributeAsync(new DescribeInstanceAttributeRequest { InstanceId = id, Attribute = InstanceAttributeName.UserData });
        Assert.Equal("IyEvYmluL3NoCg==", attribute.InstanceAttribute.UserData);
        var status = await _http.CompleteAsync(ec2.DescribeInstanceStatusAsync(new DescribeInstanceStatusRequest { InstanceIds = [id] }));
        Assert.Equal(SummaryStatus.Ok, status.InstanceStatuses[0].Status.Status);

        await ec2.CreateTagsAsync(new CreateTagsRequest { Resources = [id], Tags = [new Amazon.EC2.Model.Tag { Key = "v", Value = "2" }] });
        var tags = await _http.CompleteAsync(ec2.DescribeTagsAsync(new Amazon.EC2.Model.DescribeTagsRequest { Filters = [new Amazon.EC2.Model.Filter { Name = "resource-id", Values = [id] }] }));
        Assert.Equal(["Name", "v"], tags.Tags.Select(t => t.Key).Order());

        var baked = (await ec2.CreateImageAsync(new CreateImageRequest { InstanceId = id, Name = "baked" })).ImageId;
        var found = Assert.Single((await _http.CompleteAsync(ec2.DescribeImagesAsync(new DescribeImagesRequest { ImageIds = [baked] }))).Images);
        Assert.Equal("baked", found.Name);
        await _http.CompleteAsync(ec2.DescribeSnapshotsAsync(new DescribeSnapshotsRequest { SnapshotIds = [found.BlockDeviceMappings[0].Ebs.SnapshotId] }));
        await ec2.DeregisterImageAsync(new DeregisterImageRequest { ImageId = baked });

        var ended = await _http.CompleteAsync(ec2.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = [id] }));
        Assert.Equal((id, InstanceStateName.Running), (ended.TerminatingInstances[0].InstanceId, ended.TerminatingInstances[0].PreviousState.Name));
        var error = await Assert.ThrowsAsync<AmazonEC2Exception>(() => ec2.DescribeInstancesAsync(new DescribeInstancesRequest { InstanceIds = ["i-0123456789abcdef0"] }));
        Assert.Equal("InvalidInstanceID.NotFound", error.ErrorCode);
    }

    [Fact]
    public async Task A_security_group_keeps_its_rules()
    {
        using var ec2 = new AmazonEC2Client(Services.Credentials, moto.Configure(new AmazonEC2Config(), _http));
        var vpc = (await _http.CompleteAsync(ec2.DescribeVpcsAsync())).Vpcs[0].VpcId;
        await _http.CompleteAsync(ec2.DescribeSubnetsAsync());

        var group = (await ec2.CreateSecurityGroupAsync(new CreateSecurityGroupRequest { GroupName = "live", Description = "d", VpcId = vpc })).GroupId;
        await _http.CompleteAsync(ec2.AuthorizeSecurityGroupIngressAsync(new AuthorizeSecurityGroupIngressRequest
        {
            GroupId = group,
            IpPermissions = [new IpPermission { IpProtocol = "tcp", FromPort = 80, ToPort = 81, Ipv4Ranges = [new IpRange { CidrIp = "10.0.0.0/8", Description = "in" }] }],
        }));

        var described = Assert.Single((await _http.CompleteAsync(ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest { GroupIds = [group] }))).SecurityGroups);
        var permission = Assert.Single(described.IpPermissions);
        Assert.Equal((80, 81, "10.0.0.0/8", "in"), (permission.FromPort, permission.ToPort, permission.Ipv4Ranges[0].CidrIp, permission.Ipv4Ranges[0].Description));
        Assert.Empty(permission.UserIdGroupPairs ?? []);
    }

    [Fact]
    public async Task A_launch_template_has_versions()
    {
        using var ec2 = new AmazonEC2Client(Services.Credentials, moto.Configure(new AmazonEC2Config(), _http));

        var made = await _http.CompleteAsync(ec2.CreateLaunchTemplateAsync(new CreateLaunchTemplateRequest
        {
            LaunchTemplateName = "live",
            LaunchTemplateData = new RequestLaunchTemplateData { ImageId = "ami-12c6146b", InstanceType = "t3.micro" },
        }));
        await _http.CompleteAsync(ec2.CreateLaunchTemplateVersionAsync(new CreateLaunchTemplateVersionRequest
        {
            LaunchTemplateId = made.LaunchTemplate.LaunchTemplateId,
            LaunchTemplateData = new RequestLaunchTemplateData { ImageId = "ami-12c6146b", InstanceType = "t3.small" },
        }));

        var versions = await _http.CompleteAsync(ec2.DescribeLaunchTemplateVersionsAsync(new DescribeLaunchTemplateVersionsRequest { LaunchTemplateName = "live" }));
        Assert.Equal([(1L, "t3.micro"), (2L, "t3.small")], versions.LaunchTemplateVersions.Select(v => (v.VersionNumber!.Value, v.LaunchTemplateData.InstanceType.Value)).Order());
        var template = Assert.Single((await _http.CompleteAsync(ec2.DescribeLaunchTemplatesAsync(new DescribeLaunchTemplatesRequest { LaunchTemplateNames = ["live"] }))).LaunchTemplates);
        Assert.Equal((2L, 1L), (template.LatestVersionNumber, template.DefaultVersionNumber));
    }

    [Fact]
    public async Task A_group_is_scaled_suspended_and_hooked()
    {
        using var ec2 = new AmazonEC2Client(Services.Credentials, moto.Configure(new AmazonEC2Config(), _http));
        using var scaling = new AmazonAutoScalingClient(Services.Credentials, moto.Configure(new AmazonAutoScalingConfig(), _http));
        await ec2.CreateLaunchTemplateAsync(new CreateLaunchTemplateRequest { LaunchTemplateName = "group", LaunchTemplateData = new RequestLaunchTemplateData { ImageId = "ami-12c6146b", InstanceType = "t3.micro" } });
        await scaling.CreateAutoScalingGroupAsync(new CreateAutoScalingGroupRequest
        {
            AutoScalingGroupName = "web",
            MinSize = 1,
            MaxSize = 3,
            DesiredCapacity = 2,
            AvailabilityZones = ["eu-west-1a"],
            LaunchTemplate = new Amazon.AutoScaling.Model.LaunchTemplateSpecification { LaunchTemplateName = "group", Version = "$Latest" },
            Tags = [new Amazon.AutoScaling.Model.Tag { Key = "app", Value = "web", PropagateAtLaunch = true }],
        });

        await scaling.SuspendProcessesAsync(new SuspendProcessesRequest { AutoScalingGroupName = "web", ScalingProcesses = ["AZRebalance"] });
        await scaling.SetDesiredCapacityAsync(new SetDesiredCapacityRequest { AutoScalingGroupName = "web", DesiredCapacity = 3 });
        await scaling.PutLifecycleHookAsync(new PutLifecycleHookRequest { AutoScalingGroupName = "web", LifecycleHookName = "boot", LifecycleTransition = "autoscaling:EC2_INSTANCE_LAUNCHING", HeartbeatTimeout = 300 });

        var group = Assert.Single((await _http.CompleteAsync(scaling.DescribeAutoScalingGroupsAsync(new DescribeAutoScalingGroupsRequest { AutoScalingGroupNames = ["web"] }))).AutoScalingGroups);
        Assert.Equal((1, 3, 3), (group.MinSize, group.MaxSize, group.DesiredCapacity));
        Assert.Equal(3, group.Instances.Count);
        Assert.Equal("AZRebalance", Assert.Single(group.SuspendedProcesses).ProcessName);
        Assert.True(Assert.Single(group.Tags).PropagateAtLaunch);
        var hook = Assert.Single((await _http.CompleteAsync(scaling.DescribeLifecycleHooksAsync(new DescribeLifecycleHooksRequest { AutoScalingGroupName = "web" }))).LifecycleHooks);
        Assert.Equal(("boot", 300), (hook.LifecycleHookName, hook.HeartbeatTimeout));
        var instances = new List<string>();
        await foreach (var instance in scaling.Paginators.DescribeAutoScalingInstances(new DescribeAutoScalingInstancesRequest()).AutoScalingInstances)
            instances.Add(instance.InstanceId);
        Assert.Equal(group.Instances.Select(i => i.InstanceId).Order(), instances.Order());

        await scaling.DeleteAutoScalingGroupAsync(new DeleteAutoScalingGroupRequest { AutoScalingGroupName = "web", ForceDelete = true });
        Assert.Empty((await scaling.DescribeAutoScalingGroupsAsync(new DescribeAutoScalingGroupsRequest { AutoScalingGroupNames = ["web"] })).AutoScalingGroups ?? []);
    }

    [Fact]
    public async Task A_load_balancer_forwards_by_weight()
    {
        using var ec2 = new AmazonEC2Client(Services.Credentials, moto.Configure(new AmazonEC2Config(), _http));
        using var elb = new AmazonElasticLoadBalancingV2Client(Services.Credentials, moto.Configure(new AmazonElasticLoadBalancingV2Config(), _http));
        var subnets = (await ec2.DescribeSubnetsAsync()).Subnets;

        var balancer = Assert.Single((await _http.CompleteAsync(elb.CreateLoadBalancerAsync(new CreateLoadBalancerRequest { Name = "live", Subnets = [subnets[0].SubnetId, subnets[1].SubnetId] }))).LoadBalancers);
        var blue = await TargetGroupAsync(elb, "blue", subnets[0].VpcId);
        var green = await TargetGroupAsync(elb, "green", subnets[0].VpcId);
        var listener = Assert.Single((await _http.CompleteAsync(elb.CreateListenerAsync(new CreateListenerRequest
        {
            LoadBalancerArn = balancer.LoadBalancerArn,
            Protocol = ProtocolEnum.HTTP,
            Port = 80,
            DefaultActions =
            [
                new Amazon.ElasticLoadBalancingV2.Model.Action
                {
                    Type = ActionTypeEnum.Forward,
                    ForwardConfig = new ForwardActionConfig { TargetGroups = [new TargetGroupTuple { TargetGroupArn = blue, Weight = 90 }, new TargetGroupTuple { TargetGroupArn = green, Weight = 10 }] },
                },
            ],
        }))).Listeners);

        var described = Assert.Single((await _http.CompleteAsync(elb.DescribeListenersAsync(new DescribeListenersRequest { ListenerArns = [listener.ListenerArn] }))).Listeners);
        Assert.Equal([(blue, 90), (green, 10)], described.DefaultActions[0].ForwardConfig.TargetGroups.Select(t => (t.TargetGroupArn, t.Weight!.Value)));
        var instance = (await ec2.RunInstancesAsync(new RunInstancesRequest { ImageId = "ami-12c6146b", MinCount = 1, MaxCount = 1 })).Reservation.Instances[0].InstanceId;
        await elb.RegisterTargetsAsync(new RegisterTargetsRequest { TargetGroupArn = blue, Targets = [new TargetDescription { Id = instance, Port = 8080 }] });
        var health = Assert.Single((await _http.CompleteAsync(elb.DescribeTargetHealthAsync(new DescribeTargetHealthRequest { TargetGroupArn = blue }))).TargetHealthDescriptions);
        Assert.Equal((instance, 8080, TargetHealthStateEnum.Healthy), (health.Target.Id, health.Target.Port, health.TargetHealth.State));
        await _http.CompleteAsync(elb.DescribeLoadBalancersAsync(new Amazon.ElasticLoadBalancingV2.Model.DescribeLoadBalancersRequest { Names = ["live"] }));
        await _http.CompleteAsync(elb.DescribeTargetGroupAttributesAsync(new DescribeTargetGroupAttributesRequest { TargetGroupArn = blue }));

        await Assert.ThrowsAsync<TargetGroupNotFoundException>(() => elb.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest { Names = ["none"] }));
    }

    private async Task<string> TargetGroupAsync(AmazonElasticLoadBalancingV2Client elb, string name, string vpc)
    {
        var made = await _http.CompleteAsync(elb.CreateTargetGroupAsync(new CreateTargetGroupRequest { Name = name, Protocol = ProtocolEnum.HTTP, Port = 80, VpcId = vpc }));
        return Assert.Single(made.TargetGroups).TargetGroupArn;
    }
}
