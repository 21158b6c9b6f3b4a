using Amazon;
using Amazon.AutoScaling;
using Amazon.CloudFormation;
using Amazon.EC2;
using Amazon.ElasticLoadBalancing;
using Amazon.ElasticLoadBalancingV2;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Amazon.SimpleSystemsManagement;

namespace Cumulus.Engine.Aws;

/// <summary>Who the connection is.</summary>
/// <param name="Account">Twelve digits.</param>
public sealed record AwsIdentity(string Account, string Arn, string UserId);

/// <summary>The gateways of one connection. Clients are made when they are first needed.</summary>
public sealed class AwsGateways : IDisposable
{
    private const int Retries = 3;

    private readonly ResolvedCredentials _credentials;
    private readonly Lazy<AmazonS3Client> _s3;
    private readonly Lazy<AmazonCloudFormationClient> _cloudFormation;
    private readonly string? _endpointUrl;
    private readonly Lazy<FleetClients> _fleet;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, FleetClients> _elsewhere = new(StringComparer.Ordinal);
    private readonly Lazy<BalancerClients> _balancers;
    private readonly Lazy<AmazonKeyManagementServiceClient> _kms;
    private readonly Lazy<AmazonSecurityTokenServiceClient> _sts;

    private AwsGateways(ResolvedCredentials credentials, ResolvedRegion region, string? endpointUrl)
    {
        _credentials = credentials;
        _endpointUrl = endpointUrl;
        Region = region.Region;
        RegionSource = region.Source;
        EndpointUrl = endpointUrl ?? FromEnvironment("AWS_ENDPOINT_URL");
        _s3 = new(() => new AmazonS3Client(credentials.Credentials, Configure(new AmazonS3Config { ForcePathStyle = UsesOwnEndpoint(endpointUrl) }, Region, endpointUrl)));
        _cloudFormation = new(() => new AmazonCloudFormationClient(credentials.Credentials, Configure(new AmazonCloudFormationConfig(), Region, endpointUrl)));
        _fleet = new(() => MakeFleet(Region));
        _balancers = new(() => new BalancerClients(
            new AmazonElasticLoadBalancingV2Client(credentials.Credentials, Configure(new AmazonElasticLoadBalancingV2Config(), Region, endpointUrl)),
            new AmazonElasticLoadBalancingClient(credentials.Credentials, Configure(new AmazonElasticLoadBalancingConfig(), Region, endpointUrl))));
        _kms = new(() => new AmazonKeyManagementServiceClient(credentials.Credentials, Configure(new AmazonKeyManagementServiceConfig(), Region, endpointUrl)));
        _sts = new(() => Sts(credentials.Credentials, Region, endpointUrl));
    }

    /// <summary>AWS region code that all gateways work in.</summary>
    public string Region { get; }

    /// <summary>Where the region came from, for a verbose stream.</summary>
    public string RegionSource { get; }

    /// <summary>Where the credentials came from, for a verbose stream. Never a secret.</summary>
    public string CredentialSource => _credentials.Source;

    /// <summary>The one endpoint of all services, given or from <c>AWS_ENDPOINT_URL</c>; null: each service's own.</summary>
    public string? EndpointUrl { get; }

    public IObjectStore Objects => new S3ObjectStore(_s3.Value, Where(_s3.Value, "s3"));

    public IStackService Stacks => new CloudFormationStackService(CloudFormation());

    public IStackOperations StackOperations => new CloudFormationStackOperations(CloudFormation());

    public IHostFleet Hosts => new SsmHostFleet(_fleet.Value.Ec2, _fleet.Value.AutoScaling, _fleet.Value.Ssm, Where(_fleet.Value.Ssm, "ec2, autoscaling and ssm"));

    public IHostCommands Commands => new SsmHostFleet(_fleet.Value.Ec2, _fleet.Value.AutoScaling, _fleet.Value.Ssm, Where(_fleet.Value.Ssm, "ec2, autoscaling and ssm"));

    public IApplicationFleet Fleet => new Ec2ApplicationFleet(
        _fleet.Value.Ec2, _fleet.Value.AutoScaling, _balancers.Value.V2, _balancers.Value.Classic,
        new SsmHostFleet(_fleet.Value.Ec2, _fleet.Value.AutoScaling, _fleet.Value.Ssm, Where(_fleet.Value.Ssm, "ssm")), Where(_fleet.Value.Ec2, "ec2, autoscaling and elasticloadbalancing"));

    public IMachineCatalog Machines => new Ec2MachineCatalog(_fleet.Value.Ec2, _fleet.Value.AutoScaling, Where(_fleet.Value.Ec2, "ec2 and autoscaling"));

    public IImageService Images => ImagesIn(Region);

    /// <summary>Images of another region, with the same credentials.</summary>
    public IImageService ImagesIn(string region)
    {
        FleetClients clients = region == Region ? _fleet.Value : _elsewhere.GetOrAdd(region, MakeFleet);
        return new Ec2ImageService(clients.Ec2, clients.AutoScaling, clients.Ssm, region, Where(clients.Ec2, "ec2, autoscaling and ssm"));
    }

    public IHostSignals Signals => new AwsHostSignals(_cloudFormation.Value, _fleet.Value.AutoScaling, Where(_cloudFormation.Value, "cloudformation and autoscaling"));

    public ISigningKeys SigningKeys => new KmsSigningKeys(_kms.Value, Where(_kms.Value, "kms"));

    /// <summary>Finds credentials and region. No service is called but those that give credentials.</summary>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.CredentialsNotFound"/>, <see cref="ErrorIds.CredentialsRejected"/>, <see cref="ErrorIds.RegionMissing"/>,
    /// <see cref="ErrorIds.ConfigurationInvalid"/> (an endpoint that is no address)
    /// </exception>
    /// <param name="instance">For a program that runs on an instance by itself: the role there comes before the SDK's own chain. Null: the chain alone.</param>
    public static async Task<AwsGateways> ConnectAsync(AwsConnection connection, CancellationToken cancellationToken, InstanceMetadata? instance = null)
    {
        if (connection.EndpointUrl is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"))
        {
            throw new CumulusException(ErrorIds.ConfigurationInvalid, FailureKind.InvalidInput, $"'{url}' is no endpoint: an address such as http://127.0.0.1:4566 is needed.") { Target = url };
        }

        ResolvedRegion region = await AwsCredentialResolver.RegionAsync(connection, cancellationToken);
        ResolvedCredentials credentials = await AwsCredentialResolver.CredentialsAsync(connection, c => Sts(c, region.Region, connection.EndpointUrl), cancellationToken, instance);
        return new AwsGateways(credentials, region, connection.EndpointUrl);
    }

    /// <summary>Asks STS who the caller is.</summary>
    /// <exception cref="CumulusException">As <see cref="IObjectStore"/>.</exception>
    public Task<AwsIdentity> IdentityAsync(CancellationToken cancellationToken) =>
        AwsErrors.GuardAsync(
            new AwsCall("STS", "GetCallerIdentity", Where(_sts.Value, "sts")),
            async () =>
            {
                GetCallerIdentityResponse answer = await _sts.Value.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancellationToken);
                return new AwsIdentity(answer.Account, answer.Arn, answer.UserId);
            },
            cancellationToken);

    public void Dispose()
    {
        foreach (FleetClients clients in _elsewhere.Values) clients.Dispose();
        Release(_s3);
        Release(_cloudFormation);
        Release(_kms);
        Release(_sts);
        Release(_fleet);
        Release(_balancers);
        (_credentials.Credentials as RoleCredentials)?.Dispose();
    }

    // One budget for all that a process asks of the region: accounts are not told apart, which only makes it gentler.
    private CloudFormationCalls CloudFormation()
    {
        string where = Where(_cloudFormation.Value, "cloudformation");
        return new CloudFormationCalls(_cloudFormation.Value, where, ApiBudget.Of(where));
    }

    private FleetClients MakeFleet(string region) => new(
        new AmazonEC2Client(_credentials.Credentials, Configure(new AmazonEC2Config(), region, _endpointUrl)),
        new AmazonAutoScalingClient(_credentials.Credentials, Configure(new AmazonAutoScalingConfig(), region, _endpointUrl)),
        new AmazonSimpleSystemsManagementClient(_credentials.Credentials, Configure(new AmazonSimpleSystemsManagementConfig(), region, _endpointUrl)));

    private static void Release<T>(Lazy<T> client)
        where T : IDisposable
    {
        if (client.IsValueCreated)
        {
            client.Value.Dispose();
        }
    }

    private static AmazonSecurityTokenServiceClient Sts(AWSCredentials credentials, string region, string? endpointUrl) =>
        new(credentials, Configure(new AmazonSecurityTokenServiceConfig(), region, endpointUrl));

    private static T Configure<T>(T config, string region, string? endpointUrl)
        where T : ClientConfig
    {
        if (endpointUrl is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        else
        {
            config.ServiceURL = endpointUrl;
        }

        // An address, given or from AWS_ENDPOINT_URL, tells no region: what is signed for is said apart.
        config.AuthenticationRegion = region;
        config.RetryMode = RequestRetryMode.Standard;
        config.MaxErrorRetry = Retries;
        return config;
    }

    // A local AWS has one host name: the bucket has to stand in the path.
    private static bool UsesOwnEndpoint(string? endpointUrl) =>
        endpointUrl is not null
        || FromEnvironment("AWS_ENDPOINT_URL") is not null
        || FromEnvironment("AWS_ENDPOINT_URL_S3") is not null;

    private static string? FromEnvironment(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    // What stands in the client's configuration may have come from AWS_ENDPOINT_URL.
    private string Where(AmazonServiceClient client, string service) => client.Config.ServiceURL is { Length: > 0 } url ? url : $"{service}.{Region}";

    private sealed record FleetClients(AmazonEC2Client Ec2, AmazonAutoScalingClient AutoScaling, AmazonSimpleSystemsManagementClient Ssm) : IDisposable
    {
        public void Dispose()
        {
            Ec2.Dispose();
            AutoScaling.Dispose();
            Ssm.Dispose();
        }
    }

    private sealed record BalancerClients(AmazonElasticLoadBalancingV2Client V2, AmazonElasticLoadBalancingClient Classic) : IDisposable
    {
        public void Dispose()
        {
            V2.Dispose();
            Classic.Dispose();
        }
    }
}
