using System.Xml.Linq;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Hosts.Service;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts.Service;

/// <summary>The handler as a service of either system.</summary>
public sealed class RegistrationTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _warnings = [];
    private readonly List<string> _log = [];

    public void Dispose() => _folder.Dispose();

    private static HandlerService Service(bool watch = false, params string[] command) => new()
    {
        Command = command.Length > 0 ? command : ["/usr/bin/dotnet", "/opt/my module/Cumulus.Console.dll", "Install-Bundle", "-Follow", "-Verbose"],
        Reason = "PowerShell is not installed.",
        Watch = watch,
        Interval = TimeSpan.FromMinutes(5),
        Spread = TimeSpan.FromSeconds(60),
    };

    private HandlerRegistrar Registrar() => new(HostPaths.For(_folder.Path, windows: false), new ProcessRunner(), hasManager: false, _log.Add);

    private string[] Files() => [.. Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Where(f => !Directory.Exists(f)).Select(f => Path.GetRelativePath(_folder.Path, f)).Order(StringComparer.Ordinal)];

    [Fact]
    public void A_service_of_systemd_runs_at_boot_and_at_each_interval_with_a_random_delay()
    {
        ServicePlan plan = SystemdUnits.Plan(Service());
        Assert.Equal(
            ["etc/systemd/system/cumulus-bundle-handler.service", "etc/systemd/system/cumulus-bundle-handler.timer", "etc/systemd/system/timers.target.wants/cumulus-bundle-handler.timer"],
            plan.Files.Select(f => f.Path));
        Assert.Equal("../cumulus-bundle-handler.timer", plan.Files[2].LinkTarget);
        string[] service = plan.Files[0].Text.Split('\n');
        Assert.Contains("Type=oneshot", service);
        Assert.Contains("KillMode=process", service);
        Assert.Contains("# PowerShell is not installed.", service);
        Assert.Contains("""ExecStart=/usr/bin/dotnet "/opt/my module/Cumulus.Console.dll" Install-Bundle -Follow -Verbose""", service);
        string[] timer = plan.Files[1].Text.Split('\n');
        foreach (string line in (string[])["OnBootSec=10s", "OnUnitInactiveSec=300s", "RandomizedDelaySec=60s"]) Assert.Contains(line, timer);
        Assert.Equal([["systemctl", "daemon-reload"], ["systemctl", "restart", "cumulus-bundle-handler.timer"]], plan.Start);
        Assert.Equal([["systemctl", "start", "cumulus-bundle-handler.timer"]], plan.Ensure);
    }

    [Fact]
    public void One_that_watches_is_a_service_that_stays_without_a_timer()
    {
        ServicePlan plan = SystemdUnits.Plan(Service(watch: true));
        Assert.Equal(["etc/systemd/system/cumulus-bundle-handler.service", "etc/systemd/system/multi-user.target.wants/cumulus-bundle-handler.service"], plan.Files.Select(f => f.Path));
        Assert.Contains("Restart=always", plan.Files[0].Text.Split('\n'));
        Assert.Equal([["systemctl", "stop", "cumulus-bundle-handler.service"]], plan.Stop);
    }

    [Theory]
    [InlineData("-Follow", "-Follow")]
    [InlineData("a b", "\"a b\"")]
    [InlineData("", "\"\"")]
    [InlineData("100%$HOME", "\"100%%$$HOME\"")]
    [InlineData("""say "x" \ 'y'""", """
        "say \"x\" \\ 'y'"
        """)]
    [InlineData(";", "\";\"")]
    public void A_word_of_a_unit_stays_one_word(string word, string quoted) => Assert.Equal(quoted, SystemdUnits.Quote(word, isProgram: false));

    [Fact]
    public void In_a_programs_path_no_variable_is_looked_for() => Assert.Equal("\"/opt/$x y/pwsh\"", SystemdUnits.Quote("/opt/$x y/pwsh", isProgram: true));

    [Theory]
    [InlineData("a\nExecStartPre=/bin/rm")]
    [InlineData("a\0b")]
    public void A_word_that_would_end_the_line_is_refused(string word)
    {
        Assert.Equal(ErrorIds.HandlerRegistrationFailed, Assert.Throws<CumulusException>(() => SystemdUnits.Plan(Service(false, "/bin/x", word))).ErrorId);
        Assert.Equal(ErrorIds.HandlerRegistrationFailed, Assert.Throws<CumulusException>(() => ScheduledTask.Plan(Service(false, "/bin/x", word))).ErrorId);
    }

    [SystemdTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Systemd_itself_finds_nothing_wrong_with_the_units(bool watch)
    {
        // A program has to be there for it; the words are the worst that there are.
        await Registrar().RegisterAsync(SystemdUnits.Plan(Service(watch, "/bin/sh", "-c", "echo \"100%\" $HOME; 'x' \\ y")), force: false, default);
        string[] units = [.. Directory.GetFiles(_folder["etc/systemd/system"])];
        ProcessResult result = await new ProcessRunner().RunAsync(
            new ProcessRequest { FileName = "systemd-analyze", Arguments = ["verify", "--man=no", .. units], WorkingDirectory = "/", TimeLimit = TimeSpan.FromSeconds(60) }, default);
        Assert.DoesNotContain(result.LastLines, l => l.Contains("cumulus", StringComparison.Ordinal));
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void A_task_of_Windows_runs_as_the_system_at_boot_and_at_each_interval_D43()
    {
        ServicePlan plan = ScheduledTask.Plan(Service(false, @"C:\Program Files\PowerShell\7\pwsh.exe", "-Command", """Import-Module 'C:\x y\Cumulus.psd1'; Install-Bundle -Note "<&>" """));
        ServiceFile file = Assert.Single(plan.Files);
        Assert.Equal("C:/cumulus/conf/cumulus-bundle-handler.task.xml", file.Path);
        Assert.True(file.Utf16);
        XDocument task = XDocument.Parse(file.Text);
        string Value(string name) => task.Descendants().Single(e => e.Name.LocalName == name).Value;
        Assert.Equal("S-1-5-18", Value("UserId"));
        Assert.Equal("IgnoreNew", Value("MultipleInstancesPolicy"));
        Assert.Equal("PT4H", Value("ExecutionTimeLimit"));
        Assert.Equal("PT5M", Value("Interval"));
        Assert.Equal("PT1M", Value("RandomDelay"));
        Assert.Equal("PT10S", Value("Delay"));
        Assert.Equal(@"C:\Program Files\PowerShell\7\pwsh.exe", Value("Command"));
        Assert.Equal("""-Command "Import-Module 'C:\x y\Cumulus.psd1'; Install-Bundle -Note \"<&>\" " """.TrimEnd(), Value("Arguments"));
        Assert.Equal(["schtasks.exe", "/Create", "/TN", @"Cumulus\BundleHandler", "/XML", @"C:\cumulus\conf\cumulus-bundle-handler.task.xml", "/F"], plan.Start[0]);
    }

    [Fact]
    public void A_task_that_watches_is_started_at_boot_and_again_when_it_fails_and_has_no_limit()
    {
        XDocument task = XDocument.Parse(ScheduledTask.Plan(Service(watch: true)).Files[0].Text);
        Assert.DoesNotContain(task.Descendants(), e => e.Name.LocalName == "TimeTrigger");
        Assert.Contains(task.Descendants(), e => e.Name.LocalName == "RestartOnFailure");
        Assert.Equal("PT0S", task.Descendants().Single(e => e.Name.LocalName == "ExecutionTimeLimit").Value);
    }

    [Theory]
    [InlineData("a b", "\"a b\"")]
    [InlineData(@"C:\x\", @"C:\x\")]
    [InlineData(@"C:\x y\", """
        "C:\x y\\"
        """)]
    [InlineData("""say "x\" """, """
        "say \"x\\\" "
        """)]
    [InlineData("", "\"\"")]
    public void Arguments_are_taken_apart_on_Windows_as_they_were_put_together(string word, string quoted) => Assert.Equal(quoted, ScheduledTask.Join([word]));

    [Fact]
    public async Task What_was_registered_goes_and_nothing_else()
    {
        string other = _folder.Write("etc/systemd/system/other.service", "x");
        IReadOnlyList<ServiceFileChange> changes = await Registrar().RegisterAsync(SystemdUnits.Plan(Service()), force: false, default);
        Assert.All(changes, c => Assert.Equal(ServiceFileAction.Write, c.Action));
        Assert.Equal(5, Files().Length);
        IReadOnlyList<string> removed = await Registrar().UnregisterAsync(force: false, _warnings.Add, default);
        Assert.Equal(3, removed.Count);
        Assert.Equal(["etc/systemd/system/other.service"], Files());
        Assert.False(Directory.Exists(_folder["etc/systemd/system/timers.target.wants"]));
        Assert.False(Directory.Exists(_folder["var"]));
        Assert.Equal("x", File.ReadAllText(other));
        Assert.Empty(await Registrar().UnregisterAsync(force: false, _warnings.Add, default));
        Assert.Empty(_warnings);
        Assert.Empty(_log);
    }

    [Fact]
    public async Task Once_more_changes_nothing_and_another_kind_takes_the_place_of_the_first()
    {
        await Registrar().RegisterAsync(SystemdUnits.Plan(Service()), force: false, default);
        Assert.All(await Registrar().RegisterAsync(SystemdUnits.Plan(Service()), force: false, default), c => Assert.Equal(ServiceFileAction.Keep, c.Action));
        await Registrar().RegisterAsync(SystemdUnits.Plan(Service(watch: true)), force: false, default);
        Assert.Equal(
            ["etc/systemd/system/cumulus-bundle-handler.service", "etc/systemd/system/multi-user.target.wants/cumulus-bundle-handler.service", "var/lib/cumulus/handler.json"],
            Files());
        await Registrar().UnregisterAsync(force: false, _warnings.Add, default);
        Assert.Empty(Files());
    }

    [Theory]
    [InlineData("is there already and was not written", false)]
    [InlineData("was changed since it was registered", true)]
    public async Task Anothers_file_is_replaced_only_on_demand(string why, bool registered)
    {
        ServicePlan plan = SystemdUnits.Plan(Service());
        if (registered) await Registrar().RegisterAsync(plan, force: false, default);
        string path = _folder.Write("etc/systemd/system/cumulus-bundle-handler.service", "mine");
        var e = await Assert.ThrowsAsync<CumulusException>(() => Registrar().RegisterAsync(plan, force: false, default));
        Assert.Equal(ErrorIds.FileExists, e.ErrorId);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(path));
        await Registrar().RegisterAsync(plan, force: true, default);
        Assert.Contains("ExecStart", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_changed_since_stays_with_a_warning()
    {
        await Registrar().RegisterAsync(SystemdUnits.Plan(Service()), force: false, default);
        string path = _folder["etc/systemd/system/cumulus-bundle-handler.timer"];
        File.AppendAllText(path, "# mine\n");
        await Registrar().UnregisterAsync(force: false, _warnings.Add, default);
        Assert.Contains(path, Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Equal(["etc/systemd/system/cumulus-bundle-handler.timer"], Files());
    }

    [Fact]
    public async Task A_task_file_has_the_encoding_that_it_says()
    {
        ServicePlan plan = ScheduledTask.Plan(Service());
        await Registrar().RegisterAsync(plan with { Files = [plan.Files[0] with { Path = "task.xml" }] }, force: false, default);
        Assert.Equal([0xff, 0xfe], (await File.ReadAllBytesAsync(_folder["task.xml"]))[..2]);
        Assert.Equal("Task", XDocument.Load(_folder["task.xml"]).Root!.Name.LocalName);
    }

    [Fact]
    public void PowerShell_runs_the_module_where_it_is_installed()
    {
        HandlerProgram program = HandlerProgram.Find(false, "/opt/cumulus/", ["/usr/bin", "relative"], f => f is "/usr/bin/pwsh" or "/usr/bin/dotnet" or "/opt/cumulus/Cumulus.psd1" or "/opt/cumulus/console/Cumulus.Console.dll");
        Assert.Equal((HandlerProgramKind.PowerShell, "/usr/bin/pwsh"), (program.Kind, program.Program));
        Assert.Equal(
            ["/usr/bin/pwsh", "-NoProfile", "-NonInteractive", "-Command", "Import-Module '/opt/cumulus/Cumulus.psd1'; Install-Bundle -Follow -Spread '5'"],
            program.Command("Install-Bundle", [("Follow", null), ("Spread", "5")]));
    }

    [Fact]
    public void Else_the_console_does_and_it_says_why()
    {
        HandlerProgram program = HandlerProgram.Find(true, @"C:\cumulus\module", [], f => f is @"C:\Program Files\dotnet\dotnet.exe" or @"C:\cumulus\module\console\Cumulus.Console.dll");
        Assert.Equal(HandlerProgramKind.Console, program.Kind);
        Assert.Contains("PowerShell is not installed", program.Reason, StringComparison.Ordinal);
        Assert.Equal([@"C:\Program Files\dotnet\dotnet.exe", @"C:\cumulus\module\console\Cumulus.Console.dll", "Install-Bundle", "-Follow"], program.Command("Install-Bundle", [("Follow", null)]));
    }

    [Fact]
    public void With_neither_it_is_an_error_that_says_what_is_missing()
    {
        var e = Assert.Throws<CumulusException>(() => HandlerProgram.Find(false, "/opt/cumulus", [], _ => false));
        Assert.Equal(ErrorIds.HandlerRegistrationFailed, e.ErrorId);
        Assert.Contains("PowerShell is not installed, and .NET is not installed", e.Message, StringComparison.Ordinal);
    }
}

/// <summary>Where systemd-analyze is; skipped elsewhere, which the run shows.</summary>
public sealed class SystemdTheoryAttribute : TheoryAttribute
{
    public SystemdTheoryAttribute()
    {
        if (!File.Exists("/usr/bin/systemd-analyze")) Skip = "systemd-analyze is not installed";
    }
}
