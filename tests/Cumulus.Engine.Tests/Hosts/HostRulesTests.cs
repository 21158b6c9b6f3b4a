using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>Path and script rules, for both platforms on either.</summary>
public sealed class HostRulesTests
{
    [Theory]
    [InlineData(null, "/etc/cumulus-init.d", "/var/lib/cumulus", "/etc/cumulus/metadata.conf", "/")]
    [InlineData("/", "/etc/cumulus-init.d", "/var/lib/cumulus", "/etc/cumulus/metadata.conf", "/")]
    [InlineData("/tmp/h/", "/tmp/h/etc/cumulus-init.d", "/tmp/h/var/lib/cumulus", "/tmp/h/etc/cumulus/metadata.conf", "/tmp/h")]
    public void Unix_places(string? root, string scripts, string state, string metadata, string work)
    {
        HostPaths paths = HostPaths.For(root, windows: false);
        Assert.Equal((scripts, state, metadata, work), (paths.InitScripts, paths.StateFolder, paths.MetadataFile, paths.WorkingFolder));
    }

    [Theory]
    [InlineData(null, @"C:\cumulus\init.d", @"C:\cumulus\state", @"C:\cumulus\conf\metadata.conf", @"C:\")]
    [InlineData(@"C:\", @"C:\cumulus\init.d", @"C:\cumulus\state", @"C:\cumulus\conf\metadata.conf", @"C:\")]
    [InlineData(@"D:\h", @"D:\h\C\cumulus\init.d", @"D:\h\C\cumulus\state", @"D:\h\C\cumulus\conf\metadata.conf", @"D:\h")]
    public void Windows_places(string? root, string scripts, string state, string metadata, string work)
    {
        HostPaths paths = HostPaths.For(root, windows: true);
        Assert.Equal((scripts, state, metadata, work), (paths.InitScripts, paths.StateFolder, paths.MetadataFile, paths.WorkingFolder));
    }

    [Theory]
    [InlineData(false, "/", "", "/")]
    [InlineData(false, "/srv//web/./x/", "srv/web/x", "/srv/web/x")]
    [InlineData(true, @"C:\", "C:", @"C:\")]
    [InlineData(true, @"D:\web\x\", "D:/web/x", @"D:\web\x")]
    [InlineData(true, "/srv/web", "C:/srv/web", @"C:\srv\web")]
    public void Extraction_paths(bool windows, string absolute, string hostPath, string full)
    {
        HostPaths paths = HostPaths.For(null, windows);
        Assert.Equal(hostPath, paths.HostPath(absolute));
        Assert.Equal(full, paths.Full(hostPath));
    }

    [Theory]
    [InlineData(false, "srv/web")]
    [InlineData(false, "")]
    [InlineData(false, @"C:\x")]
    [InlineData(false, "/srv/../x")]
    [InlineData(true, @"web\x")]
    [InlineData(true, @"\\server\share")]
    [InlineData(true, @"C:\..\x")]
    public void Extraction_paths_that_are_none(bool windows, string path) =>
        Assert.Equal(ErrorIds.MetadataInvalid, Assert.Throws<CumulusException>(() => HostPaths.For(null, windows).HostPath(path)).ErrorId);

    [Theory]
    [InlineData(null, "srv/web/x", "srv/.cumulus")]
    [InlineData(null, "etc/x", "var/lib/cumulus")]
    [InlineData(null, "srvx/y", "var/lib/cumulus")]
    [InlineData(null, "var/www/x", ".cumulus", "/", "/var/lib")]
    [InlineData("/tmp/h", "srv/web/x", "var/lib/cumulus")]
    [InlineData("/tmp/h", "data/x", "data/.cumulus", "/", "/tmp/h/data")]
    [InlineData("/tmp/h", "srv/x", ".cumulus", "/", "/tmp/h/var")]
    public void Files_are_staged_on_the_file_system_they_go_to(string? root, string target, string store, params string[] mounts) =>
        Assert.Equal(store, new FileSystems(HostPaths.For(root, windows: false), mounts.Length > 0 ? mounts : ["/", "/srv", "/proc"]).StoreFor(target));

    [Theory]
    [InlineData("C:/web/x", "C:/cumulus/state")]
    [InlineData("D:/web/x", "D:/.cumulus")]
    public void Drives_are_file_systems_of_Windows(string target, string store) =>
        Assert.Equal(store, new FileSystems(HostPaths.For(null, windows: true), [@"C:\", @"D:\"]).StoreFor(target));

    [Fact]
    public void Stop_scripts_are_K_then_others_and_start_scripts_are_S_then_others_by_bytes()
    {
        InitScript[] files = [.. new[] { "S20", "S1", "K2", "K10", "other", "Zed", "k3", "s4" }.Select(n => new InitScript(n, true))];
        Assert.Equal(["K10", "K2", "Zed", "k3", "other", "s4"], Names(ScriptPhase.Stop, files, windows: false));
        Assert.Equal(["S1", "S20", "Zed", "k3", "other", "s4"], Names(ScriptPhase.Start, files, windows: false));
    }

    [Fact]
    public void What_is_no_script_is_passed_over_with_a_reason()
    {
        InitScript[] files = [new("README", false), new(".hidden", true), new("S1~", true), new("S1.bak", true), new("S1.orig", true), new("S1", true), new("S2.ps1", false)];
        (IReadOnlyList<InitScript> scripts, IReadOnlyList<SkippedScript> skipped) = InitScriptOrder.For(ScriptPhase.Start, files, windows: false);
        Assert.Equal(["S1", "S2.ps1"], scripts.Select(s => s.Name));
        Assert.Equal([".hidden", "README", "S1.bak", "S1.orig", "S1~"], skipped.Select(s => s.Name));
        Assert.Contains("not executable", skipped[1].Reason);
    }

    [Fact]
    public void Windows_runs_what_it_can_D43()
    {
        InitScript[] files = [.. new[] { "S1.ps1", "S2.cmd", "S3.BAT", "S4.exe", "S5.sh", "README" }.Select(n => new InitScript(n, true))];
        Assert.Equal(["S1.ps1", "S2.cmd", "S3.BAT", "S4.exe"], Names(ScriptPhase.Start, files, windows: true));
    }

    [Fact]
    public void A_file_gets_to_another_file_system_whole_with_its_mode()
    {
        using var here = new TempFolder();
        string other = Directory.Exists("/dev/shm") ? Directory.CreateDirectory($"/dev/shm/cumulus-test-{Guid.NewGuid():N}").FullName : here.Folder("other");
        try
        {
            string file = here.Write("x", "content", EntryMode.DefaultFolder);
            HostDisk.KeepAside(file, Path.Combine(other, "kept"));
            File.WriteAllText(Path.Combine(other, "x"), "old");
            HostDisk.Rename(file, Path.Combine(other, "x"));
            Assert.Equal(("content", "content"), (File.ReadAllText(Path.Combine(other, "kept")), File.ReadAllText(Path.Combine(other, "x"))));
            Assert.Equal(EntryMode.DefaultFolder, HostDisk.Look(Path.Combine(other, "kept"))?.Mode);
            Assert.Equal(EntryMode.DefaultFolder, HostDisk.Look(Path.Combine(other, "x"))?.Mode);
            Assert.False(File.Exists(file));
            Assert.Equal(2, Directory.GetFiles(other).Length);
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData(".")]
    public void Links_are_renamed_and_kept_whatever_they_point_to(string target)
    {
        using var here = new TempFolder();
        here.Link("l", target);
        here.Write("there", "old");
        HostDisk.KeepAside(here["l"], here["kept"]);
        HostDisk.Rename(here["l"], here["there"]);
        Assert.Equal((target, target), (new FileInfo(here["kept"]).LinkTarget, new FileInfo(here["there"]).LinkTarget));
    }

    private static string[] Names(ScriptPhase phase, InitScript[] files, bool windows) =>
        [.. InitScriptOrder.For(phase, files, windows).Scripts.Select(s => s.Name)];
}
