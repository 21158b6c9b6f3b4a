namespace Cumulus.Console.Tests;

public sealed class HelpTests
{
    private const string Page = """
        ---
        external help file: Cumulus.PowerShell.dll-Help.xml
        Module Name: Cumulus
        ---

        # New-Fruit

        ## SYNOPSIS
        Lets fruit grow.

        ## SYNTAX

        ```
        New-Fruit [-Name] <String[]>
        ```

        ## DESCRIPTION
        Fruit grows slowly,
        and \[not\] everywhere.

        A second paragraph.

        ## EXAMPLES

        ### Example 1: One apple
        ```powershell
        PS> New-Fruit apple
        ## not a heading
        ```

        An apple grows.

        ## PARAMETERS

        ### -Weight
        How heavy each is, in grams.

        ```yaml
        Type: Int32
        Required: False
        Default value: 100
        ```

        ### -Name
        {{ Fill Name Description }}

        ```yaml
        Default value: None
        ```

        ## RELATED LINKS
        """;

    [Fact]
    public void The_overview_lists_the_commands_with_their_synopsis()
    {
        using var folder = new TemporaryFolder();
        folder.Write("New-Fruit.md", Page);
        var run = ConsoleRun.With(new Surroundings { HelpFolder = folder.Path }, "help");

        Assert.Equal(ExitCodes.Success, run.ExitCode);
        Assert.Contains("    New-Fruit      Lets fruit grow.", run.OutLines);
        Assert.Contains("    Add-Label", run.OutLines);
    }

    [Theory]
    [InlineData("help", "New-Fruit")]
    [InlineData("help", "new-fruit")]
    [InlineData("New-Fruit", "-?")]
    [InlineData("New-Fruit -?")]
    [InlineData("help New-Fruit")]
    public void Help_of_a_command_has_its_syntax_its_parameters_and_the_words_of_its_page(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        folder.Write("New-Fruit.md", Page);
        var run = ConsoleRun.With(new Surroundings { HelpFolder = folder.Path }, arguments);

        Assert.Equal(
            """
            New-Fruit
                Lets fruit grow.

            Syntax
                New-Fruit [-Name] <string[]> [[-Weight] <int>] [-Ripeness <Ripeness>] [-Colour <string>]
                    [-Picked <DateTimeOffset>] [-AsArray] [<CommonParameters>]

            Description
                Fruit grows slowly, and [not] everywhere.

                A second paragraph.

            Parameters
                -Name <string[]>
                    what grows
                    mandatory, position 0
                -Weight <int>
                    How heavy each is, in grams.
                    position 1; 1 to 5000; default: 100; alias: Grams
                -Ripeness <Ripeness>
                    one of: Green, Ripe, Rotten
                -Colour <string>
                    one of: red, green, yellow
                -Picked <DateTimeOffset>
                -AsArray

            Example 1: One apple
                    PS> New-Fruit apple
                    ## not a heading

                An apple grows.

            """.ReplaceLineEndings("\n"),
            run.Out.ReplaceLineEndings("\n"));
        Assert.Equal(ExitCodes.Success, run.ExitCode);
    }

    [Fact]
    public void Help_does_without_a_page_and_tells_of_sets_and_pipeline()
    {
        var run = ConsoleRun.Of("help", "Measure-Fruit");

        Assert.Contains("    Measure-Fruit -InputObject <Fruit> [<CommonParameters>]", run.OutLines);
        Assert.Contains("    Measure-Fruit -Grams <int> [<CommonParameters>]", run.OutLines);
        Assert.Contains("        mandatory, from the pipeline (set Record)", run.OutLines);
        Assert.Contains("[-WhatIf] [-Confirm]", ConsoleRun.Of("help", "Remove-Fruit").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_a_name_lists_what_has_it()
    {
        Assert.Equal(["    Measure-Fruit", "    New-Fruit", "    Remove-Fruit"], ConsoleRun.Of("help", "fruit").OutLines);
        Assert.Equal(new ConsoleRun(ExitCodes.Usage, "", "cumulus: there is no command 'New-Friut'; did you mean 'New-Fruit'?\n"), ConsoleRun.Of("help", "New-Friut"));
    }

    [Fact]
    public void Version_is_one_line() => Assert.Equal(new ConsoleRun(ExitCodes.Success, "cumulus 1.2.3\n", ""), ConsoleRun.Of("--version"));

    [Fact]
    public void Nothing_at_all_is_a_usage_error() =>
        Assert.Equal(new ConsoleRun(ExitCodes.Usage, "", "cumulus: a command is missing; 'cumulus help' lists them\n"), ConsoleRun.Of());
}
