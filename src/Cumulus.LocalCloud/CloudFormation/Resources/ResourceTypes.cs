namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>The types that something real is made of; every other known type is a record.</summary>
internal static class ResourceTypes
{
    private static readonly Dictionary<string, ResourceType> Real = new()
    {
        ["AWS::AutoScaling::AutoScalingGroup"] = new AutoScalingGroupType(),
        ["AWS::AutoScaling::LifecycleHook"] = new LifecycleHookType(),
        ["AWS::CloudWatch::Alarm"] = new AlarmType(),
        ["AWS::EC2::Instance"] = new InstanceType(),
        ["AWS::EC2::LaunchTemplate"] = new LaunchTemplateType(),
        ["AWS::EC2::SecurityGroup"] = new SecurityGroupType(),
        ["AWS::EC2::Subnet"] = new SubnetType(),
        ["AWS::EC2::VPC"] = new VpcType(),
        ["AWS::ElasticLoadBalancingV2::Listener"] = new ListenerType(),
        ["AWS::ElasticLoadBalancingV2::ListenerRule"] = new ListenerRuleType(),
        ["AWS::ElasticLoadBalancingV2::LoadBalancer"] = new LoadBalancerType(),
        ["AWS::ElasticLoadBalancingV2::TargetGroup"] = new TargetGroupType(),
        ["AWS::IAM::InstanceProfile"] = new InstanceProfileType(),
        ["AWS::IAM::Policy"] = new PolicyType(),
        ["AWS::IAM::Role"] = new RoleType(),
        ["AWS::S3::Bucket"] = new BucketType(),
        ["AWS::SNS::Topic"] = new TopicType(),
        ["AWS::SQS::Queue"] = new QueueType(),
        ["AWS::SSM::Parameter"] = new ParameterType(),
    };

    public static bool IsReal(string type) => Real.ContainsKey(type);

    /// <summary>Of a type that <see cref="TypeTable"/> knows.</summary>
    public static ResourceType Find(string type) => Real.GetValueOrDefault(type) ?? new RecordedType(TypeTable.Find(type)!);
}
