using Cumulus.Console.Scripts;

namespace Cumulus.Console.Tests;

public sealed class ScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Headings_commands_and_their_output_come_in_order_in_one_session()
    {
        var run = Run("# First\nSet-Session one\n\n#  Second\nSet-Session `\n  two\nNew-Fruit apple |\n  Measure-Fruit\n");

        Assert.Equal(
            """
            First

            > Set-Session one
             -> one

            Second

            > Set-Session `
            >   two
            one -> two

            > New-Fruit apple |
            >   Measure-Fruit
            100

            """.ReplaceLineEndings("\n"),
            run.Out.ReplaceLineEndings("\n"));
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Fact]
    public void The_first_error_ends_the_script()
    {
        var run = Run("Test-Failure expected,record\nSet-Session never");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Equal(["> Test-Failure expected,record"], run.OutLines);
        Assert.Contains("(error id ThingNotFound)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_that_shall_be_silent_does_not_end_the_script() =>
        Assert.Equal(ExitCodes.Success, Run("Test-Failure expected -ErrorAction SilentlyContinue\nSet-Session on").ExitCode);

    [Theory]
    [InlineData("Set-Session a\nNew-Fruit -Wieght 5", ":2: New-Fruit: there is no parameter -Wieght; did you mean -Weight?")]
    [InlineData("Set-Session a\n\n# x\nNwe-Fruit a", ":4: there is no command 'Nwe-Fruit'; did you mean 'New-Fruit'?")]
    [InlineData("Set-Session a\nNew-Fruit $x", ":2: '$x' is a variable or an expression")]
    [InlineData("Set-Session a\nNew-Fruit a -Output json", ":2: -Output is the console's own")]
    [InlineData("Set-Session a\ncat x | New-Fruit", ":2: 'cat' is a program, and programs cannot be piped here")]
    [InlineData("Set-Session a\nNew-Fruit a |", "line 2: the command goes on after the end of the file")]
    public void A_line_that_cannot_run_is_told_before_anything_runs(string script, string message)
    {
        var run = Run(script);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Equal("", run.Out);
        Assert.Contains(message, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_that_is_not_there_is_a_usage_error()
    {
        var run = ConsoleRun.Of("-File", Path.Combine(_folder.Path, "none.ps1"));

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("none.ps1", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, ConsoleRun.Of("-File").ExitCode);
        Assert.Contains("'x' follows", ConsoleRun.Of("-File", "a.ps1", "x").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_is_not_there_ends_the_script()
    {
        var run = Run("no-such-program-here x\nSet-Session never");

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains("there is no program 'no-such-program-here' on PATH", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("never", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_output_format_of_the_whole_script_is_given_beside_it()
    {
        string file = _folder.Write("demo.ps1", "New-Fruit apple");

        Assert.Contains("\"Name\": \"apple\"", ConsoleRun.Of("-File", file, "-Output", "json").Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git", "/usr/bin:/bin", false, "/bin/git")]
    [InlineData("./git", "/usr/bin:/bin", false, "./git")]
    [InlineData("git", @"C:\git;C:\windows\", true, @"C:\windows\git.EXE")]
    [InlineData(@"tools\run", @"C:\windows", true, @"tools\run.CMD")]
    [InlineData("none", "/bin", false, null)]
    [InlineData("git", null, false, null)]
    public void A_program_is_looked_up_on_PATH_and_not_in_the_current_folder(string name, string? path, bool windows, string? expected) =>
        Assert.Equal(expected, NativeProgram.Find(
            name, path, null, windows, file => file is "/bin/git" or "git" or "./git" or @"C:\windows\git.EXE" or @"tools\run.CMD" or "none"));

    private ConsoleRun Run(string script) => ConsoleRun.Of("-File", _folder.Write("demo.ps1", script));
}
