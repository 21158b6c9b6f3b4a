namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>
/// All resource types of the CloudFormation registry with what the engine has to know of them: which changes of properties mean replacement, which
/// properties are required, which attributes there are. resource-types.py says where the facts come from.
/// </summary>
internal static class TypeTable
{
    // Attributes that the pages of these types name under "Return values" and their schemas do not
    // (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html).
    private static readonly Dictionary<string, string[]> Older = new()
    {
        ["AWS::AutoScaling::AutoScalingGroup"] = ["Arn"],
        ["AWS::EC2::Instance"] = ["AvailabilityZone"],
        ["AWS::EC2::SecurityGroup"] = ["VpcId"],
        ["AWS::EC2::Subnet"] = ["AvailabilityZone", "CidrBlock", "VpcId"],
        ["AWS::EC2::VPC"] = ["CidrBlock"],
        ["AWS::ElasticLoadBalancing::LoadBalancer"] = ["CanonicalHostedZoneName", "CanonicalHostedZoneNameID", "DNSName"],
        ["AWS::ElasticLoadBalancingV2::LoadBalancer"] = ["SecurityGroups"],
        ["AWS::SNS::Topic"] = ["TopicName"],
        ["AWS::SQS::Queue"] = ["QueueName"],
        ["AWS::SSM::Parameter"] = ["Type", "Value"],
    };

    private static readonly Lazy<IReadOnlyDictionary<string, TypeFacts>> Types = new(Read);

    public static bool IsKnown(string type) => Find(type) is not null;

    public static TypeFacts? Find(string type) =>
        type.StartsWith("Custom::", StringComparison.Ordinal)
            ? new TypeFacts(type, "", new HashSet<string> { "ServiceToken" }, new HashSet<string>(), ["ServiceToken"], [], [], new Dictionary<string, char>())
            : Types.Value.GetValueOrDefault(type);

    public static IReadOnlyList<string> OlderAttributes(string type) => Older.GetValueOrDefault(type) ?? [];

    private static Dictionary<string, TypeFacts> Read()
    {
        using var stream = typeof(TypeTable).Assembly.GetManifestResourceStream("resource-types.txt")!;
        using var reader = new StreamReader(stream);
        var types = new Dictionary<string, TypeFacts>();
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split('|');
            types[parts[0]] = new TypeFacts(parts[0], parts[1], Names(parts[2]).ToHashSet(), Names(parts[3]).ToHashSet(), Names(parts[4]), Names(parts[5]),
                Names(parts[6]), Names(parts[7]).Select(name => name.Split(':')).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1][0] : ' '));
        }
        return types;
    }

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
