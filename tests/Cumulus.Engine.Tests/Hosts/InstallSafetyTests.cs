using System.Net;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Support;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>Health checks, stop scripts that fail, files changed by hand, full disks.</summary>
public sealed class InstallSafetyTests : IDisposable
{
    private readonly HostFixture _on = new();
    private readonly AutoClock _clock = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _on.Dispose();

    private InstallRequest Request(string version) => _on.Request(version, "web") with { Warn = _warnings.Add };

    private Task<IReadOnlyList<InstalledBundle>> InstallAsync(InstallRequest request, HttpMessageHandler? answers = null) =>
        new BundleInstaller(_on.Store, new ProcessRunner(), _clock) { HealthHandler = answers }.InstallAsync(request, default);

    private async Task InstallFirstAsync()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("srv/gone", "1"), ("etc/cumulus-init.d/K1", Script("K1", "test ! -e \"$CUMULUS_ROOT/stuck\"")), ("etc/cumulus-init.d/S1", Script("S1")));
        await _on.PublishAsync("web", "2", ("srv/x", "2"), ("etc/cumulus-init.d/S1", Script("S2")));
        await _on.InstallAsync("1", "web");
    }

    [Fact]
    public async Task A_health_check_that_fails_puts_everything_back_G11()
    {
        await InstallFirstAsync();
        var before = _on.Snapshot();
        var check = new HealthCheck("echo not ready; cat srv/x; exit 3", TimeSpan.FromSeconds(12));
        var e = await Assert.ThrowsAsync<CumulusException>(() => InstallAsync(Request("2") with { HealthCheck = check }));
        Assert.Equal(ErrorIds.HealthCheckFailed, e.ErrorId);
        Assert.Contains("did not pass within 12 s (5 tries)", e.Message);
        Assert.Contains("exit code 3. Its last lines: not ready | 2. The host is as it was before.", e.Message);
        Assert.Equal(before, _on.Snapshot());
        Assert.Equal([1, 2, 3, 4], _clock.Waits.Select(w => w.TotalSeconds));
        Assert.Equal(["S1 start 1", "K1 stop 2", "S2 start 2", "S1 start 1"], _on.Ran);
    }

    [Fact]
    public async Task A_health_check_may_pass_later_and_knows_what_scripts_know()
    {
        await InstallFirstAsync();
        var check = new HealthCheck("echo x >> \"$CUMULUS_ROOT/tries\"; test $(wc -l < \"$CUMULUS_ROOT/tries\") = 3 && test $CUMULUS_VERSION = 2 && test $CUMULUS_BUNDLES = web", TimeSpan.FromSeconds(60));
        await InstallAsync(Request("2") with { HealthCheck = check });
        Assert.Equal("2", _on.Host.Read("srv/x"));
        Assert.Contains(_on.Log, l => l == "The health check passed at try 3.");
    }

    [Fact]
    public async Task A_health_check_that_hangs_is_stopped()
    {
        await InstallFirstAsync();
        var e = await Assert.ThrowsAsync<CumulusException>(() => InstallAsync(Request("2") with { HealthCheck = new HealthCheck("sleep 600", TimeSpan.FromMilliseconds(200)) }));
        Assert.Equal(ErrorIds.HealthCheckFailed, e.ErrorId);
        Assert.Contains("was stopped", e.Message);
        Assert.Equal("1", _on.Host.Read("srv/x"));
    }

    [Fact]
    public async Task A_url_is_asked_until_it_answers_with_success()
    {
        await InstallFirstAsync();
        var answers = new Answers([() => throw new HttpRequestException("Connection refused."), () => HttpStatusCode.ServiceUnavailable, () => HttpStatusCode.NoContent]);
        await InstallAsync(Request("2") with { HealthCheck = new HealthCheck("http://localhost:8080/health", TimeSpan.FromSeconds(60)) }, answers);
        Assert.Equal("2", _on.Host.Read("srv/x"));
        Assert.Contains(_on.Log, l => l.Contains("try 1: Connection refused"));
        Assert.Contains(_on.Log, l => l.Contains("try 2: it answers 503 Service Unavailable"));
        Assert.All(answers.Asked, u => Assert.Equal("http://localhost:8080/health", u));
    }

    [Fact]
    public async Task A_url_that_never_answers_well_fails_the_install()
    {
        await InstallFirstAsync();
        var e = await Assert.ThrowsAsync<CumulusException>(() =>
            InstallAsync(Request("2") with { HealthCheck = new HealthCheck("https://localhost/", TimeSpan.FromSeconds(5)) }, new Answers([() => HttpStatusCode.NotFound])));
        Assert.Contains("it answers 404 Not Found", e.Message);
        Assert.Equal("1", _on.Host.Read("srv/x"));
    }

    [Fact]
    public async Task A_failing_stop_script_of_the_old_version_can_be_ignored()
    {
        await InstallFirstAsync();
        _on.Host.Write("stuck", "");
        Assert.Equal(ErrorIds.InitScriptFailed, (await _on.FailAsync("2", "web")).ErrorId);
        await InstallAsync(Request("2") with { IgnoreStopFailure = true });
        Assert.Equal("2", _on.Host.Read("srv/x"));
        Assert.Contains("K1 ended with exit code 1", Assert.Single(_warnings));
    }

    [Theory]
    [InlineData("exit 0", true)]
    [InlineData("exit 4", false)]
    public async Task The_new_versions_stop_script_is_tried_when_the_old_ones_fails(string end, bool installed)
    {
        await InstallFirstAsync();
        await _on.PublishAsync("web", "3", ("srv/x", "3"), ("etc/cumulus-init.d/K1", Script("K1new", end)));
        _on.Host.Write("stuck", "");
        if (installed)
        {
            await InstallAsync(Request("3"));
            Assert.Equal(["K1 stop 3", "K1new stop 3"], _on.Ran.Skip(1));
            Assert.Contains("was run in its place", Assert.Single(_warnings));
        }
        else
        {
            var e = await Assert.ThrowsAsync<CumulusException>(() => InstallAsync(Request("3")));
            Assert.Contains("K1 ended with exit code 1", e.Message);
            Assert.Equal("1", _on.Host.Read("srv/x"));
        }
    }

    [Fact]
    public async Task Files_changed_by_hand_are_kept_aside_and_named_D21()
    {
        await InstallFirstAsync();
        _on.Host.Write("srv/x", "mine");
        _on.Host.Write("srv/gone", "mine too");
        await InstallAsync(Request("2"));
        Assert.Equal("2", _on.Host.Read("srv/x"));
        string[] kept = Directory.GetFiles(_on.Host["var/lib/cumulus/changed"], "*", SearchOption.AllDirectories);
        Assert.Equal(["mine", "mine too"], kept.Select(File.ReadAllText).Order());
        Assert.Equal(2, _warnings.Count);
        Assert.Contains(_warnings, w => w.StartsWith($"{_on.Host["srv/x"]} was changed by hand since its install. That file is now {kept[0][..^9]}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_changed_by_hand_come_back_when_the_install_fails()
    {
        await InstallFirstAsync();
        _on.Host.Write("srv/x", "mine");
        var before = _on.Snapshot();
        await Assert.ThrowsAsync<CumulusException>(() => InstallAsync(Request("2") with { HealthCheck = new HealthCheck("false", TimeSpan.FromSeconds(1)) }));
        Assert.Equal(before, _on.Snapshot());
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Old_copies_of_changed_files_go_when_there_are_too_many()
    {
        await InstallFirstAsync();
        for (int i = 0; i < 12; i++)
        {
            _on.Host.Write("srv/x", $"mine {i}");
            _clock.CreateTimer(_ => { }, null, TimeSpan.FromMinutes(1), Timeout.InfiniteTimeSpan);
            await InstallAsync(Request("1"));
        }

        string[] kept = [.. Directory.GetFiles(_on.Host["var/lib/cumulus/changed"], "*", SearchOption.AllDirectories).Order()];
        Assert.Equal(10, kept.Length);
        Assert.Equal("mine 11", File.ReadAllText(kept[^1]));
    }

    [Fact]
    public async Task A_disk_without_room_is_found_before_anything_changes()
    {
        await InstallFirstAsync();
        var before = _on.Snapshot();
        var installer = new BundleInstaller(_on.Store) { FreeBytes = _ => 4096 };
        var e = await Assert.ThrowsAsync<CumulusException>(() => installer.InstallAsync(Request("2"), default));
        Assert.Equal(ErrorIds.HostDiskFull, e.ErrorId);
        Assert.Contains("needs 0.1 MB", e.Message);
        Assert.Contains("has 0.1 MB free", e.Message);
        Assert.Equal(before, _on.Snapshot());
        Assert.Equal(["S1 start 1"], _on.Ran);
        Assert.False(File.Exists(_on.Host["var/lib/cumulus/journal"]));
    }

    [Fact]
    public async Task A_file_system_that_does_not_tell_its_room_is_tried()
    {
        await InstallFirstAsync();
        await new BundleInstaller(_on.Store) { FreeBytes = _ => null }.InstallAsync(Request("2"), default);
        Assert.Equal("2", _on.Host.Read("srv/x"));
    }

    [Theory]
    [InlineData("staged")]
    [InlineData("Place srv/x")]
    [InlineData("started")]
    public async Task A_disk_that_gets_full_leaves_the_old_version_and_is_named(string at)
    {
        await InstallFirstAsync();
        var before = _on.Snapshot();
        const int NoSpaceLeft = 28;
        var installer = new BundleInstaller(_on.Store) { OnStep = step => { if (step == at) throw new IOException("No space left on device", NoSpaceLeft); } };
        var e = await Assert.ThrowsAsync<CumulusException>(() => installer.InstallAsync(Request("2"), default));
        Assert.Equal(ErrorIds.HostDiskFull, e.ErrorId);
        Assert.Equal(before, _on.Snapshot());
        Assert.False(File.Exists(_on.Host["var/lib/cumulus/journal"]));
    }

    [Fact]
    public async Task Force_runs_the_scripts_and_replaces_every_file_although_nothing_changes()
    {
        await InstallFirstAsync();
        DateTime written = File.GetLastWriteTimeUtc(_on.Host["srv/x"]);
        InstalledBundle result = Assert.Single(await InstallAsync(Request("1") with { Force = true }));
        Assert.Equal((InstallState.Committed, 4), (result.State, result.Changed));
        Assert.NotEqual(written, File.GetLastWriteTimeUtc(_on.Host["srv/x"]));
        Assert.Equal(["S1 start 1", "K1 stop 1", "S1 start 1"], _on.Ran);
        Assert.False(Directory.Exists(_on.Host["var/lib/cumulus/kept"]));
    }

    private sealed class Answers(IReadOnlyList<Func<HttpStatusCode>> answers) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.ToString());
            return Task.FromResult(new HttpResponseMessage(answers[Math.Min(Asked.Count, answers.Count) - 1]()));
        }
    }
}
