using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Hosts.Service;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts.Service;

/// <summary>What is around an install: report, signal, turn, spread (D-40).</summary>
public sealed class BundleHandlerTests : IDisposable
{
    private const string Document = ".cumulus/state/hosts/stage/i-1";

    private readonly HostFixture _host = new();
    private readonly AutoClock _clock = new();
    private readonly RecordedSignals _signals = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _host.Dispose();

    private BucketStateStore State => new(_host.Store, "b");

    private BundleHandler Handler(HandlerOptions? options = null, string? instanceId = "i-1") => new(
        new BundleInstaller(_host.Store),
        options ?? new HandlerOptions(),
        new HandlerSurroundings("web-1", _ => Task.FromResult(instanceId), State, _signals),
        new SecretRedaction(["s3cret-of-metadata"]),
        _warnings.Add,
        _clock,
        new Random(1));

    private Task<IReadOnlyList<InstalledBundle>> RunAsync(string version, HandlerOptions? options = null, string? instanceId = "i-1") =>
        Handler(options, instanceId).RunAsync(_host.Request(version, "web"), default);

    private async Task<HostReport> ReportAsync() => Assert.Single(await new HostReportStore(State).ReadAsync("stage", default));

    [Fact]
    public async Task Each_run_leaves_a_report_with_versions_outcome_and_times_D40()
    {
        await _host.PublishAsync("web", "1.0", ("srv/a", "1"));
        await _host.PublishAsync("web", "2.0", ("srv/a", "2"));
        DateTimeOffset began = _clock.GetUtcNow();
        await RunAsync("1.0");
        await RunAsync("2.0", new HandlerOptions { Spread = TimeSpan.FromSeconds(100) });
        await RunAsync("2.0");
        HostReport report = await ReportAsync();
        Assert.Equal((1, "web-1", "i-1", "stage"), (report.Schema, report.Host, report.InstanceId, report.Environment));
        Assert.Equal((HostRunOutcome.Unchanged, "2.0", null), (report.Last.Outcome, report.Last.Version, report.Last.ErrorId));
        Assert.Equal([new HostRunBundle("web", "2.0", "2.0")], report.Last.Bundles);
        Assert.Equal([HostRunOutcome.Committed, HostRunOutcome.Committed], report.Earlier.Select(r => r.Outcome));
        Assert.Equal([new HostRunBundle("web", "1.0", "2.0")], report.Earlier[0].Bundles);
        Assert.Equal([new HostRunBundle("web", null, "1.0")], report.Earlier[1].Bundles);
        Assert.Equal(began, report.Earlier[1].StartedAt);
        Assert.Equal(Assert.Single(_clock.Waits, w => w < TimeSpan.FromSeconds(100) && w != TimeSpan.FromSeconds(20)), report.Earlier[0].EndedAt - report.Earlier[0].StartedAt);
        Assert.StartsWith("Cumulus ", report.Last.Tool, StringComparison.Ordinal);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task An_install_that_was_taken_back_is_reported_as_undone_without_secrets()
    {
        await _host.PublishAsync("web", "1.0", ("srv/a", "1"));
        await _host.PublishAsync("web", "2.0", ("srv/a", "2"), ("etc/cumulus-init.d/S1", HostFixture.Script("S1", "echo db_password=hunter2 key s3cret-of-metadata; exit 3")));
        await RunAsync("1.0");
        await Assert.ThrowsAsync<CumulusException>(() => RunAsync("2.0"));
        HostRun last = (await ReportAsync()).Last;
        Assert.Equal((HostRunOutcome.Undone, ErrorIds.InitScriptFailed, "2.0"), (last.Outcome, last.ErrorId, last.Version));
        Assert.Equal([new HostRunBundle("web", "1.0", "2.0")], last.Bundles);
        Assert.Contains("S1", last.Message, StringComparison.Ordinal);
        string written = Encoding.UTF8.GetString(_host.Store[Document]);
        Assert.DoesNotContain("hunter2", written, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-of-metadata", written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_began_nothing_is_reported_as_failed()
    {
        await Assert.ThrowsAsync<CumulusException>(() => RunAsync("9.0"));
        HostRun last = (await ReportAsync()).Last;
        Assert.Equal((HostRunOutcome.Failed, ErrorIds.BundleNotFound), (last.Outcome, last.ErrorId));
        Assert.Equal([new HostRunBundle("web", null, "9.0")], last.Bundles);
    }

    [Fact]
    public async Task One_that_was_stopped_is_reported_too()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        _host.Store.BeforeCall = (_, key) =>
        {
            if (key.StartsWith("stage/", StringComparison.Ordinal)) stop.Token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Handler().RunAsync(_host.Request("1.0", "web"), stop.Token));
        Assert.Equal((HostRunOutcome.Failed, "Stopped"), ((await ReportAsync()).Last.Outcome, (await ReportAsync()).Last.ErrorId));
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_is_a_warning_and_the_install_stands()
    {
        await _host.PublishAsync("web", "1.0", ("srv/a", "1"));
        _host.Store.BeforeCall = (operation, key) =>
        {
            if (operation == "Put" && key == Document) throw new CumulusException(ErrorIds.AccessDenied, FailureKind.AccessDenied, "Access denied.");
        };
        InstalledBundle installed = Assert.Single(await RunAsync("1.0"));
        Assert.Equal(InstallState.Committed, installed.State);
        Assert.Equal("The host could not report the run: Access denied.", Assert.Single(_warnings));
    }

    [Fact]
    public async Task A_damaged_report_is_a_warning_too_and_is_left_as_it_is()
    {
        await _host.PublishAsync("web", "1.0", ("srv/a", "1"));
        _host.Store[Document] = "{"u8.ToArray();
        await RunAsync("1.0");
        Assert.Contains("damaged", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Equal("{"u8.ToArray(), _host.Store[Document]);
    }

    [Fact]
    public async Task The_history_is_bounded_and_keeps_no_runs_that_changed_nothing()
    {
        HostRun Run(int i, HostRunOutcome outcome) => new()
        {
            Version = $"{i}", Outcome = outcome, StartedAt = DateTimeOffset.UnixEpoch.AddHours(i), EndedAt = DateTimeOffset.UnixEpoch.AddHours(i), Seconds = 1, Bundles = [], Tool = "t",
        };
        var store = new HostReportStore(State);
        for (int i = 0; i < 60; i++)
        {
            HostRun run = Run(i, i % 2 == 0 ? HostRunOutcome.Unchanged : HostRunOutcome.Committed);
            await store.AddAsync(new HostReport { Host = "web-1", InstanceId = "i-1", Environment = "stage", Last = run }, default);
            await store.AddAsync(new HostReport { Host = "web-1", InstanceId = "i-1", Environment = "stage", Last = run }, default);
        }

        HostReport report = await ReportAsync();
        Assert.Equal("59", report.Last.Version);
        Assert.Equal(Enumerable.Range(0, HostReport.RunsKept).Select(i => $"{57 - (2 * i)}"), report.Earlier.Select(r => r.Version));
    }

    [Theory]
    [InlineData("WIN-7 (old)", "hosts/stage/WIN-7--old-")]
    [InlineData("-x", "hosts/stage/host-x")]
    public async Task A_machine_may_be_called_anything(string machine, string name)
    {
        var run = new HostRun { Outcome = HostRunOutcome.Committed, StartedAt = default, EndedAt = default, Seconds = 1, Bundles = [], Tool = "t" };
        await new HostReportStore(State).AddAsync(new HostReport { Host = machine, Environment = "stage", Last = run }, default);
        Assert.True(_host.Store.Holds(".cumulus/state/" + name));
    }

    [Theory]
    [InlineData("1.0", true)]
    [InlineData("9.0", false)]
    public async Task Those_who_wait_are_told_how_it_went(string version, bool success)
    {
        await _host.PublishAsync("web", "1.0", ("srv/a", "1"));
        var signals = new HostSignals { Stack = "stage-web", Resource = "Group", Group = "asg", LifecycleHook = "boot" };
        await Record.ExceptionAsync(() => RunAsync(version, new HandlerOptions { Signals = signals, Report = false }));
        Assert.Equal([$"stage-web Group i-1 {success}", $"asg boot i-1 {success}"], _signals.Sent);
        Assert.False(_host.Store.Holds(Document));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_signal_that_fails_or_has_no_instance_is_a_warning()
    {
        await _host.PublishAsync("web", "1.0", ("srv/a", "1"));
        var options = new HandlerOptions { Signals = new HostSignals { Stack = "stage-web", Resource = "Group" }, Report = false };
        _signals.Fails = true;
        await RunAsync("1.0", options);
        await RunAsync("1.0", options, instanceId: null);
        Assert.Equal(2, _warnings.Count);
        Assert.Contains("signal Group of stack stage-web: no such stack", _warnings[0], StringComparison.Ordinal);
        Assert.Contains("no EC2 instance", _warnings[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stack", null, null, null)]
    [InlineData(null, "resource", null, null)]
    [InlineData(null, null, "group", null)]
    [InlineData(null, null, null, "hook")]
    public void Half_a_signal_is_an_error(string? stack, string? resource, string? group, string? hook)
    {
        var signals = new HostSignals { Stack = stack, Resource = resource, Group = group, LifecycleHook = hook };
        Assert.Equal(ErrorIds.SignalIncomplete, Assert.Throws<CumulusException>(signals.Require).ErrorId);
    }

    [Fact]
    public async Task A_first_install_and_one_that_changes_nothing_are_not_spread()
    {
        await _host.PublishAsync("web", "1.0", ("srv/a", "1"));
        var options = new HandlerOptions { Spread = TimeSpan.FromHours(1), Report = false };
        await RunAsync("1.0", options);
        await RunAsync("1.0", options);
        Assert.DoesNotContain(_clock.Waits, w => w > TimeSpan.FromMinutes(1));
        await _host.PublishAsync("web", "2.0", ("srv/a", "2"));
        await RunAsync("2.0", options);
        Assert.InRange(_clock.Waits.Max(), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Who_gets_no_turn_in_time_changes_nothing_and_says_who_has_them()
    {
        await _host.PublishAsync("web", "1.0", ("srv/a", "1"));
        ManualClock still = new();
        await using Lease? held = await new LeaseStore(State, still).TryTakeAsync("installs/stage/1", "web-7", TimeSpan.FromDays(1), null, default);
        var options = new HandlerOptions { MaximumConcurrent = 1, TurnLimit = TimeSpan.FromMinutes(5) };
        var e = await Assert.ThrowsAsync<CumulusException>(() => RunAsync("1.0", options));
        Assert.Equal(ErrorIds.LeaseUnavailable, e.ErrorId);
        Assert.Contains("web-7", e.Message, StringComparison.Ordinal);
        Assert.Contains(_host.Log, l => l.Contains("Waiting for a turn", StringComparison.Ordinal));
        Assert.Equal((HostRunOutcome.Failed, ErrorIds.LeaseUnavailable), ((await ReportAsync()).Last.Outcome, (await ReportAsync()).Last.ErrorId));
        Assert.False(File.Exists(_host.Host["srv/a"]));
    }

    [Fact]
    public async Task A_turn_is_given_back_also_when_the_install_fails()
    {
        await _host.PublishAsync("web", "1.0", ("srv/a", "1"));
        var handler = new BundleHandler(
            new BundleInstaller(_host.Store), new HandlerOptions { MaximumConcurrent = 1 }, new HandlerSurroundings("web-1", _ => Task.FromResult<string?>("i-1"), State, null), new SecretRedaction([]), _warnings.Add);
        await Assert.ThrowsAsync<CumulusException>(() => handler.RunAsync(_host.Request("9.0", "web"), default));
        Assert.Null(await new LeaseStore(State, TimeProvider.System).FindAsync("installs/stage/1", default));
        await handler.RunAsync(_host.Request("1.0", "web"), default);
        Assert.Null(await new LeaseStore(State, TimeProvider.System).FindAsync("installs/stage/1", default));
        Assert.Empty(_warnings);
    }

    private sealed class RecordedSignals : IHostSignals
    {
        public List<string> Sent { get; } = [];

        public bool Fails { get; set; }

        public Task SignalAsync(string stack, string logicalId, string uniqueId, bool success, CancellationToken cancellationToken) => Send($"{stack} {logicalId} {uniqueId} {success}");

        public Task CompleteLifecycleAsync(string group, string hook, string instanceId, bool success, CancellationToken cancellationToken) => Send($"{group} {hook} {instanceId} {success}");

        private Task Send(string what)
        {
            if (Fails) throw new CumulusException(ErrorIds.AwsRequestFailed, FailureKind.OperationFailed, "no such stack");
            Sent.Add(what);
            return Task.CompletedTask;
        }
    }
}
