namespace Cumulus.Console.Tests;

public sealed class ErrorTests
{
    [Fact]
    public void An_expected_error_has_its_words_its_advice_and_its_id()
    {
        var run = ConsoleRun.Of("Test-Failure expected,record");

        Assert.Equal(
            [
                "Test-Failure: Thing 'a' was not found.",
                "  It was never there.",
                "  Look elsewhere.",
                "  (error id ThingNotFound)",
            ],
            run.ErrorLines);
        Assert.Contains("pear", run.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failure, run.ExitCode);
    }

    [Fact]
    public void Stop_ends_the_line_at_the_first_error()
    {
        var run = ConsoleRun.Of("Test-Failure expected,record -ErrorAction Stop | Add-Label -Verbose");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Equal("", run.Out);
        Assert.DoesNotContain("Add-Label takes", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("bug", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_in_the_second_command_ends_the_first()
    {
        var run = ConsoleRun.Of("Test-Failure stone,record,expected | Add-Label -ea Stop");

        Assert.Equal(["Add-Label: A record of the command before it does not fit: nothing of the Stone fits a parameter.", "  (error id InputNotBound)"], run.ErrorLines);
        Assert.Equal("", run.Out);
        Assert.Equal(ExitCodes.Failure, run.ExitCode);
    }

    [Theory]
    [InlineData("SilentlyContinue")]
    [InlineData("Ignore")]
    public void An_error_that_shall_be_silent_is_not_written_and_does_not_count(string action)
    {
        var run = ConsoleRun.Of("Test-Failure", "expected,record", "-ErrorAction", action);

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Equal("", run.Error);
        Assert.Contains("pear", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bug_looks_different()
    {
        var run = ConsoleRun.Of("Test-Failure bug");

        Assert.StartsWith("Test-Failure: This is a bug in Cumulus, not a mistake of yours (InvalidCastException): odd thing", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failure, run.ExitCode);
    }

    [Fact]
    public void Debug_shows_where_a_bug_is()
    {
        Assert.Contains("DEBUG:    at Cumulus.Console.Tests.Fixtures.TestFailureCmdlet", ConsoleRun.Of("Test-Failure bug -Debug").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_beginning_that_fails_ends_the_line()
    {
        var run = ConsoleRun.Of("Test-Failure begin,record");

        Assert.Equal(["Test-Failure: The beginning failed.", "  (error id BeginFailed)"], run.ErrorLines);
        Assert.Equal("", run.Out);
        Assert.Equal(ExitCodes.Failure, run.ExitCode);
    }

    [Fact]
    public void Warnings_are_shown_and_count_only_under_Stop()
    {
        Assert.Equal(new ConsoleRun(ExitCodes.Success, "", "WARNING: Careful.\n"), ConsoleRun.Of("Test-Failure warning"));
        Assert.Equal(new ConsoleRun(ExitCodes.Success, "", ""), ConsoleRun.Of("Test-Failure warning -WarningAction SilentlyContinue"));
        Assert.Equal(new ConsoleRun(ExitCodes.Failure, "", "WARNING: Careful.\n"), ConsoleRun.Of("Test-Failure warning,record -WarningAction Stop"));
    }

    [Fact]
    public void Information_and_debug_lines_are_shown_when_asked_for()
    {
        Assert.Equal("", ConsoleRun.Of("Test-Failure information,debug").Error);
        Assert.Equal(
            ["By the way.", "DEBUG: Inner life."],
            ConsoleRun.Of("Test-Failure information,debug -InformationAction Continue -Debug").ErrorLines);
    }

    [Fact]
    public void WhatIf_says_what_would_be_done()
    {
        var run = ConsoleRun.Of("Remove-Fruit apple -WhatIf");

        Assert.Equal(new ConsoleRun(ExitCodes.Success, "", "What if: Performing the operation \"Remove\" on target \"apple\".\n"), run);
    }

    [Fact]
    public void Nobody_can_be_asked_where_the_input_is_no_terminal()
    {
        var run = ConsoleRun.With(new Surroundings { Input = "y\n" }, "Remove-Fruit apple");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("(error id ConfirmationUnavailable)", run.Error, StringComparison.Ordinal);
        Assert.Contains("  Give -Confirm:$false.", run.Error, StringComparison.Ordinal);
        Assert.Equal(["removed apple"], ConsoleRun.Of("Remove-Fruit", "apple", "-Confirm:$false").OutLines);
    }

    [Theory]
    [InlineData("y\nn\n", "removed a")]
    [InlineData("\nL\n", "removed a")]
    [InlineData("A\n", "removed a|removed b|removed c")]
    [InlineData("what?\nno\nyes\nn\n", "removed b")]
    public void A_person_is_asked(string answers, string removed)
    {
        var run = ConsoleRun.With(new Surroundings { IsTerminal = true, Input = answers + "n\nn\n" }, "Remove-Fruit a,b,c");

        Assert.Equal(removed, string.Join('|', run.OutLines));
        Assert.Contains("Perform the operation \"Remove\" on target \"a\"?", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Confirm_false_does_not_answer_a_question_about_going_on()
    {
        var run = ConsoleRun.Of("Remove-Fruit a -Ask -Confirm:$false");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("  Give -Force.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_one_rewritten_line_on_a_terminal_and_nothing_elsewhere()
    {
        Assert.Equal("", ConsoleRun.Of("Test-Failure progress").Error);
        Assert.Equal(
            "\rDeploying  [########............] 40%  stack web\u001b[K\r\u001b[K",
            ConsoleRun.With(new Surroundings { IsTerminal = true }, "Test-Failure progress").Error);
    }
}
