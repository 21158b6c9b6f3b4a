using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>A fleet by script: what each instance answers at each look.</summary>
public sealed class FakeHostFleet : IHostFleet
{
    private readonly Dictionary<string, Queue<Func<HostCommandResult?>>> _answers = [];

    public List<HostInstance> Instances { get; } = [];

    /// <summary>Platform, instances, lines.</summary>
    public List<(HostPlatform Platform, IReadOnlyList<string> Ids, IReadOnlyList<string> Lines)> Commands { get; } = [];

    public IReadOnlyList<StackResourceRecord> AskedFor { get; private set; } = [];

    public void Answer(string instanceId, string status, int? exitCode = null, string output = "", string error = "") =>
        Queue(instanceId).Enqueue(() => new HostCommandResult(instanceId, status, exitCode, output, error));

    public void NotYet(string instanceId) => Queue(instanceId).Enqueue(() => null);

    public void Fail(string instanceId, CumulusException failure) => Queue(instanceId).Enqueue(() => throw failure);

    public Task<IReadOnlyList<HostInstance>> InstancesAsync(IReadOnlyList<StackResourceRecord> resources, CancellationToken cancellationToken)
    {
        AskedFor = resources;
        return Task.FromResult<IReadOnlyList<HostInstance>>(Instances);
    }

    public Task<string> RunAsync(IReadOnlyList<string> instanceIds, HostPlatform platform, IReadOnlyList<string> lines, TimeSpan timeout, string comment, CancellationToken cancellationToken)
    {
        Commands.Add((platform, instanceIds, lines));
        return Task.FromResult($"command-{Commands.Count}");
    }

    // The last answer stays: a command that has ended has ended, one that hangs hangs.
    public Task<HostCommandResult?> ResultAsync(string commandId, string instanceId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Queue<Func<HostCommandResult?>> queue = Queue(instanceId);
        return Task.FromResult((queue.Count > 1 ? queue.Dequeue() : queue.Peek())());
    }

    private Queue<Func<HostCommandResult?>> Queue(string instanceId) => _answers.TryGetValue(instanceId, out var queue) ? queue : _answers[instanceId] = [];
}
