using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Tests.Processes;

public sealed class OutputLinesTests
{
    [Theory]
    [InlineData("one\ntwo\n", "one", "two")]
    [InlineData("one\r\ntwo", "one", "two")]
    [InlineData("10%\r20%\rdone\n", "10%", "20%", "done")]
    [InlineData("\n\nx", "", "", "x")]
    [InlineData("a\tb", "a\tb")]
    [InlineData("\u001b[1;31mred\u001b[0m\n", "red")]
    [InlineData("bell\a null\0 \u001b]0;title\n", "bell\uFFFD null\uFFFD \uFFFD]0;title")]
    [InlineData("")]
    public void Text_becomes_lines_whatever_pieces_it_comes_in(string text, params string[] lines)
    {
        for (int size = 1; size <= text.Length + 1; size++)
        {
            var output = new OutputLines();
            List<string> found = [.. text.Chunk(size).SelectMany(piece => output.Feed(piece))];
            if (output.Rest() is { } rest) found.Add(rest);
            Assert.Equal(lines, found);
        }
    }

    [Fact]
    public void A_line_without_an_end_comes_in_pieces()
    {
        var output = new OutputLines();
        string[] lines = [.. output.Feed(new string('x', 3 * OutputLines.LongestLine + 5))];
        Assert.Equal([OutputLines.LongestLine, OutputLines.LongestLine, OutputLines.LongestLine], lines.Select(l => l.Length));
        Assert.Equal("xxxxx", output.Rest());
        Assert.Null(output.Rest());
    }

    [Fact]
    public void What_a_program_reads_is_left_as_it_is()
    {
        var output = new OutputLines(exact: true);
        Assert.Equal(["?? a\0?? b\r\0", "\u001b[0mc"], output.Feed("?? a\0?? b\r\0\n\u001b[0mc\n"));
    }
}
