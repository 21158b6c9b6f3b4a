using Cumulus.Console.Tests.Fixtures;

namespace Cumulus.Console.Tests;

public sealed class PipelineTests
{
    [Fact]
    public void Records_go_through_one_at_a_time_after_all_beginnings_and_before_all_ends()
    {
        var run = ConsoleRun.Of("New-Fruit", "apple,pear", "-Verbose", "|", "Add-Label", "-Verbose");

        Assert.Equal(
            [
                "VERBOSE: New-Fruit begins",
                "VERBOSE: Add-Label begins, Name bound: False",
                "VERBOSE: New-Fruit gives apple",
                "VERBOSE: Add-Label takes apple",
                "VERBOSE: New-Fruit gives pear",
                "VERBOSE: Add-Label takes pear",
                "VERBOSE: New-Fruit ends",
                "VERBOSE: Add-Label ends, Name is ''",
            ],
            run.ErrorLines);
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Fact]
    public void One_quoted_string_and_many_arguments_say_the_same()
    {
        var many = ConsoleRun.Of("New-Fruit", "apple", "|", "Add-Label", "of mine");
        var one = ConsoleRun.Of("New-Fruit apple | Add-Label 'of mine'");

        Assert.Contains("of mine", many.Out, StringComparison.Ordinal);
        Assert.Equal(many, one);
    }

    [Fact]
    public void Properties_are_bound_by_name_and_by_alias()
    {
        var run = ConsoleRun.Of("New-Fruit apple -Weight 7 | Add-Label -Output json");

        Assert.Contains("\"Name\": \"apple\"", run.Out, StringComparison.Ordinal);
        Assert.Contains("\"Grams\": 7", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_line_gave_is_not_taken_from_the_record()
    {
        var run = ConsoleRun.Of("New-Fruit apple,pear | Add-Label -Grams 1 -Output json");

        Assert.Equal(2, run.OutLines.Count(l => l.TrimEnd().EndsWith("\"Grams\": 1", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_record_is_bound_by_its_type_and_a_collection_is_taken_apart() =>
        Assert.Equal(["300"], ConsoleRun.Of("New-Fruit a,b,c -AsArray | Measure-Fruit").OutLines);

    [Fact]
    public void A_record_chooses_the_parameter_set() =>
        Assert.Equal(["100"], ConsoleRun.Of("New-Fruit a | Measure-Fruit | Measure-Fruit").OutLines);

    [Fact]
    public void A_record_that_fits_nothing_is_an_error_and_the_next_one_still_runs()
    {
        var run = ConsoleRun.Of("Test-Failure stone,record | Add-Label -Output json");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.StartsWith("Add-Label: A record of the command before it does not fit: nothing of the Stone fits", run.Error, StringComparison.Ordinal);
        Assert.Contains("(error id InputNotBound)", run.Error, StringComparison.Ordinal);
        Assert.Contains("pear", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_is_an_error_for_the_next_command_and_nothing_to_see()
    {
        Assert.Equal(ExitCodes.Failure, ConsoleRun.Of("Test-Failure null | Add-Label").ExitCode);
        Assert.Equal(new ConsoleRun(ExitCodes.Success, "", ""), ConsoleRun.Of("Test-Failure null"));
    }

    [Fact]
    public void A_record_from_a_beginning_finds_the_next_command_begun()
    {
        var run = ConsoleRun.Of("Send-Early | Add-Label -Verbose");

        Assert.Equal("VERBOSE: Add-Label begins, Name bound: False", run.ErrorLines[0]);
        Assert.Equal("VERBOSE: Add-Label takes early", run.ErrorLines[1]);
        Assert.Equal(3, run.ErrorLines.Length);
    }

    [Fact]
    public void A_command_that_takes_no_records_is_refused_before_anything_runs()
    {
        var run = ConsoleRun.Of("New-Fruit apple -Verbose | Show-Value");

        Assert.Equal(new ConsoleRun(ExitCodes.Usage, "", "Show-Value: it takes nothing from the command before it\n"), run);
    }

    [Fact]
    public void No_record_leaves_a_missing_parameter_alone() =>
        Assert.Equal(new ConsoleRun(ExitCodes.Success, "", ""), ConsoleRun.Of("Test-Failure nothing | Add-Label"));

    [Theory]
    [InlineData("| New-Fruit a", "before '|'")]
    [InlineData("New-Fruit a |", "after '|'")]
    [InlineData("New-Fruit a | | Add-Label", "after '|'")]
    [InlineData("-Verbose | New-Fruit a", "stands where the name of a command")]
    public void A_missing_command_is_named(string line, string part)
    {
        var run = ConsoleRun.Of(line);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Contains(part, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_waits_for_the_clean_up_and_shows_what_there_was()
    {
        using var stop = new CancellationTokenSource();
        WaitStopCmdlet.Waiting = new TaskCompletionSource();
        var running = Task.Run(() => ConsoleRun.With(new Surroundings { Stop = stop.Token }, "Wait-Stop | Add-Label"));
        await WaitStopCmdlet.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await stop.CancelAsync();
        var run = await running.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(ExitCodes.Stopped, run.ExitCode);
        Assert.True(WaitStopCmdlet.CleanedUp);
        Assert.Contains("before", run.Out, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task A_record_is_shown_while_its_command_still_waits()
    {
        using var stop = new CancellationTokenSource();
        using var output = new FlushWatch("before");
        WaitStopCmdlet.Waiting = new TaskCompletionSource();
        var running = Task.Run(() => ConsoleRun.With(new Surroundings { Stop = stop.Token, Out = output }, "Wait-Stop"));

        await output.Seen.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();

        Assert.Equal(ExitCodes.Stopped, (await running.WaitAsync(TimeSpan.FromSeconds(60))).ExitCode);
    }

    [Fact]
    public void A_stop_that_came_before_runs_nothing() =>
        Assert.Equal(
            new ConsoleRun(ExitCodes.Stopped, "", ""),
            ConsoleRun.With(new Surroundings { Stop = new CancellationToken(canceled: true) }, "New-Fruit apple -Verbose"));
}
