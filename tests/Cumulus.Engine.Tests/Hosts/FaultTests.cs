using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>
/// What goes wrong on a real host. After each fault, the host is what it was, to the last byte, mode, owner and time; the error says why; and once
/// the cause is gone the same install works.
/// </summary>
public sealed class FaultTests : IDisposable
{
    private readonly HostFixture _on = new();
    private readonly Stack<string> _mounts = new();

    public void Dispose()
    {
        foreach (string mount in _mounts) Tool.Run("umount", mount);
        _on.Dispose();
    }

    /// <summary>Version 1 of two bundles over files of the host itself; version 2 changes, adds, removes and replaces a kind.</summary>
    private async Task<IReadOnlyList<string>> PrepareAsync(string stop = "", string start = "", string big = "2")
    {
        _on.Host.Write("srv/hosts-own", "own", UnixFileMode.UserRead);
        _on.Host.Write("srv/original", "before Cumulus", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (Environment.IsPrivilegedProcess) Tool.Run("chown", "1234:2345", _on.Host["srv/original"]);
        await _on.PublishAsync("web", "1", ("srv/a", "1"), ("srv/b/c", "1"), ("srv/gone/x", "1"), ("srv/kind", "file"), ("srv/l", "-> a"), ("srv/locked/", "0700"), ("etc/cumulus-init.d/K1", Script("K1", stop)), ("etc/cumulus-init.d/S1", "#!/bin/sh\n"));
        await _on.PublishAsync("data", "1", ("data/d", "1"), ("data/ro/e", "1"));
        await _on.PublishAsync("web", "2", ("srv/a", "2"), ("srv/b/c", "2"), ("srv/new/y", "2"), ("srv/kind/z", "2"), ("srv/l", "-> b"), ("srv/original", "2"), ("srv/locked/", "0750"), ("etc/cumulus-init.d/S1", $"#!/bin/sh\n{start}\n"));
        await _on.PublishAsync("data", "2", ("data/d", "2"), ("data/ro/e", "2"), ("zz/big", big));
        await _on.InstallAsync("1", "web", "data");
        return Now();
    }

    private IReadOnlyList<string> Now() => TreeSnapshot.Of(_on.Host.Path, "ran", "var", "data/ro/.cumulus");

    private async Task<CumulusException> FaultAsync(IReadOnlyList<string> before, string errorId, params string[] said)
    {
        CumulusException e = await _on.FailAsync("2", "web", "data");
        Assert.Equal(errorId, e.ErrorId);
        Assert.All(said, words => Assert.Contains(words, e.Message));
        Assert.Equal(before, Now());
        Assert.Equal("1", (await InstalledState.ReadAsync(HostPaths.For(_on.Host.Path, windows: false), default)).Bundles[0].Version);
        return e;
    }

    private async Task WorksNowAsync()
    {
        Assert.All(await _on.InstallAsync("2", "web", "data"), b => Assert.Equal(InstallState.Committed, b.State));
        Assert.Equal(("2", "2", "2"), (_on.Host.Read("srv/a"), _on.Host.Read("data/d"), _on.Host.Read("srv/original")));
    }

    private void Mount(string path, string size)
    {
        Tool.Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path);
        _mounts.Push(path);
    }

    // So that it is as big in the archive as on the disk.
    private static string Noise(int bytes) => Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(bytes / 2));

    [RootFact]
    public async Task A_disk_without_room_for_the_new_version()
    {
        Mount(_on.Host.Path, "1m");
        var before = await PrepareAsync(big: Noise(3_000_000));
        await FaultAsync(before, ErrorIds.HostDiskFull, _on.Host.Path);
        Assert.Empty(_on.Ran);
        Tool.Run("mount", "-o", "remount,size=20m", _on.Host.Path);
        await WorksNowAsync();
    }

    [RootFact]
    public async Task A_disk_that_fills_up_while_services_stop()
    {
        Mount(_on.Host.Path, "4m");
        var before = await PrepareAsync(stop: "cat /dev/zero >> \"$CUMULUS_ROOT/ran\" 2>/dev/null; true");
        await FaultAsync(before, ErrorIds.HostDiskFull, "No space left on device", "as it was before");
        File.Delete(_on.Host["ran"]);
        Tool.Run("mount", "-o", "remount,size=8m", _on.Host.Path);
        File.WriteAllText(_on.Host["etc/cumulus-init.d/K1"], "#!/bin/sh\n");
        await WorksNowAsync();
    }

    [RootFact]
    public async Task A_file_system_of_a_target_that_is_read_only()
    {
        _on.Host.Folder("data/ro");
        Mount(_on.Host["data/ro"], "1m");
        var before = await PrepareAsync();
        Tool.Run("mount", "-o", "remount,ro", _on.Host["data/ro"]);
        await FaultAsync(before, ErrorIds.InstallFailed, "Read-only file system", "data/ro");
        Assert.Empty(_on.Ran);
        Tool.Run("mount", "-o", "remount,rw", _on.Host["data/ro"]);
        await WorksNowAsync();
    }

    [RootFact]
    public async Task A_file_system_that_becomes_read_only_while_services_stop()
    {
        _on.Host.Folder("data/ro");
        Mount(_on.Host["data/ro"], "1m");
        var before = await PrepareAsync(stop: "mount -o remount,ro \"$CUMULUS_ROOT/data/ro\"");
        await FaultAsync(before, ErrorIds.InstallFailed, "Read-only file system", "as it was before");
        Tool.Run("mount", "-o", "remount,rw", _on.Host["data/ro"]);
        File.WriteAllText(_on.Host["etc/cumulus-init.d/K1"], "#!/bin/sh\n");
        await WorksNowAsync();
        Assert.False(Directory.Exists(_on.Host["data/ro/.cumulus/work"]));
    }

    [RootFact]
    public Task A_file_that_must_not_change() => FrozenAsync("srv/b/c");

    [RootFact]
    public Task A_file_that_must_not_go() => FrozenAsync("srv/gone/x");

    [RootFact]
    public Task A_folder_that_takes_no_new_file() => FrozenAsync("data");

    [RootFact]
    public Task A_folder_whose_mode_must_not_change() => FrozenAsync("srv/locked");

    private async Task FrozenAsync(string name)
    {
        var before = await PrepareAsync();
        Tool.Run("chattr", "+i", _on.Host[name]);
        try
        {
            await FaultAsync(before, ErrorIds.InstallFailed, _on.Host[name], "as it was before");
        }
        finally
        {
            Tool.Run("chattr", "-i", _on.Host[name]);
        }

        await WorksNowAsync();
    }

    [Fact]
    public async Task A_bucket_that_is_gone_in_the_middle_D19()
    {
        var before = await PrepareAsync();
        _on.Store.BeforeCall = (_, key) =>
        {
            if (key == KeyOf("data", "2")) throw new CumulusException(ErrorIds.EndpointUnreachable, FailureKind.Unavailable, "The endpoint is gone.");
        };
        await FaultAsync(before, ErrorIds.EndpointUnreachable, "The endpoint is gone.");
        Assert.Empty(_on.Ran);
        _on.Store.BeforeCall = null;
        await WorksNowAsync();
    }

    [Fact]
    public async Task An_archive_of_other_bytes_D26()
    {
        var before = await PrepareAsync();
        byte[] right = _on.Store[KeyOf("data", "2")];
        _on.Store[KeyOf("data", "2")] = [.. right[..^1], (byte)(right[^1] ^ 1)];
        await FaultAsync(before, ErrorIds.BundleDigestMismatch, KeyOf("data", "2"));
        Assert.Empty(_on.Ran);
        _on.Store[KeyOf("data", "2")] = right;
        await WorksNowAsync();
    }

    [Fact]
    public async Task A_signature_of_other_bytes_D26()
    {
        using var keys = new TempFolder();
        using PemManifestSigner signer = PemManifestSigner.FromFile(BundleKey.Create(keys["release.pem"], default, overwrite: false).Path);
        await PrepareAsync();
        foreach (string bundle in (string[])["web", "data"])
        {
            string key = KeyOf(bundle, "2");
            _on.Store[key + SignatureDocument.Suffix] = await signer.SignAsync(_on.Store[key + BundleManifest.Suffix], default);
        }

        byte[] right = _on.Store[KeyOf("data", "2") + SignatureDocument.Suffix];
        _on.Store[KeyOf("data", "2") + SignatureDocument.Suffix] = _on.Store[KeyOf("web", "2") + SignatureDocument.Suffix];
        _on.Host.Write("etc/cumulus/keys/release.pem", File.ReadAllText(keys["release.pub.pem"]));
        await FaultAsync(Now(), ErrorIds.SignatureInvalid, KeyOf("data", "2"));
        Assert.Empty(_on.Ran);
        _on.Store[KeyOf("data", "2") + SignatureDocument.Suffix] = right;
        await WorksNowAsync();
    }

    [Theory]
    [InlineData("echo no lock; exit 4", "K1 ended with exit code 4. Its last lines: no lock")]
    [InlineData("kill -9 $$", "K1 ended with exit code 137")]
    public async Task A_stop_script_that_fails(string stop, string said)
    {
        var before = await PrepareAsync(stop: stop);
        await FaultAsync(before, ErrorIds.InitScriptFailed, said, "as it was before");
    }

    [Theory]
    [InlineData("echo port taken >&2; exit 9", "S1 ended with exit code 9. Its last lines: port taken")]
    [InlineData("echo half > \"$CUMULUS_ROOT/srv/a\"; exit 1", "S1 ended with exit code 1")]
    [InlineData("no-such-program", "S1 ended with exit code 127")]
    public async Task A_start_script_that_fails(string start, string said)
    {
        var before = await PrepareAsync(start: start);
        await FaultAsync(before, ErrorIds.InitScriptFailed, said, "as it was before");
    }

    [Fact]
    public async Task A_start_script_whose_interpreter_is_not_there()
    {
        await PrepareAsync();
        await _on.PublishAsync("web", "2", ("etc/cumulus-init.d/S1", "#!/no/such/interpreter\n"));
        await FaultAsync(Now(), ErrorIds.InitScriptFailed, "S1 could not be started");
    }

    [Fact]
    public async Task A_health_check_that_fails_D41()
    {
        var before = await PrepareAsync();
        InstallRequest request = _on.Request("2", "web", "data") with { HealthCheck = new HealthCheck("echo not yet; test -e srv/never", TimeSpan.FromMilliseconds(50)) };
        var e = await Assert.ThrowsAsync<CumulusException>(() => new BundleInstaller(_on.Store).InstallAsync(request, default));
        Assert.Equal(ErrorIds.HealthCheckFailed, e.ErrorId);
        Assert.Contains("not yet", e.Message);
        Assert.Contains("as it was before", e.Message);
        Assert.Equal(before, Now());
        await WorksNowAsync();
    }

    [Fact]
    public async Task A_removal_whose_start_script_fails()
    {
        await PrepareAsync();
        _on.Host.Write("etc/cumulus-init.d/S9", "#!/bin/sh\necho still needed; test -e srv/a\n", EntryMode.DefaultFolder);
        var before = Now();
        var e = await Assert.ThrowsAsync<CumulusException>(() => new BundleInstaller(null).UninstallAsync(new UninstallRequest { Names = ["web"], RootPath = _on.Host.Path }, default));
        Assert.Equal(ErrorIds.InitScriptFailed, e.ErrorId);
        Assert.Contains("S9 ended with exit code 1. Its last lines: still needed. The host is as it was before.", e.Message);
        Assert.Equal(before, Now());
    }

    [Fact]
    public async Task A_second_install_at_any_step_of_the_first_changes_nothing_D40()
    {
        await PrepareAsync();
        var refusals = new List<string>();
        var installer = new BundleInstaller(_on.Store)
        {
            OnStep = _ =>
            {
                var before = Now();
                refusals.Add(_on.FailAsync("1", "web").GetAwaiter().GetResult().ErrorId);
                Assert.Equal(before, Now());
            },
        };
        await installer.InstallAsync(_on.Request("2", "web", "data"), default);
        Assert.True(refusals.Count > 10, $"{refusals.Count}");
        Assert.All(refusals, id => Assert.Equal(ErrorIds.InstallInProgress, id));
        Assert.Equal("2", _on.Host.Read("srv/a"));
    }

    [Fact]
    public async Task Many_installs_at_once_are_one_and_refusals_D40()
    {
        await PrepareAsync();
        Exception?[] ends = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Record.ExceptionAsync(() => _on.InstallAsync("2", "web", "data")))));
        Assert.Contains(null, ends);
        Assert.All(ends.OfType<Exception>(), e => Assert.Equal(ErrorIds.InstallInProgress, Assert.IsType<CumulusException>(e).ErrorId));
        Assert.Equal(("2", "2"), (_on.Host.Read("srv/a"), _on.Host.Read("data/d")));
    }
}
