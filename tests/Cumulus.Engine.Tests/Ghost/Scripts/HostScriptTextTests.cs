using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Ghost.Rollouts;
using Cumulus.Engine.Ghost.Scripts;
using Cumulus.Engine.Jobs;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Ghost.Deployments;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost.Scripts;

public sealed class HostScriptTextTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [NeedsTheory(Need.Unix)]
    [InlineData("echo \"$0\" > told.sh; echo \"$A|$(pwd)\"; exit 3")]
    [InlineData("#!/bin/sh\r\necho \"$0\" > told.sh; echo \"$A|$(pwd)\"; exit 3\r\n")]
    public void G17_a_script_runs_as_it_was_given_and_does_not_stay(string script)
    {
        const string Value = "it's \"$(touch x)\" `y` €";
        string lines = string.Join('\n', HostScriptText.Lines(HostPlatform.Linux, script, _temp.Path, new Dictionary<string, string> { ["A"] = Value }, null, null));

        (int exitCode, string output) = Programs.Try("/bin/sh", "-c", lines);

        Assert.Equal((3, $"{Value}|{_temp.Path}\n"), (exitCode, output));
        Assert.False(File.Exists(_temp.Read("told.sh").Trim()));
        Assert.Single(Directory.GetFileSystemEntries(_temp.Path));
    }

    [Fact]
    public void A_value_with_a_line_break_is_refused() =>
        Assert.Equal(ErrorIds.ConfigurationInvalid, Assert.Throws<CumulusException>(() => HostScriptText.Lines(HostPlatform.Linux, "x", null, new Dictionary<string, string> { ["A"] = "1\n2" }, null, null)).ErrorId);

    [Fact]
    public void On_Windows_the_script_is_a_file_of_PowerShell_that_goes()
    {
        IReadOnlyList<string> lines = HostScriptText.Lines(HostPlatform.Windows, "Get-Date", @"C:\it's", new Dictionary<string, string>(), null, null);

        Assert.Contains(@"Set-Location -LiteralPath 'C:\it''s'", lines);
        Assert.Contains("Remove-Item -LiteralPath $cumulusScript", lines[^1]);
    }

    [Fact]
    public async Task G17_an_unknown_module_is_an_error_and_nothing_runs_as_root()
    {
        var fleet = new FakeApplicationFleet(2);
        GhostScriptRequest request = Request() with { Module = "nope" };

        var e = await Assert.ThrowsAsync<JobAbortedException>(() => new GhostScriptRunner(fleet, fleet, null, new HastyClock()).RunAsync(request, Job()));

        Assert.Equal(ErrorIds.ModuleNotFound, e.ErrorId);
        Assert.Empty(fleet.Calls);
    }

    [Fact]
    public async Task The_group_after_a_failure_is_not_started()
    {
        var fleet = new ScriptFleet();

        IReadOnlyList<GhostScriptResult> results = await new GhostScriptRunner(new FakeApplicationFleet(3), fleet, null, new HastyClock()).RunAsync(Request(), Job());

        Assert.Equal(["Success", "Failed", "NotStarted"], results.Select(r => r.Status));
        Assert.Contains("First i-02, exit code 5: no such thing", GhostScriptRunner.Failure(Request().Application.Key, results)!.Message);
    }

    private static GhostScriptRequest Request() => new() { Application = Applications.Read(Applications.Minimal), Script = "id", Strategy = RolloutStrategy.Parse("1by1"), User = "ci" };

    private static RunningJob Job() => new("j", new JobLog(new BucketStateStore(new FakeObjectStore(), "b"), "web/prod/front", "j", new HastyClock(), new SecretRedaction([]), null), default);

    /// <summary>The second command fails.</summary>
    private sealed class ScriptFleet : IHostCommands
    {
        private readonly List<string> _sent = [];

        public Task<string> SendAsync(HostCommandRequest request, CancellationToken cancellationToken)
        {
            _sent.Add(request.InstanceIds[0]);
            return Task.FromResult(request.InstanceIds[0]);
        }

        public Task<IReadOnlyList<HostCommandStatus>> StatusesAsync(string commandId, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<HostCommandStatus>>([new HostCommandStatus(commandId, Status)]);

        public Task<HostCommandResult?> ResultAsync(string commandId, string instanceId, CancellationToken cancellationToken) =>
            Task.FromResult<HostCommandResult?>(new HostCommandResult(instanceId, Status, _sent.Count > 1 ? 5 : 0, "", _sent.Count > 1 ? "no such thing" : ""));

        public Task CancelAsync(string commandId, CancellationToken cancellationToken) => Task.CompletedTask;

        private string Status => _sent.Count > 1 ? "Failed" : "Success";
    }
}
