using System.Reflection;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>The shape of the official packages (AWS SDK for .NET, version 4), so that they can take the place of these clients.</summary>
public sealed class CompatibilityTests
{
    [Fact]
    public void Departures_of_the_official_EC2_package_are_kept()
    {
        Assert.Equal(typeof(Reservation), Property<RunInstancesResponse>("Reservation"));
        Assert.Equal(typeof(bool?), Property<RunInstancesRequest>("Monitoring"));
        Assert.Equal(typeof(bool?), Property<RunInstancesRequest>("DryRun"));
        Assert.Equal(typeof(List<IpRange>), Property<IpPermission>("Ipv4Ranges"));
        Assert.Equal(typeof(InstanceStatusSummary), Property<InstanceStatus>("Status"));
        Assert.Equal(typeof(InstanceAttribute), Property<DescribeInstanceAttributeResponse>("InstanceAttribute"));
        Assert.Equal(typeof(string), Property<ImportKeyPairRequest>("PublicKeyMaterial"));
    }

    [Fact]
    public void Values_are_nullable_and_collections_null()
    {
        var stack = new Stack();

        Assert.Null(stack.CreationTime);
        Assert.Null(stack.Parameters);
        Assert.Equal(typeof(DateTime?), Property<Stack>("CreationTime"));
        Assert.Equal(typeof(List<string>), Property<Stack>("Capabilities"));
        Assert.Equal(typeof(StackStatus), Property<Stack>("StackStatus"));
        Assert.Equal(typeof(string), Property<Stack>("RoleARN"));
    }

    [Fact]
    public void Constants_compare_by_value_and_take_strings()
    {
        StackStatus status = "CREATE_COMPLETE";

        Assert.Same(StackStatus.CREATE_COMPLETE, status);
        Assert.Equal("t3.micro", InstanceType.T3Micro.Value);
        Assert.True(status == "CREATE_COMPLETE");
    }

    [Fact]
    public void Faults_are_exceptions_of_their_service() => Assert.Equal(typeof(AmazonCloudFormationException), typeof(AlreadyExistsException).BaseType);

    [Fact]
    public async Task A_test_replaces_an_operation_by_overriding_it()
    {
        using var client = new FakeCloudFormation();

        Assert.Equal("fake", (await client.DescribeStacksAsync()).Stacks.Single().StackName);
        var names = new List<string>();
        await foreach (var stack in client.Paginators.DescribeStacks(new DescribeStacksRequest()).Stacks)
            names.Add(stack.StackName);
        Assert.Equal(["fake"], names);
    }

    [Fact]
    public void A_client_can_be_made_by_its_interface_alone()
    {
        using var client = Assert.IsType<AmazonCloudFormationClient>(
            Make<IAmazonCloudFormation>(new AmazonCloudFormationConfig { ServiceURL = "http://localhost:1" }));

        Assert.Equal("http://localhost:1/", client.Config.ServiceURL);
    }

    [Fact]
    public void Nothing_of_the_plumbing_is_public()
    {
        var types = typeof(AmazonCloudFormationClient).Assembly.GetExportedTypes();

        Assert.All(types, type => Assert.StartsWith("Amazon.", type.Namespace, StringComparison.Ordinal));
    }

    private static IAmazonService Make<T>(ClientConfig config) where T : IAmazonService => T.CreateDefaultServiceClient(Services.Credentials, config);

    private static Type Property<T>(string name) => typeof(T).GetProperty(name, BindingFlags.Public | BindingFlags.Instance)!.PropertyType;

    private sealed class FakeCloudFormation() : AmazonCloudFormationClient(Services.Credentials, new AmazonCloudFormationConfig { ServiceURL = "http://localhost:1" })
    {
        public override Task<DescribeStacksResponse> DescribeStacksAsync(DescribeStacksRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult(new DescribeStacksResponse { Stacks = [new Stack { StackName = "fake" }] });
    }
}
