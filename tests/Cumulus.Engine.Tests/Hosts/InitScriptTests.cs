using System.Diagnostics;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>Init scripts as they run on a host.</summary>
public sealed class InitScriptTests : IDisposable
{
    private readonly HostFixture _on = new();

    public void Dispose() => _on.Dispose();

    private void Put(string name, string content, bool executable = true) =>
        _on.Host.Write($"etc/cumulus-init.d/{name}", content, executable ? EntryMode.DefaultFolder : EntryMode.DefaultFile);

    private async Task InstallAsync()
    {
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        await _on.InstallAsync("1", "web");
    }

    [Fact]
    public async Task Scripts_that_no_bundle_brought_run_too()
    {
        Put("K1", Script("K1"));
        Put("by-hand", Script("by-hand"));
        Put("S1", Script("S1"));
        await InstallAsync();
        Assert.Equal(["K1 stop 1", "by-hand stop 1", "S1 start 1", "by-hand start 1"], _on.Ran);
    }

    [Fact]
    public async Task What_is_no_script_is_not_run_and_a_verbose_line_says_why()
    {
        Put("S1~", Script("backup"));
        Put(".S1.swp", Script("dot"));
        Put("README", "no script", executable: false);
        _on.Host.Link("etc/cumulus-init.d/S9", "nowhere");
        _on.Host.Folder("etc/cumulus-init.d/S.d");
        await InstallAsync();
        Assert.Empty(_on.Ran);
        Assert.All(["S1~", ".S1.swp", "README", "S9"], name => Assert.Contains(_on.Log, line => line.StartsWith($"{name} is not run: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_link_is_run_when_what_it_leads_to_can_be()
    {
        _on.Host.Write("opt/start", Script("linked"), EntryMode.DefaultFolder);
        _on.Host.Write("opt/text", "no script");
        _on.Host.Link("etc/cumulus-init.d/S1", "../../opt/start");
        _on.Host.Link("etc/cumulus-init.d/S2", "../../opt/text");
        await InstallAsync();
        Assert.Equal(["linked start 1"], _on.Ran);
        Assert.Contains(_on.Log, line => line == "S2 is not run: it is not executable.");
    }

    [Fact]
    public async Task A_script_without_an_interpreter_line_is_run_by_the_shell_as_ever()
    {
        Put("S 1", "echo \"plain $CUMULUS_PHASE\" >> \"$CUMULUS_ROOT/ran\"\n");
        await InstallAsync();
        Assert.Equal(["plain start"], _on.Ran);
    }

    [Fact]
    public async Task A_script_gets_no_input_and_its_working_folder_is_the_root()
    {
        Put("S1", "#!/bin/sh\nread line || echo \"none $PWD\"\n");
        await InstallAsync();
        Assert.Contains($"S1: none {_on.Host.Path}", _on.Log);
    }

    [Fact]
    public async Task A_daemon_that_holds_the_output_open_does_not_hold_the_install()
    {
        Put("S1", "#!/bin/sh\nsleep 600 &\necho $! > \"$CUMULUS_ROOT/ran\"\necho started\n");
        await InstallAsync();
        using Process daemon = Process.GetProcessById(int.Parse(_on.Ran[0]));
        Assert.False(daemon.HasExited);
        daemon.Kill();
        Assert.Contains("S1: started", _on.Log);
    }

    [Fact]
    public async Task A_hanging_script_is_killed_with_the_daemons_it_started_D40()
    {
        Put("S1", "#!/bin/sh\n(sleep 600 & echo $! > \"$CUMULUS_ROOT/ran\")\nsleep 600\n");
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        InstallRequest request = _on.Request("1", "web") with { ScriptTimeLimit = TimeSpan.FromMilliseconds(500) };
        var e = await Assert.ThrowsAsync<CumulusException>(() => new BundleInstaller(_on.Store).InstallAsync(request, default));
        Assert.Equal(FailureKind.Timeout, e.Kind);
        string stat = $"/proc/{_on.Ran[0]}/stat";
        Assert.True(!File.Exists(stat) || File.ReadAllText(stat).Split(')')[^1].TrimStart()[0] is 'Z' or 'X');
    }

    [Fact]
    public async Task An_error_has_the_last_lines_and_no_more_however_much_was_written_D40()
    {
        Put("S1", "#!/bin/sh\nhead -c 3000000 /dev/zero | tr '\\0' x\necho\nhead -c 100000 /dev/urandom\nprintf '\\nthe cause\\n'\nexit 6\n");
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        CumulusException e = await _on.FailAsync("1", "web");
        Assert.Contains("S1 ended with exit code 6", e.Message);
        Assert.Contains("the cause", e.Message);
        Assert.InRange(e.Message.Length, 10, 15_000);
        Assert.EndsWith("etc/cumulus-init.d/S1", Assert.IsType<string>(e.Target));
    }
}
