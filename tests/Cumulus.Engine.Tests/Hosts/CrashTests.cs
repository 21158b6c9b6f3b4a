using System.Diagnostics;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>What a kill leaves is what is on the disk at that moment: the whole host is copied after each step, and each copy is a host whose installer died there.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly HostFixture _on = new();
    private readonly TempFolder _copies = new();

    public void Dispose()
    {
        _on.Dispose();
        _copies.Dispose();
    }

    private async Task PublishBothAsync()
    {
        await _on.PublishAsync("web", "1", ("srv/same", "s"), ("srv/changed", "1"), ("srv/gone/x", "x"), ("srv/kind", "file"), ("srv/l", "-> same"), ("etc/cumulus-init.d/S1", Script("S1")));
        await _on.PublishAsync("data", "1", ("data/d", "1"));
        await _on.PublishAsync("web", "2", ("srv/same", "s"), ("srv/changed", "2"), ("srv/new/y", "y"), ("srv/kind/z", "z"), ("srv/l", "-> changed"), ("etc/app.conf", "2"), ("etc/cumulus-init.d/S1", Script("S1")));
        await _on.PublishAsync("data", "2", ("data/d", "2"));
        _on.Host.Write("etc/app.conf", "by hand");
    }

    [Fact]
    public async Task A_run_that_is_killed_after_any_step_is_undone_by_the_next_one_D20()
    {
        await PublishBothAsync();
        await _on.InstallAsync("1", "web", "data");
        var old = _on.Snapshot();
        var points = new List<string>();
        var installer = new BundleInstaller(_on.Store)
        {
            OnStep = step =>
            {
                CopyHost(_copies[$"{points.Count}"]);
                points.Add(step);
            },
        };
        await installer.InstallAsync(_on.Request("2", "web", "data"), default);
        var wanted = _on.Snapshot();
        Assert.True(points.Count > 12, string.Join(", ", points));

        for (int i = 0; i < points.Count; i++)
        {
            string copy = _copies[$"{i}"];
            File.Delete(Path.Combine(copy, "ran"));
            InstallRequest again = _on.Request("1", "web", "data") with { RootPath = copy };
            // What had been committed by then is the new version, and is left only as an install leaves it.
            bool committed = i >= points.IndexOf("committed");
            Assert.All(await new BundleInstaller(_on.Store).InstallAsync(again, default), b => Assert.Equal(committed ? InstallState.Committed : InstallState.Unchanged, b.State));
            Assert.Equal(old, Snapshot(copy));
            // From the journal on, services may have been stopped, so they are started again.
            Assert.Equal(points[i] == "staged" ? [] : ["S1 start 1"], File.Exists(Path.Combine(copy, "ran")) ? File.ReadAllLines(Path.Combine(copy, "ran")) : []);
            await new BundleInstaller(_on.Store).InstallAsync(_on.Request("2", "web", "data") with { RootPath = copy }, default);
            Assert.Equal(wanted, Snapshot(copy));
        }
    }

    [Fact]
    public async Task A_failure_at_any_step_puts_everything_back_D20()
    {
        await PublishBothAsync();
        await _on.InstallAsync("1", "web", "data");
        var old = _on.Snapshot();
        int failed = 0;
        for (int at = 0; ; at++)
        {
            int step = 0;
            // What fails after the commit is no failure of the install.
            var installer = new BundleInstaller(_on.Store) { OnStep = name => { if (name is not ("committed" or "settled") && step++ == at) throw new IOException("Device gone."); } };
            try
            {
                await installer.InstallAsync(_on.Request("2", "web", "data"), default);
                break;
            }
            catch (CumulusException e)
            {
                failed++;
                Assert.Equal(ErrorIds.InstallFailed, e.ErrorId);
                Assert.Contains("Device gone", e.Message);
                Assert.Equal(old, _on.Snapshot());
                Assert.Equal(3, Directory.GetFiles(_on.Host["var/lib/cumulus"], "*", SearchOption.AllDirectories).Length);
            }
        }

        Assert.True(failed > 12, $"{failed}");
        Assert.Equal("2", _on.Host.Read("srv/changed"));
    }

    [Fact]
    public async Task A_kill_after_the_commit_leaves_the_new_version()
    {
        await PublishBothAsync();
        await _on.InstallAsync("1", "web");
        var installer = new BundleInstaller(_on.Store) { OnStep = step => { if (step == "committed") CopyHost(_copies["killed"]); } };
        await installer.InstallAsync(_on.Request("2", "web"), default);
        Assert.True(File.Exists(_copies["killed/var/lib/cumulus/journal"]));
        InstallRequest again = _on.Request("2", "web") with { RootPath = _copies["killed"] };
        Assert.Equal(InstallState.Unchanged, Assert.Single(await new BundleInstaller(_on.Store).InstallAsync(again, default)).State);
        Assert.Equal(_on.Snapshot(), Snapshot(_copies["killed"]));
        Assert.False(File.Exists(_copies["killed/var/lib/cumulus/journal"]));
    }

    [Fact]
    public async Task What_cannot_be_undone_is_named_and_the_next_run_undoes_it()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"), ("srv/y", "1"));
        await _on.PublishAsync("web", "2", ("srv/x", "2"), ("srv/y", "2"), ("etc/cumulus-init.d/S1", "#!/bin/sh\nrm srv/x && mkdir -p srv/x/full && exit 1"));
        await _on.InstallAsync("1", "web");
        var old = _on.Snapshot();
        CumulusException e = await _on.FailAsync("2", "web");
        Assert.Equal(ErrorIds.InstallFailed, e.ErrorId);
        Assert.Contains("S1 ended with exit code 1", e.Message);
        Assert.Contains("1 changes could not be undone", e.Message);
        Assert.Contains(_on.Host["srv/x"], e.Message);
        Assert.Equal("1", _on.Host.Read("srv/y"));

        Directory.Delete(_on.Host["srv/x"], recursive: true);
        _on.Store.DownloadFailure = new CumulusException(ErrorIds.EndpointUnreachable, FailureKind.Unavailable, "gone");
        await _on.FailAsync("1", "web");
        Assert.Equal(old, _on.Snapshot());
    }

    [Fact]
    public async Task When_the_old_version_does_not_start_again_the_error_says_so()
    {
        await _on.PublishAsync("web", "1", ("etc/cumulus-init.d/S1", Script("old", "test ! -e \"$CUMULUS_ROOT/broken\"")));
        await _on.PublishAsync("web", "2", ("etc/cumulus-init.d/S1", Script("new", "touch \"$CUMULUS_ROOT/broken\"; exit 7")));
        await _on.InstallAsync("1", "web");
        CumulusException e = await _on.FailAsync("2", "web");
        Assert.Contains("exit code 7", e.Message);
        Assert.Contains("the old version did not start again: The init script S1 ended with exit code 1", e.Message);
        Assert.Contains("old", _on.Host.Read("etc/cumulus-init.d/S1"));
    }

    private void CopyHost(string to)
    {
        using Process cp = Process.Start("cp", ["-a", _on.Host.Path, to]);
        cp.WaitForExit();
        Assert.Equal(0, cp.ExitCode);
    }
}
