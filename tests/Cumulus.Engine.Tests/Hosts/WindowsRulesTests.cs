using System.Text;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>What is special about Windows, as rules that hold and are tested on either system.</summary>
public sealed class WindowsRulesTests
{
    private const int InUse = unchecked((int)0x80070020);
    private static readonly HostPaths Windows = HostPaths.For(null, windows: true);

    [Theory]
    [InlineData(@"c:\web", "C:/web", @"C:\web")]
    [InlineData(@"D:", "D:", @"D:\")]
    [InlineData(@"e:/data\x/", "E:/data/x", @"E:\data\x")]
    [InlineData(@"\web", "C:/web", @"C:\web")]
    public void Extraction_paths_may_name_any_drive(string absolute, string hostPath, string full)
    {
        Assert.Equal(hostPath, Windows.HostPath(absolute));
        Assert.Equal(full, Windows.Full(hostPath));
    }

    [Theory]
    [InlineData(@"C:web", "not absolute")]
    [InlineData(@"C:\a\..\b", "..")]
    [InlineData(@"\\server\share\x", "no drive")]
    [InlineData(@"\\?\C:\x", "no drive")]
    [InlineData(@"C:\data\NUL\x", "device")]
    [InlineData(@"C:\data\com1.txt", "device")]
    [InlineData(@"C:\data\x.", "ends in a dot")]
    [InlineData(@"C:\data\x:y", "stream")]
    [InlineData(@"C:\da*ta", "does not allow")]
    public void Extraction_paths_that_Windows_cannot_have_are_refused(string path, string why)
    {
        var e = Assert.Throws<CumulusException>(() => Windows.HostPath(path));
        Assert.Equal((ErrorIds.MetadataInvalid, path), (e.ErrorId, e.Target));
        Assert.Contains(why, e.Message);
    }

    [Theory]
    [InlineData("/srv\\web", "backslash")]
    [InlineData("/srv/a\nb", "control character")]
    [InlineData("/C:/web", "drive letter")]
    public void Extraction_paths_of_Unix_that_are_slips_are_refused(string path, string why) =>
        Assert.Contains(why, Assert.Throws<CumulusException>(() => HostPaths.For(null, windows: false).HostPath(path)).Message);

    [Fact]
    public void Long_paths_get_the_form_without_a_limit()
    {
        string longName = new('x', 300);
        Assert.Equal(@"C:\short", WindowsPath.Extended(@"C:\short"));
        Assert.Equal($@"\\?\C:\{longName}", WindowsPath.Extended($@"C:\{longName}"));
        Assert.Equal($@"\\?\C:\a\{longName}", WindowsPath.Extended($"C:/a/{longName}"));
        Assert.Equal($@"\\?\UNC\server\share\{longName}", WindowsPath.Extended($@"\\server\share\{longName}"));
        Assert.Equal($@"\\?\C:\{longName}", WindowsPath.Extended($@"\\?\C:\{longName}"));
    }

    [Fact]
    public void Names_of_two_bundles_that_differ_in_case_alone_are_one_file_on_Windows_and_two_elsewhere()
    {
        BundleOffer[] offers = [Offer("a", "Srv/Read.me"), Offer("b", "srv/READ.ME")];
        HostChanges onWindows = new InstallPlanner(Windows, new InstalledState(), offers, new EmptyHost()).Compute([], keepOldFiles: false);
        Assert.Equal("b", Assert.Single(onWindows.Places).Bundle.Name);
        Assert.Contains("'a' and 'b' both have", Assert.Single(onWindows.Notes));
        Assert.Single(onWindows.NewFolders, f => f.Path.Equals("C:/srv", StringComparison.OrdinalIgnoreCase));
        HostChanges onUnix = new InstallPlanner(HostPaths.For(null, windows: false), new InstalledState(), offers, new EmptyHost()).Compute([], keepOldFiles: false);
        Assert.Equal(2, onUnix.Places.Count);
        Assert.Empty(onUnix.Notes);
    }

    [Fact]
    public void A_file_nobody_has_open_is_simply_replaced()
    {
        var disk = new FakeFiles { ["new"] = "2", ["app.exe"] = "1" };
        new LockedFiles(disk).Rename("new", "app.exe");
        Assert.Equal(["app.exe=2"], disk.All);
        Assert.Empty(disk.AtBoot);
    }

    [Fact]
    public void A_running_program_moves_aside_and_goes_at_the_next_boot_D43()
    {
        var disk = new FakeFiles { ["new"] = "2", ["app.exe"] = "1" };
        disk.Open.Add("1");
        new LockedFiles(disk).Rename("new", "app.exe");
        Assert.Equal(["app.exe=2", "new.replaced=1"], disk.All);
        Assert.Equal(["new.replaced"], disk.AtBoot);
    }

    [Fact]
    public void A_running_program_can_be_removed_D43()
    {
        var disk = new FakeFiles { ["app.exe"] = "1", ["notes"] = "n" };
        disk.Open.Add("1");
        new LockedFiles(disk).Delete("app.exe", "work/1");
        new LockedFiles(disk).Delete("notes", "work/2");
        Assert.Equal(["work/1=1"], disk.All);
        Assert.Equal(["work/1"], disk.AtBoot);
    }

    [Fact]
    public void When_the_new_file_cannot_take_the_name_the_old_one_has_it_again()
    {
        var disk = new FakeFiles { ["new"] = "2", ["app.exe"] = "1" };
        disk.Open.Add("1");
        disk.Open.Add("2");
        disk.Immovable = "2";
        Assert.Throws<IOException>(() => new LockedFiles(disk).Rename("new", "app.exe"));
        Assert.Equal(["app.exe=1", "new=2"], disk.All);
    }

    [Fact]
    public void What_fails_for_another_reason_fails()
    {
        Assert.Throws<FileNotFoundException>(() => new LockedFiles(new FakeFiles()).Rename("absent", "x"));
        Assert.True(LockedFiles.IsInUse(new UnauthorizedAccessException()));
        Assert.False(LockedFiles.IsInUse(new IOException("disk full", unchecked((int)0x80070070))));
    }

    [Theory]
    [InlineData(@"C:\cumulus\init.d\S1.ps1", true, "pwsh", @"-NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:\cumulus\init.d\S1.ps1")]
    [InlineData(@"C:\cumulus\init.d\S1.PS1", false, "powershell.exe", @"-NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:\cumulus\init.d\S1.PS1")]
    [InlineData(@"C:\init d\S 1 & x.cmd", true, "cmd.exe", @"/d /s /c """"C:\init d\S 1 & x.cmd""""")]
    [InlineData(@"C:\cumulus\init.d\S1.exe", true, @"C:\cumulus\init.d\S1.exe", "")]
    public void Windows_scripts_and_what_runs_them_D43(string path, bool hasPwsh, string program, string arguments)
    {
        ScriptCommand command = ScriptCommand.For(path, "MZ.."u8, windows: true, hasPwsh);
        Assert.Equal((program, arguments), (command.Program, command.CommandLine ?? string.Join(' ', command.Arguments)));
    }

    [Theory]
    [InlineData("S1", "#!/bin/sh", "/i/S1", "")]
    [InlineData("S1", "\u007fELF", "/i/S1", "")]
    [InlineData("S1", "echo", "/bin/sh", "/i/S1")]
    [InlineData("S1", "", "/bin/sh", "/i/S1")]
    [InlineData("S1.ps1", "#!/usr/bin/env pwsh", "/i/S1.ps1", "")]
    [InlineData("S1.ps1", "Get-Date", "pwsh", "-NoProfile -NonInteractive -ExecutionPolicy Bypass -File /i/S1.ps1")]
    public void Unix_scripts_and_what_runs_them(string name, string start, string program, string arguments)
    {
        ScriptCommand command = ScriptCommand.For("/i/" + name, Encoding.UTF8.GetBytes(start), windows: false, hasPwsh: false);
        Assert.Equal((program, arguments, null), (command.Program, string.Join(' ', command.Arguments), command.CommandLine));
    }

    private static BundleOffer Offer(string name, string file)
    {
        var entry = new BundleEntry { Name = file, Type = BundleEntryType.File, Mode = EntryMode.DefaultFile, Size = 1, Sha256 = "00" };
        return new BundleOffer(name, "1", null, "", "C:", [entry]);
    }

    private sealed class EmptyHost : IHostView
    {
        public HostFile? Look(string hostPath) => null;

        public string Sha256(string hostPath) => throw new FileNotFoundException();
    }

    /// <summary>Names with contents; what is open can be renamed and neither replaced nor deleted.</summary>
    private sealed class FakeFiles : IWindowsFiles
    {
        private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);

        public HashSet<string> Open { get; } = [];

        public List<string> AtBoot { get; } = [];

        public string? Immovable { get; set; }

        public IEnumerable<string> All => _files.Select(f => $"{f.Key}={f.Value}");

        public string this[string path]
        {
            set => _files[path] = value;
        }

        public bool Exists(string path) => _files.ContainsKey(path);

        public void Move(string from, string to, bool overwrite)
        {
            if (!_files.TryGetValue(from, out string? content)) throw new FileNotFoundException();
            if (content == Immovable) throw new IOException("in use", InUse);
            if (_files.TryGetValue(to, out string? there) && (!overwrite || Open.Contains(there))) throw new IOException("in use", InUse);
            _files.Remove(from);
            _files[to] = content;
        }

        public void Delete(string path)
        {
            if (Open.Contains(_files[path])) throw new UnauthorizedAccessException();
            _files.Remove(path);
        }

        public void DeleteAtNextBoot(string path) => AtBoot.Add(path);
    }
}
