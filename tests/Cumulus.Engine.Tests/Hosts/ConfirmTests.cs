using Cumulus.Engine.Hosts;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Support;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>An install that nobody confirms is taken back.</summary>
public sealed class ConfirmTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly HostFixture _on = new();
    private readonly AutoClock _clock = new() { Frozen = true };
    private readonly List<string> _warnings = [];

    public void Dispose() => _on.Dispose();

    private BundleInstaller Installer(string boot = "boot 1") => new(_on.Store, new ProcessRunner(), _clock) { BootId = boot };

    private RestoreRequest Restore => new() { RootPath = _on.Host.Path, Warn = _warnings.Add };

    private Task<InstalledState> StateAsync() => InstalledState.ReadAsync(HostPaths.For(_on.Host.Path, windows: false), default);

    private async Task InstallBothAsync()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("etc/cumulus-init.d/S1", Script("S1")));
        await _on.PublishAsync("web", "2", ("srv/x", "2"), ("etc/cumulus-init.d/S1", Script("S2")));
        await Installer().InstallAsync(_on.Request("1", "web"), default);
        await Installer().InstallAsync(_on.Request("2", "web") with { ConfirmTimeLimit = Minute, Warn = _warnings.Add }, default);
        Assert.Equal(_clock.GetUtcNow() + Minute, (await StateAsync()).Unconfirmed?.Until);
    }

    private void Wait(TimeSpan time)
    {
        _clock.Frozen = false;
        _clock.CreateTimer(_ => { }, null, time, Timeout.InfiniteTimeSpan);
        _clock.Frozen = true;
    }

    [Fact]
    public async Task It_is_taken_back_when_its_time_is_over_and_not_before()
    {
        await InstallBothAsync();
        Assert.Null(await Installer().RevertUnconfirmedAsync(Restore, default));
        Wait(Minute);
        InstalledBundle back = Assert.Single((await Installer().RevertUnconfirmedAsync(Restore, default))!);
        Assert.Equal(("1", "1"), (back.Version, _on.Host.Read("srv/x")));
        Assert.Equal("S1 start 1", _on.Ran[^1]);
        Assert.Contains("Nobody confirmed", Assert.Single(_warnings));
        Assert.Null(await Installer().RevertUnconfirmedAsync(Restore, default));
    }

    [Fact]
    public async Task A_confirmed_one_stays()
    {
        await InstallBothAsync();
        Assert.Equal("2", Assert.Single(await Installer().ConfirmAsync(Restore, default)).Version);
        Wait(2 * Minute);
        Assert.Null(await Installer().RevertUnconfirmedAsync(Restore, default));
        Assert.Equal("2", _on.Host.Read("srv/x"));
        Assert.Empty(await Installer().ConfirmAsync(Restore, default));
    }

    [Fact]
    public async Task A_boot_confirms_it()
    {
        await InstallBothAsync();
        Wait(2 * Minute);
        Assert.Null(await Installer("boot 2").RevertUnconfirmedAsync(Restore, default));
        Assert.Null((await StateAsync()).Unconfirmed);
        Assert.Equal("2", _on.Host.Read("srv/x"));
    }

    [Fact]
    public async Task A_health_check_that_passes_confirms_it()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        await Installer().InstallAsync(_on.Request("1", "web") with { ConfirmTimeLimit = Minute, HealthCheck = new HealthCheck("true", Minute) }, default);
        Assert.Null((await StateAsync()).Unconfirmed);
    }

    [Fact]
    public async Task The_next_install_takes_it_back_first_and_refuses_the_same_again_unless_forced()
    {
        await InstallBothAsync();
        Wait(Minute);
        InstallRequest again = _on.Request("2", "web") with { Warn = _warnings.Add };
        var e = await Assert.ThrowsAsync<CumulusException>(() => Installer().InstallAsync(again, default));
        Assert.Equal(ErrorIds.VersionTakenBack, e.ErrorId);
        Assert.Contains("web 2 was taken back", e.Message);
        Assert.Equal("1", _on.Host.Read("srv/x"));
        e = await Assert.ThrowsAsync<CumulusException>(() => Installer().InstallAsync(again, default));
        Assert.Equal(ErrorIds.VersionTakenBack, e.ErrorId);
        await Installer().InstallAsync(again with { Force = true }, default);
        Assert.Equal("2", _on.Host.Read("srv/x"));
    }

    [Fact]
    public async Task The_first_install_of_a_host_is_taken_back_to_nothing()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        var before = _on.Snapshot();
        await Installer().InstallAsync(_on.Request("1", "web") with { ConfirmTimeLimit = Minute }, default);
        Wait(Minute);
        Assert.Empty((await Installer().RevertUnconfirmedAsync(Restore, default))!);
        Assert.Equal(before, _on.Snapshot());
    }

    [Fact]
    public async Task Several_unconfirmed_installs_go_back_to_the_last_confirmed_one_even_if_no_version_is_to_be_kept()
    {
        await InstallBothAsync();
        await _on.PublishAsync("web", "3", ("srv/x", "3"));
        await Installer().InstallAsync(_on.Request("3", "web") with { ConfirmTimeLimit = Minute, KeepVersions = 0 }, default);
        Wait(Minute);
        Assert.Equal("1", Assert.Single((await Installer().RevertUnconfirmedAsync(Restore, default))!).Version);
        Assert.Equal("1", _on.Host.Read("srv/x"));
    }

    [Fact]
    public async Task Running_the_same_install_again_neither_confirms_nor_prolongs_it()
    {
        await InstallBothAsync();
        UnconfirmedInstall? first = (await StateAsync()).Unconfirmed;
        Wait(Minute / 2);
        await Installer().InstallAsync(_on.Request("2", "web") with { ConfirmTimeLimit = Minute }, default);
        Assert.Equal(first, (await StateAsync()).Unconfirmed);
    }
}
