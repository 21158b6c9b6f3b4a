using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost.Rollouts;
using Cumulus.Engine.Tests.Ghost.Deployments;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost.Rollouts;

public sealed class HostScriptTests
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task A_thousand_hosts_are_told_fifty_at_a_time()
    {
        var fleet = new FakeApplicationFleet(1000);

        IReadOnlyList<HostOutcome> outcomes = await Scripts(fleet).RunAsync(Hosts(fleet), Script(), default);

        Assert.Equal(1000, outcomes.Count(o => o.Succeeded));
        Assert.Equal(20, fleet.Calls.Count(c => c.StartsWith("install", StringComparison.Ordinal)));
        Assert.Equal(1000, _log.Count);
    }

    [Fact]
    public async Task Output_beyond_what_SSM_keeps_comes_from_the_bucket()
    {
        var objects = new FakeObjectStore();
        var commands = new LongOutput(objects);

        HostOutcome outcome = Assert.Single(await new HostScripts(commands, objects, new HastyClock(), (_, line) => _log.Add(line)).RunAsync([("i-1", HostPlatform.Linux)], Script() with { OutputBucket = "bucket" }, default));

        Assert.Equal(3000, _log.Count);
        Assert.Equal("line 2999", outcome.LastLines[^1]);
        Assert.Equal(8, outcome.LastLines.Count);
    }

    [Fact]
    public async Task A_command_that_never_ends_is_given_up_and_told_to_end()
    {
        var commands = new LongOutput(new FakeObjectStore()) { NeverEnds = true };

        HostOutcome outcome = Assert.Single(await new HostScripts(commands, null, new HastyClock(), (_, line) => _log.Add(line)).RunAsync([("i-1", HostPlatform.Linux)], Script(), default));

        Assert.Equal("TimedOut", outcome.Status);
        Assert.Equal(["c"], commands.Cancelled);
    }

    private HostScripts Scripts(FakeApplicationFleet fleet) => new(fleet, null, new HastyClock(), (_, line) => _log.Add(line));

    private static (string, HostPlatform)[] Hosts(FakeApplicationFleet fleet) => [.. fleet.Instances.Select(i => (i.InstanceId, i.Platform))];

    private static HostScript Script() => new() { Lines = _ => ["echo -Deployment 'd'"], Comment = "test", TimeLimit = TimeSpan.FromMinutes(5) };

    private sealed class LongOutput(FakeObjectStore objects) : IHostCommands
    {
        public bool NeverEnds { get; init; }

        public List<string> Cancelled { get; } = [];

        public Task<string> SendAsync(HostCommandRequest request, CancellationToken cancellationToken)
        {
            objects[$"{request.OutputPrefix}/c/i-1/awsrunShellScript/0.awsrunShellScript/stdout"] = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 3000).Select(i => $"line {i}\n")));
            return Task.FromResult("c");
        }

        public Task<IReadOnlyList<HostCommandStatus>> StatusesAsync(string commandId, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<HostCommandStatus>>([new HostCommandStatus("i-1", NeverEnds ? "InProgress" : "Success")]);

        public Task<HostCommandResult?> ResultAsync(string commandId, string instanceId, CancellationToken cancellationToken) =>
            Task.FromResult<HostCommandResult?>(new HostCommandResult("i-1", "Success", 0, new string('x', 24_000), ""));

        public Task CancelAsync(string commandId, CancellationToken cancellationToken)
        {
            Cancelled.Add(commandId);
            return Task.CompletedTask;
        }
    }
}
