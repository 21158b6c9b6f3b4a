using System.Diagnostics;
using System.Text;
using Amazon.AutoScaling;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.ElasticLoadBalancingV2;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SimpleSystemsManagement;
using Xunit;

namespace Cumulus.LocalCloud.Tests.Support;

/// <summary>A cloud in this process, shared by the tests of one class.</summary>
public sealed class CloudFixture : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("localcloud-").FullName;
    private LocalCloudServer? _server;

    /// <summary>What is to be other than usual.</summary>
    public Func<LocalCloudOptions, LocalCloudOptions> Change { get; init; } = options => options;

    public LocalCloudInfo Info => _server!.Info;

    public AmazonS3Client S3 { get; private set; } = null!;

    public AmazonEC2Client Ec2 { get; private set; } = null!;

    public AmazonCloudFormationClient CloudFormation { get; private set; } = null!;

    public AmazonAutoScalingClient AutoScaling { get; private set; } = null!;

    public AmazonElasticLoadBalancingV2Client Balancing { get; private set; } = null!;

    public AmazonSimpleSystemsManagementClient Ssm { get; private set; } = null!;

    public BasicAWSCredentials Credentials => new(Info.AccessKeyId, Info.SecretAccessKey);

    public static CancellationToken Within(int seconds = 30) => new CancellationTokenSource(TimeSpan.FromSeconds(seconds)).Token;

    public async Task InitializeAsync()
    {
        var command = Path.Combine(_folder, "fake-cumulus");
        await File.WriteAllTextAsync(command, "#!/bin/sh\necho \"fake cumulus: $*\"\n");
        _server = await LocalCloudServer.StartAsync(Change(new LocalCloudOptions
        {
            Path = Path.Combine(_folder, "cloud"),
            CumulusCommand = ["/bin/sh", command, "--as given"],
            ReconcileInterval = TimeSpan.FromMilliseconds(200),
        }), CancellationToken.None);
        S3 = new AmazonS3Client(Credentials, With(new AmazonS3Config { ForcePathStyle = true }));
        Ec2 = new AmazonEC2Client(Credentials, With(new AmazonEC2Config()));
        CloudFormation = new AmazonCloudFormationClient(Credentials, With(new AmazonCloudFormationConfig()));
        AutoScaling = new AmazonAutoScalingClient(Credentials, With(new AmazonAutoScalingConfig()));
        Balancing = new AmazonElasticLoadBalancingV2Client(Credentials, With(new AmazonElasticLoadBalancingV2Config()));
        Ssm = new AmazonSimpleSystemsManagementClient(Credentials, With(new AmazonSimpleSystemsManagementConfig()));
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        foreach (var client in new IDisposable?[] { S3, Ec2, CloudFormation, AutoScaling, Balancing, Ssm })
            client?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public T With<T>(T config)
        where T : ClientConfig
    {
        config.ServiceURL = Info.Endpoint;
        config.AuthenticationRegion = Info.Region;
        return config;
    }

    public async Task<string> RunInstanceAsync(string userData, params (string Key, string Value)[] tags)
    {
        var answer = await Ec2.RunInstancesAsync(new RunInstancesRequest
        {
            ImageId = "ami-0123456789abcdef0",
            InstanceType = InstanceType.T3Micro,
            MinCount = 1,
            MaxCount = 1,
            UserData = Convert.ToBase64String(Encoding.UTF8.GetBytes(userData)),
            TagSpecifications = tags.Length == 0 ? null :
            [
                new TagSpecification { ResourceType = "instance", Tags = [.. tags.Select(tag => new Amazon.EC2.Model.Tag { Key = tag.Key, Value = tag.Value })] },
            ],
        }, Within());
        return answer.Reservation.Instances[0].InstanceId;
    }

    /// <summary>Starts an instance and waits until its user data has ended.</summary>
    public async Task<LocalCloudHost> BootAsync(string userData, params (string Key, string Value)[] tags)
    {
        var id = await RunInstanceAsync(userData, tags);
        return await HostAsync(id, host => host.State == LocalCloudHostState.Running);
    }

    public async Task<LocalCloudHost> HostAsync(string instanceId, Func<LocalCloudHost, bool> condition)
    {
        LocalCloudHost? found = null;
        await UntilAsync(async () =>
        {
            found = (await _server!.GetHostsAsync(Within())).FirstOrDefault(host => host.InstanceId == instanceId);
            return found is not null && condition(found);
        }, () => $"{instanceId} is {found?.State.ToString() ?? "unknown"}");
        return found!;
    }

    /// <summary>Sends a command to a host, without waiting for its end.</summary>
    public Task RunOnAsync(string instanceId, string command) => Ssm.SendCommandAsync(new Amazon.SimpleSystemsManagement.Model.SendCommandRequest
    {
        DocumentName = "AWS-RunShellScript",
        InstanceIds = [instanceId],
        Parameters = new() { ["commands"] = [command] },
    }, Within());

    public async Task<IReadOnlyList<LocalCloudHost>> HostsAsync() => await _server!.GetHostsAsync(Within());

    /// <summary>Runs the <c>aws</c> command and returns what it prints.</summary>
    public async Task<string> AwsAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAwsAsync(arguments);
        Assert.True(exitCode == 0, errors);
        return output;
    }

    /// <summary>Runs the <c>aws</c> command, which is to fail at its first try, and returns its complaint.</summary>
    public async Task<string> AwsFailureAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAwsAsync(arguments, ("AWS_MAX_ATTEMPTS", "1"));
        Assert.True(exitCode != 0, output);
        return errors;
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunAwsAsync(string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("aws", [.. arguments, "--endpoint-url", Info.Endpoint])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["AWS_ACCESS_KEY_ID"] = Info.AccessKeyId,
                ["AWS_SECRET_ACCESS_KEY"] = Info.SecretAccessKey,
                ["AWS_DEFAULT_REGION"] = Info.Region,
            },
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Within(120));
        var errors = process.StandardError.ReadToEndAsync(Within(120));
        await process.WaitForExitAsync(Within(120));
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Waits until no operation on the stack is under way, and gives it; a deleted one must be named by its id.</summary>
    public async Task<Stack> SettledAsync(string stackName)
    {
        Stack? stack = null;
        await UntilAsync(async () =>
        {
            stack = (await CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stackName }, Within())).Stacks[0];
            return !stack.StackStatus.Value.EndsWith("_IN_PROGRESS", StringComparison.Ordinal);
        }, () => $"{stackName} is {stack?.StackStatus.Value}");
        return stack!;
    }

    /// <summary>Creates a stack and waits for its end, whichever that is.</summary>
    public async Task<Stack> CreateAsync(string stackName, string template, params (string Key, string Value)[] parameters)
    {
        var answer = await CloudFormation.CreateStackAsync(new CreateStackRequest
        {
            StackName = stackName,
            TemplateBody = template,
            Capabilities = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters = [.. parameters.Select(pair => new Parameter { ParameterKey = pair.Key, ParameterValue = pair.Value })],
        }, Within());
        return await SettledAsync(answer.StackId);
    }

    public async Task<Stack> UpdateAsync(string stackName, string template, params (string Key, string Value)[] parameters)
    {
        var answer = await CloudFormation.UpdateStackAsync(new UpdateStackRequest
        {
            StackName = stackName,
            TemplateBody = template,
            Capabilities = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters = [.. parameters.Select(pair => new Parameter { ParameterKey = pair.Key, ParameterValue = pair.Value })],
        }, Within());
        return await SettledAsync(answer.StackId);
    }

    /// <param name="stackId">The id: a stack that is gone has no name.</param>
    public async Task<Stack> DeleteAsync(string stackId)
    {
        await CloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = stackId }, Within());
        return await SettledAsync(stackId);
    }

    /// <summary>Makes a change set and waits until it is known what it would do.</summary>
    public async Task<DescribeChangeSetResponse> CreateSetAsync(CreateChangeSetRequest request)
    {
        var made = await CloudFormation.CreateChangeSetAsync(request, Within());
        DescribeChangeSetResponse? set = null;
        await UntilAsync(async () =>
        {
            set = await CloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { ChangeSetName = made.Id, IncludePropertyValues = true }, Within());
            return set.Status.Value is "CREATE_COMPLETE" or "FAILED";
        }, () => $"change set is {set?.Status.Value}");
        return set!;
    }

    /// <summary>Executes a change set and waits until its stack is at rest.</summary>
    public async Task<Stack> ExecuteAsync(DescribeChangeSetResponse set)
    {
        await CloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = set.ChangeSetId }, Within());
        return await SettledAsync(set.StackId);
    }

    public async Task<StackResourceDetail> ResourceAsync(string stack, string logicalId) => (await CloudFormation.DescribeStackResourceAsync(
        new DescribeStackResourceRequest { StackName = stack, LogicalResourceId = logicalId }, Within())).StackResourceDetail;

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<StackEvent>> EventsAsync(string stackName)
    {
        var events = new List<StackEvent>();
        string? next = null;
        do
        {
            var page = await CloudFormation.DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = stackName, NextToken = next }, Within());
            events.AddRange(page.StackEvents);
            next = page.NextToken;
        }
        while (next is not null);
        events.Reverse();
        return events;
    }

    public LocalCloudServer Server => _server!;

    public LocalCloudFault AddFault(LocalCloudFault fault) => _server!.SetFault(fault);

    public void ClearFaults() => _server!.RemoveFaults();

    /// <summary>Looks at the real things of a stack, and gives those that are not as the stack has made them.</summary>
    public async Task<IReadOnlyList<StackResourceDrift>> DriftedAsync(string stackName)
    {
        var begun = await CloudFormation.DetectStackDriftAsync(new DetectStackDriftRequest { StackName = stackName }, Within());
        DescribeStackDriftDetectionStatusResponse? status = null;
        await UntilAsync(async () =>
        {
            status = await CloudFormation.DescribeStackDriftDetectionStatusAsync(new DescribeStackDriftDetectionStatusRequest { StackDriftDetectionId = begun.StackDriftDetectionId }, Within());
            return status.DetectionStatus != "DETECTION_IN_PROGRESS";
        }, () => "still looking");
        Assert.Equal(("DETECTION_COMPLETE", null), (status!.DetectionStatus.Value, (string?)status.DetectionStatusReason));
        var found = await CloudFormation.DescribeStackResourceDriftsAsync(
            new DescribeStackResourceDriftsRequest { StackName = stackName, StackResourceDriftStatusFilters = ["MODIFIED", "DELETED"] }, Within());
        return found.StackResourceDrifts ?? [];
    }

    public static string NewName() => $"stack-{Guid.NewGuid():N}"[..20];

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> state)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Not within {Limit.TotalSeconds} s: {state()}");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
