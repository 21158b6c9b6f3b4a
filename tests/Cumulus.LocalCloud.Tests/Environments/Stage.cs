using Amazon.S3.Model;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.LocalCloud.Tests.Support;

namespace Cumulus.LocalCloud.Tests.Environments;

/// <summary>An environment of its own name in a cloud that others share: network, and web that takes network's output.</summary>
internal sealed class Stage : IDisposable
{
    public const string Network = """
        Parameters: {Words: {Type: String, Default: one}}
        Resources:
          Topic: {Type: AWS::SNS::Topic}
          Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Sub "${Words} of ${Topic.TopicName}"}}
        Outputs: {TopicName: {Value: !GetAtt Topic.TopicName}, Words: {Value: !Ref Words}}
        """;

    public const string Web = """
        Parameters: {TopicName: {Type: String}, CumulusVersion: {Type: String, Default: none}, Secret: {Type: String, NoEcho: true, Default: hush}}
        Resources:
          Text: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Sub "${CumulusVersion} ${TopicName}"}}
        Outputs: {Version: {Value: !Ref CumulusVersion}}
        """;

    private readonly TempFolder _folder = new();

    private Stage(AwsGateways aws, string name) => (Aws, Name) = (aws, name);

    public AwsGateways Aws { get; }

    public string Name { get; }

    public CumulusConfiguration Configuration { get; set; } = null!;

    public string StackName(string stack) => $"{Name}-{stack}";

    public static async Task<Stage> InAsync(CloudFixture cloud)
    {
        AwsGateways aws = await AwsGateways.ConnectAsync(
            new AwsConnection { Region = cloud.Info.Region, EndpointUrl = cloud.Info.Endpoint, Keys = new StaticKeys(cloud.Info.AccessKeyId, cloud.Info.SecretAccessKey) },
            CloudFixture.Within());
        var stage = new Stage(aws, $"e{Guid.NewGuid():N}"[..12]);
        await cloud.S3.PutBucketAsync(new PutBucketRequest { BucketName = $"{stage.Name}-bundles" }, CloudFixture.Within());
        stage.Configure();
        return stage;
    }

    public void Dispose()
    {
        Aws.Dispose();
        _folder.Dispose();
    }

    public string Write(string name, string text)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void SetStack(string name, Func<StackDefinition, StackDefinition> change) =>
        Configuration = Configuration with { Stacks = [.. Configuration.Stacks.Select(s => s.Name == name ? change(s) : s)] };

    public EnvironmentRequest Request(string? version = null) => new() { Configuration = Configuration, Environment = Name, Version = version, TimeLimit = TimeSpan.FromMinutes(2) };

    public EnvironmentDeployer Deployer(IStackService? stacks = null, TimeProvider? clock = null) =>
        new(stacks ?? Aws.Stacks, Aws.Hosts, Aws.Objects, new HookRunner(), Aws.Region, clock ?? TimeProvider.System) { Operations = Aws.StackOperations };

    public Task<EnvironmentDeployment> DeployAsync(string? version = null, Func<EnvironmentRequest, EnvironmentRequest>? change = null)
    {
        EnvironmentRequest request = Request(version);
        return Deployer().DeployAsync(change?.Invoke(request) ?? request, new Silence(), CloudFixture.Within(120));
    }

    public Task<IReadOnlyList<PlannedChange>> CompareAsync(string? version = null) => Deployer().CompareAsync(Request(version), new Silence(), CloudFixture.Within(60));

    private void Configure()
    {
        string file = Write("cumulus.yml", "");
        Configuration = new CumulusConfiguration
        {
            Sources = [file],
            Environments = [new EnvironmentDefinition { Name = Name, Bucket = $"{Name}-bundles", Version = "1.0", Stacks = ["network", "web"], SourceFile = file }],
            Stacks =
            [
                new StackDefinition { Name = "network", Template = Write("network.yml", Network), SourceFile = file },
                new StackDefinition
                {
                    Name = "web",
                    Template = Write("web.yml", Web),
                    SourceFile = file,
                    LinkedParameters = [KeyValuePair.Create("TopicName", new LinkedValue([new LinkedPart(null, new OutputReference("network", "TopicName"))]))],
                },
            ],
            Bundles = [],
            Warnings = [],
        };
    }

    public sealed class Silence : IDeploymentObserver;
}
