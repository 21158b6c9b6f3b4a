using System.Text.Json;

namespace Cumulus.Console.Tests;

public sealed class OutputTests
{
    private const string View = """
        <?xml version="1.0" encoding="utf-8"?>
        <Configuration><ViewDefinitions>
          <View>
            <Name>Viewed</Name>
            <ViewSelectedBy><TypeName>Cumulus.Console.Tests.Fixtures.Viewed</TypeName></ViewSelectedBy>
            <TableControl>
              <TableHeaders>
                <TableColumnHeader><Label>Bytes</Label><Width>12</Width><Alignment>Right</Alignment></TableColumnHeader>
                <TableColumnHeader><Label>Computed</Label></TableColumnHeader>
                <TableColumnHeader><Width>10</Width></TableColumnHeader>
              </TableHeaders>
              <TableRowEntries><TableRowEntry><TableColumnItems>
                <TableColumnItem><PropertyName>Size</PropertyName><FormatString>{0:N0}</FormatString></TableColumnItem>
                <TableColumnItem><ScriptBlock>$_.Size * 2</ScriptBlock></TableColumnItem>
                <TableColumnItem><PropertyName>Title</PropertyName></TableColumnItem>
              </TableColumnItems></TableRowEntry></TableRowEntries>
            </TableControl>
          </View>
        </ViewDefinitions></Configuration>
        """;

    [Fact]
    public void Few_properties_make_a_table_with_numbers_to_the_right()
    {
        var run = ConsoleRun.Of("New-Fruit", "apple,kiwi", "-Weight", "90", "-Picked", "2026-01-31T14:00:00Z");

        Assert.Equal(
            [
                "Name  Weight Ripeness Picked",
                "----  ------ -------- ------",
                "apple     90 Ripe     2026-01-31T14:00:00+00:00",
                "kiwi      90 Ripe     2026-01-31T14:00:00+00:00",
            ],
            run.OutLines);
    }

    [Fact]
    public void Many_properties_make_a_list_and_a_secret_is_not_in_it()
    {
        var run = ConsoleRun.Of("Test-Failure wide");

        Assert.Equal(
            ["A : 1", "B : 2", "C : line one", "    line two", "D : x, y", "E : 00:01:30", "F : 1.5"],
            run.OutLines);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("list")]
    [InlineData("json")]
    [InlineData("yaml")]
    public void A_secret_is_in_no_output(string format) =>
        Assert.DoesNotContain("hunter2", ConsoleRun.Of("Test-Failure", "wide", "-Output", format).Out, StringComparison.Ordinal);

    [Fact]
    public void Output_may_stand_anywhere()
    {
        var expected = ConsoleRun.Of("New-Fruit", "apple", "-Output", "list");

        Assert.StartsWith("Name     : apple", expected.Out, StringComparison.Ordinal);
        Assert.Equal(expected, ConsoleRun.Of("-Output", "List", "New-Fruit", "apple"));
        Assert.Equal(expected, ConsoleRun.Of("New-Fruit", "-output:list", "apple"));
        Assert.Equal(expected, ConsoleRun.Of("New-Fruit apple", "-Output", "list"));
        Assert.Equal(expected, ConsoleRun.Of("New-Fruit apple -Output list"));
    }

    [Fact]
    public void Json_is_one_document_one_record_itself_and_several_a_list()
    {
        using var none = JsonDocument.Parse(ConsoleRun.Of("Test-Failure nothing -Output json").Out);
        using var one = JsonDocument.Parse(ConsoleRun.Of("New-Fruit äpfel -Picked 2026-01-31T14:00:00Z -Output json").Out);
        using var two = JsonDocument.Parse(ConsoleRun.Of("New-Fruit a,b -Output json").Out);

        Assert.Equal(0, none.RootElement.GetArrayLength());
        Assert.Equal("äpfel", one.RootElement.GetProperty("Name").GetString());
        Assert.Equal("Ripe", one.RootElement.GetProperty("Ripeness").GetString());
        Assert.Equal("2026-01-31T14:00:00+00:00", one.RootElement.GetProperty("Picked").GetString());
        Assert.Equal(2, two.RootElement.GetArrayLength());
        Assert.Contains("äpfel", ConsoleRun.Of("New-Fruit äpfel -Output json").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Yaml_has_the_same_content_and_quotes_what_would_be_read_as_something_else()
    {
        Assert.Equal(
            ["- Name: '1.0'", "  Weight: 100", "  Ripeness: Ripe", "  Picked:", "- Name: \"yes\"", "  Weight: 100", "  Ripeness: Ripe", "  Picked:"],
            ConsoleRun.Of("New-Fruit 1.0,yes -Output yaml").OutLines.Select(l => l.TrimEnd().Replace("\"1.0\"", "'1.0'", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_document_is_whole_when_an_error_came()
    {
        var run = ConsoleRun.Of("Test-Failure record,expected,record -Output json");

        using var document = JsonDocument.Parse(run.Out);
        Assert.Equal(2, document.RootElement.GetArrayLength());
        Assert.Equal(ExitCodes.Failure, run.ExitCode);
    }

    [Fact]
    public void A_view_chooses_the_columns_except_computed_ones()
    {
        using var folder = new TemporaryFolder();
        var run = ConsoleRun.With(new Surroundings { FormatFile = folder.Write("views.ps1xml", View) }, "Test-Failure viewed");

        Assert.Equal(
            [
                "    Bytes Title",
                "    ----- -----",
                "1,234,567 First",
                "        5 The second, whose title is rather long",
            ],
            run.OutLines);
    }

    [Fact]
    public void Nothing_is_cut_where_no_terminal_is_and_a_narrow_terminal_gets_what_fits()
    {
        using var folder = new TemporaryFolder();
        string views = folder.Write("views.ps1xml", View);
        var narrow = ConsoleRun.With(new Surroundings { FormatFile = views, IsTerminal = true, Columns = 30 }, "Test-Failure viewed");

        Assert.All(narrow.OutLines, line => Assert.True(line.Length <= 30, line));
        Assert.Contains("        5 The second, whose t…", narrow.OutLines);
        Assert.Contains("1,234,567 First", narrow.OutLines);
    }

    [Fact]
    public void A_terminal_too_narrow_for_the_columns_gets_a_list()
    {
        var run = ConsoleRun.With(new Surroundings { IsTerminal = true, Columns = 25 }, "New-Fruit apple");

        Assert.Equal("Name     : apple", run.OutLines[0]);
    }

    [Fact]
    public void A_long_table_keeps_the_widths_of_its_beginning_and_loses_nothing()
    {
        string names = string.Join(',', Enumerable.Range(0, 500).Select(i => $"n{i}"));
        var run = ConsoleRun.Of("New-Fruit", names + ",a-name-that-comes-late");

        Assert.Equal(503, run.OutLines.Length);
        Assert.StartsWith("a-name-that-comes-late ", run.OutLines[^1], StringComparison.Ordinal);
        Assert.Equal("Name Weight Ripeness Picked", run.OutLines[0]);
    }

    [Fact]
    public void Records_of_another_type_start_another_table()
    {
        var run = ConsoleRun.Of("Test-Failure record,stone");

        Assert.Equal(
            "Name Weight Ripeness Picked\n---- ------ -------- ------\npear      0 Green\n\nCarat\n-----\n  1.5\n",
            run.Out.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Text_is_a_line_and_cannot_steer_the_terminal() =>
        Assert.Equal(["a \ufffd[31mtext"], ConsoleRun.Of("Test-Failure text").OutLines);

    [Fact]
    public void Colours_are_for_terminals_only()
    {
        Assert.Contains("\u001b[", ConsoleRun.With(new Surroundings { IsTerminal = true, Colours = true }, "New-Fruit a | Add-Label -Verbose").Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[", ConsoleRun.With(new Surroundings { IsTerminal = true, Colours = false }, "New-Fruit a -Verbose").Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[", ConsoleRun.With(new Surroundings { Colours = true }, "New-Fruit a -Verbose").Error, StringComparison.Ordinal);
    }
}
