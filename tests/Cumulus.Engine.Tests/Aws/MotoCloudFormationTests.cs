using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Environments;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Aws;

[Collection(MotoTests.Name)]
public sealed class MotoCloudFormationTests(MotoServer moto) : IAsyncLifetime, IDisposable
{
    private const string Template = """
        AWSTemplateFormatVersion: "2010-09-09"
        Parameters:
          CumulusVersion: {Type: String}
          Size: {Type: String, Default: small}
        Resources:
          Topic:
            Type: AWS::SNS::Topic
            Properties: {TopicName: !Sub "t-${CumulusVersion}-${Size}"}
        Outputs:
          Name: {Value: !Ref CumulusVersion}

        """;

    private readonly TempFolder _folder = new();
    private readonly string _environment = $"e{Guid.NewGuid():N}";
    private AwsGateways _aws = null!;

    public async Task InitializeAsync() => _aws = await moto.ConnectAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _aws.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_environment_is_created_updated_left_alone_read_and_removed()
    {
        CumulusConfiguration configuration = Configuration();
        var recorder = new Recorder();

        EnvironmentDeployment created = await DeployAsync(configuration, "v1", recorder);
        EnvironmentDeployment again = await DeployAsync(configuration, "v1", recorder);
        EnvironmentDeployment updated = await DeployAsync(configuration, "v2", recorder);

        Assert.Equal([StackAction.Create, StackAction.Unchanged, StackAction.Update], new[] { created, again, updated }.Select(d => d.Stacks.Single().Action));
        Assert.Equal(["CREATE_COMPLETE", "CREATE_COMPLETE", "UPDATE_COMPLETE"], new[] { created, again, updated }.Select(d => d.Stacks.Single().Status));
        Assert.Contains(recorder.Events, e => e.Status == "UPDATE_COMPLETE");

        EnvironmentStack stack = (await new EnvironmentReader(_aws.Stacks, _aws.Region).StacksAsync(configuration, _environment, [], default)).Single();
        Assert.Equal(("UPDATE_COMPLETE", "v2", "eu-west-1"), (stack.Status, stack.Version, stack.Region));
        Assert.Equal(["AWS::SNS::Topic"], (await _aws.Stacks.ResourcesAsync(stack.StackName, default)).Select(r => r.ResourceType));

        var request = new RemovalRequest { Configuration = configuration, Environment = _environment };
        var remover = new EnvironmentRemover(_aws.Stacks, _aws.Region, new AutoClock());
        await remover.RemoveAsync(request, await remover.PlanAsync(request, default), recorder, _ => { }, default);
        Assert.Null(await _aws.Stacks.FindAsync(stack.StackName, default));
        Assert.Empty(await remover.PlanAsync(request, default));
    }

    [Fact]
    public async Task What_is_not_there_is_absent_not_an_error()
    {
        Assert.Null(await _aws.Stacks.FindAsync("no-such-stack", default));
        Assert.Null(await _aws.Stacks.TemplateBodyAsync("no-such-stack", default));
        Assert.Empty(await _aws.Stacks.ResourcesAsync("no-such-stack", default));
        await foreach (StackEventRecord e in _aws.Stacks.EventsAsync("no-such-stack", default)) Assert.Fail(e.ToString());
    }

    [Fact]
    public async Task A_template_tells_its_parameters()
    {
        IReadOnlyList<TemplateParameter> parameters = await _aws.Stacks.ValidateAsync(new TemplateSource(Template, null), default);
        Assert.Equal([("CumulusVersion", null), ("Size", "small")], parameters.Select(p => (p.Name, p.DefaultValue)));
    }

    [Fact]
    public async Task A_broken_template_is_told_with_file_and_stack_before_anything_is_made()
    {
        CumulusConfiguration configuration = Configuration();
        _folder.Write("web.yml", "Resources: {A: [");

        var e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(configuration, "v1", new Recorder()));

        Assert.Equal(ErrorIds.TemplateInvalid, e.ErrorId);
        Assert.Contains(_folder["web.yml"], e.Message);
        Assert.Null(await _aws.Stacks.FindAsync($"{_environment}-web", default));
    }

    [Fact]
    public async Task The_connection_knows_who_it_is()
    {
        AwsIdentity identity = await _aws.IdentityAsync(default);
        Assert.Equal("123456789012", identity.Account);
        Assert.StartsWith("arn:aws:sts::", identity.Arn);
    }

    [Fact]
    public async Task A_role_is_assumed_by_the_given_keys_D33()
    {
        using AwsGateways aws = await AwsGateways.ConnectAsync(moto.Connection with { RoleArn = "arn:aws:iam::123456789012:role/deployer" }, default);
        Assert.Contains(":assumed-role/deployer/cumulus-", (await aws.IdentityAsync(default)).Arn);
        Assert.StartsWith("role arn:aws:iam::123456789012:role/deployer, assumed by given keys", aws.CredentialSource);
        Assert.DoesNotContain("secret", aws.CredentialSource);
    }

    private CumulusConfiguration Configuration()
    {
        string file = _folder["cumulus.conf"];
        return new CumulusConfiguration
        {
            Sources = [file],
            Environments = [new EnvironmentDefinition { Name = _environment, Stacks = ["web"], SourceFile = file }],
            Stacks = [new StackDefinition { Name = "web", Template = _folder.Write("web.yml", Template), Tags = [KeyValuePair.Create("team", "web")], SourceFile = file }],
            Bundles = [],
            Warnings = [],
        };
    }

    private Task<EnvironmentDeployment> DeployAsync(CumulusConfiguration configuration, string version, Recorder recorder) =>
        new EnvironmentDeployer(_aws.Stacks, _aws.Hosts, _aws.Objects, new HookRunner(), _aws.Region, new AutoClock())
            .DeployAsync(new EnvironmentRequest { Configuration = configuration, Environment = _environment, Version = version }, recorder, default);
}
