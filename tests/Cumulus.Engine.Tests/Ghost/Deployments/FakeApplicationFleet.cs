using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Tests.Ghost.Deployments;

/// <summary>A fleet in memory: instances of one group behind one target group, with commands that change what each has.</summary>
internal sealed class FakeApplicationFleet : IApplicationFleet, IHostCommands
{
    public static readonly Balancer Targets = new("arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/web/1", IsClassic: false);

    private readonly Dictionary<string, (string Command, IReadOnlyList<string> Lines)> _commands = [];
    private readonly HashSet<string> _registered = [];

    public FakeApplicationFleet(int hosts)
    {
        for (int i = 0; i < hosts; i++)
        {
            string id = $"i-{i:00}";
            Instances.Add(new FleetInstance(id, HostPlatform.Linux, $"z{i % 2}", true, true, "web", default));
            _registered.Add(id);
        }
    }

    public List<FleetInstance> Instances { get; } = [];

    /// <summary>What each host has, the newest last.</summary>
    public Dictionary<string, List<string>> Installed { get; } = [];

    /// <summary>Everything that was done, in order.</summary>
    public List<string> Calls { get; } = [];

    public List<string> Suspended { get; } = [];

    /// <summary>Hosts that are unhealthy while they have the version that this names.</summary>
    public Func<string, string?, bool> IsSick { get; set; } = (_, _) => false;

    /// <summary>Hosts on which the install fails.</summary>
    public Func<string, bool> Fails { get; set; } = _ => false;

    /// <summary>Called with each call before it is done; may throw, as a process that is killed there.</summary>
    public Action<string>? Before { get; set; }

    /// <summary>The fewest hosts that were in service at any look.</summary>
    public int Lowest { get; private set; } = int.MaxValue;

    public int InService => _registered.Count(id => !IsSick(id, Current(id)));

    public bool HasBalancer { get; set; } = true;

    public string? Current(string id) => Installed.GetValueOrDefault(id)?.LastOrDefault();

    public Task<IReadOnlyList<FleetInstance>> InstancesAsync(IReadOnlyDictionary<string, string> tags, IReadOnlyList<string> without, CancellationToken cancellationToken)
    {
        Calls.Add($"instances {string.Join(' ', tags.Values)}{(without.Count > 0 ? $" without {string.Join(' ', without)}" : "")}");
        return Task.FromResult<IReadOnlyList<FleetInstance>>([.. Instances]);
    }

    public Task<ScalingGroup?> ScalingGroupAsync(string name, CancellationToken cancellationToken) => Task.FromResult<ScalingGroup?>(new ScalingGroup
    {
        Name = name,
        Min = 0,
        Max = 100,
        Desired = Instances.Count,
        Suspended = [.. Suspended],
        Balancers = HasBalancer ? [Targets] : [],
        Instances = [.. Instances.Select(i => new ScalingInstance(i.InstanceId, i.IsRunning ? "InService" : "Pending", "Healthy"))],
    });

    public Task SuspendAsync(string group, IReadOnlyCollection<string> processes, CancellationToken cancellationToken)
    {
        Do($"suspend {string.Join(' ', processes)}");
        Suspended.AddRange(processes);
        return Task.CompletedTask;
    }

    public Task ResumeAsync(string group, IReadOnlyCollection<string> processes, CancellationToken cancellationToken)
    {
        Do($"resume {string.Join(' ', processes)}");
        Suspended.RemoveAll(processes.Contains);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<TargetState>> TargetsAsync(Balancer balancer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Lowest = Math.Min(Lowest, InService);
        return Task.FromResult<IReadOnlyList<TargetState>>([.. _registered.Select(id => IsSick(id, Current(id))
            ? new TargetState(new TargetId(id, 80), "unhealthy", "Target.ResponseCodeMismatch", "HTTP 502")
            : new TargetState(new TargetId(id, 80), "healthy", null, null))]);
    }

    public Task DeregisterAsync(Balancer balancer, IReadOnlyCollection<TargetId> targets, CancellationToken cancellationToken)
    {
        Do($"out {Names(targets)}");
        _registered.ExceptWith(targets.Select(t => t.InstanceId));
        return Task.CompletedTask;
    }

    public Task RegisterAsync(Balancer balancer, IReadOnlyCollection<TargetId> targets, CancellationToken cancellationToken)
    {
        Do($"in {Names(targets)}");
        _registered.UnionWith(targets.Select(t => t.InstanceId));
        return Task.CompletedTask;
    }

    public Task<TimeSpan> DrainTimeAsync(Balancer balancer, CancellationToken cancellationToken) => Task.FromResult(TimeSpan.FromSeconds(10));

    public Task<string> SendAsync(HostCommandRequest request, CancellationToken cancellationToken)
    {
        Assert.InRange(request.InstanceIds.Count, 1, IHostCommands.MostInstances);
        string[] gone = [.. request.InstanceIds.Where(id => Instances.All(i => i.InstanceId != id))];
        if (gone.Length > 0) throw new CumulusException(ErrorIds.AwsRequestFailed, FailureKind.OperationFailed, $"InvalidInstanceId: {gone[0]}");
        string line = request.Lines.First(l => l.StartsWith("cumulus ", StringComparison.Ordinal) || l.StartsWith("echo", StringComparison.Ordinal));
        bool restores = line.Contains("Restore-GhostModule", StringComparison.Ordinal);
        string id = $"command-{_commands.Count}-{string.Join(',', request.InstanceIds)}";
        Do($"{(restores ? "restore" : "install")} {string.Join(' ', request.InstanceIds)}");
        foreach (string host in request.InstanceIds.Where(h => !Fails(h)))
        {
            List<string> had = Installed.TryGetValue(host, out List<string>? there) ? there : Installed[host] = [];
            string deployment = Word(line, "-Deployment");
            if (!restores) had.Add(deployment);
            else if (had.LastOrDefault() == deployment) had.RemoveAt(had.Count - 1);
        }

        _commands[id] = (line, request.InstanceIds);
        return Task.FromResult(id);
    }

    public Task<IReadOnlyList<HostCommandStatus>> StatusesAsync(string commandId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<HostCommandStatus>>([.. _commands[commandId].Lines.Select(id => new HostCommandStatus(id, StatusOf(commandId, id)))]);
    }

    public Task<HostCommandResult?> ResultAsync(string commandId, string instanceId, CancellationToken cancellationToken)
    {
        bool failed = StatusOf(commandId, instanceId) == "Failed";
        return Task.FromResult<HostCommandResult?>(new HostCommandResult(instanceId, StatusOf(commandId, instanceId), failed ? 1 : 0, failed ? "post_deploy runs\nnginx: unknown directive" : "installed", ""));
    }

    public Task CancelAsync(string commandId, CancellationToken cancellationToken)
    {
        Calls.Add($"cancel {commandId}");
        return Task.CompletedTask;
    }

    // A host on which nothing can be installed can be restored: there is nothing to do.
    private string StatusOf(string commandId, string id) => Fails(id) && !_commands[commandId].Command.Contains("Restore", StringComparison.Ordinal) ? "Failed" : "Success";

    private void Do(string call)
    {
        Before?.Invoke(call);
        Calls.Add(call);
    }

    private static string Names(IEnumerable<TargetId> targets) => string.Join(' ', targets.Select(t => t.InstanceId).Order());

    private static string Word(string line, string option)
    {
        string[] words = line.Split(' ');
        int at = Array.IndexOf(words, option);
        return at < 0 ? "" : words[at + 1].Trim('\'');
    }
}
