using System.Diagnostics;

namespace Cumulus.Console.Tests;

/// <summary>The program as it is shipped, as a process of its own, from out/.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    internal static readonly string Repository = FindRepository();
    internal static readonly string Program = Path.Combine(Repository, "out", OperatingSystem.IsWindows() ? "cumulus.cmd" : "cumulus");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_starts_from_the_assembled_module()
    {
        var run = await RunAsync("--version");

        Assert.Equal("cumulus " + typeof(ConsoleApp).Assembly.GetName().Version!.ToString(3), Assert.Single(run.OutLines));
        Assert.Equal("", run.Error);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Fact]
    public async Task It_finds_the_module_and_its_cmdlets_can_all_be_described()
    {
        var list = await RunAsync("help");
        string[] names = list.OutLines.SkipWhile(l => l != "Commands").Skip(1).TakeWhile(l => l != "Options")
            .Select(l => l.Trim().Split(' ')[0]).ToArray();

        Assert.NotEmpty(names);
        foreach (string name in names)
        {
            var help = await RunAsync("help", name);
            Assert.Equal((ExitCodes.Success, ""), (help.ExitCode, help.Error));
        }
    }

    [Fact]
    public async Task An_environment_without_stacks_is_not_deployed_in_silence()
    {
        string file = _folder.Write("cumulus.conf", "[environment: e]\nregion = eu-west-1\naccess-key-id = AKIAEXAMPLE\nsecret-access-key = s\nstacks =\nbundles =\n");

        var run = await RunAsync("Deploy-Environment", "e", "-ConfigurationPath", file);

        Assert.Contains("WARNING: The environment 'e' has no stacks.\n", run.Error);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Fact]
    public async Task A_warning_of_the_configuration_comes_once_in_a_pipeline_and_again_in_the_next()
    {
        _folder.Write("t.yml", "Resources: { }");
        string file = _folder.Write("cumulus.yml", "environments: { e: { bukcet: b, stacks: [s] } }\nstacks: { s: { template: t.yml } }\n");
        string script = _folder.Write("demo.ps1", $"Get-Environment -ConfigurationPath {file} | Test-StackTemplate -ConfigurationPath {file} -SkipLint\nGet-Environment -ConfigurationPath {file}\n");

        var one = await RunAsync("Get-Environment", "-ConfigurationPath", file, "|", "Test-StackTemplate", "-ConfigurationPath", file, "-SkipLint", "-Output", "json");
        var two = await RunAsync("-File", script);

        Assert.Contains("\"IsValid\": true", one.Out, StringComparison.Ordinal);
        Assert.Single(one.ErrorLines, l => l.Contains("'bukcet' is not known", StringComparison.Ordinal));
        Assert.Equal(2, two.ErrorLines.Count(l => l.Contains("'bukcet' is not known", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_configuration_is_begun_converted_and_tested()
    {
        string conf = _folder.Write("old.conf", "[environment: e]\nstacks = s\nbucekt = b\n[stack: s]\ntemplate = gone.json\n"), yml = Path.Combine(_folder.Path, "new.yml");

        var begun = await RunAsync("New-CumulusConfiguration", yml, "-Environment", "stage", "-IncludeSchema");
        var again = await RunAsync("New-CumulusConfiguration", yml);
        var converted = await RunAsync("Convert-CumulusConfiguration", conf);
        var tested = await RunAsync("Test-CumulusConfiguration", Path.Combine(_folder.Path, "old.yml"), "-Output", "json");

        Assert.Equal((ExitCodes.Success, ""), (begun.ExitCode, begun.Error));
        Assert.True(File.Exists(Path.Combine(_folder.Path, "cumulus.schema.json")));
        Assert.Equal(ExitCodes.Failure, again.ExitCode);
        Assert.Contains("Give -Force", again.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, converted.ExitCode);
        Assert.Contains("# bucekt = b", File.ReadAllText(Path.Combine(_folder.Path, "old.yml")), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failure, tested.ExitCode);
        Assert.Contains("\"Option\": \"stack: s / template\"", tested.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_usage_error_is_one_line_and_exit_code_2()
    {
        var run = await RunAsync("No-SuchThing");

        Assert.Equal(new ConsoleRun(ExitCodes.Usage, "", "cumulus: there is no command 'No-SuchThing'; 'cumulus help' lists them\n"), run);
    }

    [Fact]
    public async Task A_script_runs_programs_with_their_arguments_as_they_are()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var run = await RunAsync("-File", _folder.Write("demo.ps1", "# Count\nprintf '%s|' 'a b' \"c*\" -d:e x,y --f\nsh -c 'exit 3'\nprintf never"));

        Assert.Equal("Count\n\n> printf '%s|' 'a b' \"c*\" -d:e x,y --f\na b|c*|-d:e|x,y|--f|\n> sh -c 'exit 3'\n", run.Out);
        Assert.Equal("sh: it ended with exit code 3\n", run.Error);
        Assert.Equal(ExitCodes.Failure, run.ExitCode);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public async Task A_signal_stops_it_with_130(int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var process = Start("-File", _folder.Write("demo.ps1", "sh -c 'trap \"exit 0\" INT TERM; echo $$; while :; do sleep 0.05; done'\nprintf never"));
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync().WaitAsync(Limit);
        }
        while (line is not null && !int.TryParse(line, out _));

        // A terminal sends Ctrl+C to the whole group; here both get it by hand.
        Kill(int.Parse(line!, System.Globalization.CultureInfo.InvariantCulture), signal);
        Kill(process.Id, signal);
        await process.WaitForExitAsync().WaitAsync(Limit);

        Assert.Equal(ExitCodes.Stopped, process.ExitCode);
    }

    [Fact]
    public async Task The_launcher_works_through_a_symbolic_link()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string link = Path.Combine(_folder.Path, "cumulus");
        File.CreateSymbolicLink(link, Path.Combine(Repository, "out", "cumulus"));

        var run = await RunAsync(new ProcessStartInfo(link, ["--version"]) { WorkingDirectory = _folder.Path });

        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Fact]
    public void Neither_PowerShell_nor_the_console_is_where_pwsh_would_load_it()
    {
        string module = Path.Combine(Repository, "out", "Cumulus");
        string[] names = Directory.EnumerateFiles(module, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(module, f)).ToArray();

        Assert.Equal(Path.Combine("console", "System.Management.Automation.dll"), Assert.Single(names, n => n.EndsWith("System.Management.Automation.dll", StringComparison.Ordinal)));
        Assert.All(names.Where(n => Path.GetFileName(n).StartsWith("Cumulus.Console", StringComparison.Ordinal)), n => Assert.StartsWith("console", n, StringComparison.Ordinal));
        Assert.Contains("Cumulus.PowerShell.dll", names);
        Assert.Contains("Cumulus.psd1", names);
        Assert.Contains(Path.Combine("deps", "Cumulus.Engine.dll"), names);
        Assert.DoesNotContain(names, n => Path.GetDirectoryName(n) == "deps" && File.Exists(Path.Combine(module, Path.GetFileName(n))));
    }

    internal static Task<ConsoleRun> RunAsync(params string[] arguments) => RunAsync(Launch(arguments));

    private static async Task<ConsoleRun> RunAsync(ProcessStartInfo start)
    {
        using var process = StartWith(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        return new ConsoleRun(process.ExitCode, (await output).ReplaceLineEndings("\n"), (await error).ReplaceLineEndings("\n"));
    }

    private static Process Start(params string[] arguments) => StartWith(Launch(arguments));

    internal static Process StartWith(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        return Process.Start(start)!;
    }

    private static ProcessStartInfo Launch(string[] arguments) =>
        new(Program, arguments);

    private static string FindRepository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cumulus.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The tests do not lie below the repository.");
        }

        return folder;
    }

    internal static void Kill(int processId, int signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", processId.ToString(System.Globalization.CultureInfo.InvariantCulture)]))!;
        kill.WaitForExit();
    }
}
