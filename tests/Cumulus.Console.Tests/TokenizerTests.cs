using System.Collections;
using Cumulus.Console.CommandLine;
using FsCheck;
using FsCheck.Fluent;

namespace Cumulus.Console.Tests;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("New-Fruit apple", "New-Fruit|apple")]
    [InlineData("  A   b\tc  ", "A|b|c")]
    [InlineData("A 'it''s' \"a \"\"b\"\" c\"", "A|it's|a \"b\" c")]
    [InlineData("A \"tab`there\" \"a `$x `\"y`\"\" `$z", "A|tab\there|a $x \"y\"|$z")]
    [InlineData("A ‘typographic quotes’ “too”", "A|typographic quotes|too")]
    [InlineData("A '$x ; & > ( { #'", "A|$x ; & > ( { #")]
    [InlineData("A a'b c'd", "A|ab cd")]
    [InlineData("A ''", "A|")]
    [InlineData("A user@host 5$ a#b", "A|user@host|5$|a#b")]
    [InlineData("A b # and a remark", "A|b")]
    [InlineData("A x`\n y", "A|x|y")]
    [InlineData("A `u{1F34F}", "A|🍏")]
    [InlineData("A C:\\dir\\file.txt ./rel s3://bucket/key?x=1", "A|C:\\dir\\file.txt|./rel|s3://bucket/key?x=1")]
    [InlineData("A -1 - -.5", "A|-1|-|-.5")]
    public void Words_and_quotes_are_read_as_PowerShell_reads_them(string line, string expected) =>
        Assert.Equal(expected.Split('|'), Texts(line));

    [Fact]
    public void A_comma_makes_a_list_with_blanks_around_it_or_without()
    {
        Assert.Equal(["a", "b", "c d"], List("A a,b,'c d'"));
        Assert.Equal(["a", "b", "c"], List("A a , b, c"));
        Assert.Equal("a,b", Assert.IsType<string>(Value("A 'a,b'")));
    }

    [Fact]
    public void Parameters_carry_a_value_after_a_colon()
    {
        var tokens = Tokenizer.Tokenize("A -Name:'a b' -Flag:$false -X: y -Bare");

        Assert.Equal(["a b", false, "y"], tokens.OfType<ParameterToken>().Where(t => t.Attached is not null).Select(t => ((LiteralArgument)t.Attached!).Value));
        Assert.Equal(["Name", "Flag", "X", "Bare"], tokens.OfType<ParameterToken>().Select(t => t.Name));
    }

    [Fact]
    public void After_two_dashes_everything_is_a_value_until_the_pipe()
    {
        var tokens = Tokenizer.Tokenize("A -- -Name | B -Name");

        Assert.Equal(2, tokens.OfType<ValueToken>().Count(t => t.Text is "-Name" or "A"));
        Assert.Equal("-Name", Assert.Single(tokens.OfType<ParameterToken>()).Text);
    }

    [Fact]
    public void Constants_have_their_values()
    {
        Assert.Equal(true, Value("A $true"));
        Assert.Equal(false, Value("A $FALSE"));
        Assert.Null(Value("A $null"));
        Assert.Equal("$true", Value("A '$true'"));
    }

    [Fact]
    public void Tables_have_typed_values_lists_and_tables_in_them()
    {
        var table = Assert.IsType<Hashtable>(Value("A @{ stack = @{ Key = 'a,b:c' }; n = 5; 'odd key' = \"x\"\n list = 'a', 'b'; yes = $true; r = 1.5; no = $null }"));

        Assert.Equal("a,b:c", Assert.IsType<Hashtable>(table["STACK"])["key"]);
        Assert.Equal(5, table["n"]);
        Assert.Equal("x", table["odd key"]);
        Assert.Equal(["a", "b"], Assert.IsType<object?[]>(table["list"]));
        Assert.Equal(true, table["yes"]);
        Assert.Equal(1.5, table["r"]);
        Assert.Null(table["no"]);
        Assert.Equal(7, table.Count);
        Assert.Empty(Assert.IsType<Hashtable>(Value("A @{}")));
    }

    [Theory]
    [InlineData("A $x", "'$x'")]
    [InlineData("A $env:HOME", "'$env:HOME'")]
    [InlineData("A a$x", "'$x'")]
    [InlineData("A \"hello $name\"", "'$name'")]
    [InlineData("A \"$(date)\"", "'$('")]
    [InlineData("A ${x}", "'${'")]
    [InlineData("A ; B", "';'")]
    [InlineData("A && B", "'&&'")]
    [InlineData("A || B", "'||'")]
    [InlineData("A &", "'&'")]
    [InlineData("A > file", "'>'")]
    [InlineData("A 2>file", "'>'")]
    [InlineData("A < file", "'<'")]
    [InlineData("A (B)", "'('")]
    [InlineData("A { b }", "'{'")]
    [InlineData("A @(1)", "'@('")]
    [InlineData("A @splat", "'@s'")]
    [InlineData("A --% b", "'--%'")]
    [InlineData("A -Name(x)", "'('")]
    [InlineData("A @{ a = $x }", "'$x'")]
    [InlineData("A @{ a = (1) }", "'('")]
    public void What_only_a_shell_language_has_is_refused_by_name(string line, string named)
    {
        var error = Assert.Throws<UsageException>(() => Tokenizer.Tokenize(line));

        Assert.StartsWith(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A 'open", "the quote that begins 'open is not closed")]
    [InlineData("A \"open", "the quote that begins \"open is not closed")]
    [InlineData("A it's", "the quote that begins 's is not closed")]
    [InlineData("A 'a'b", "'b' follows a closing quote directly")]
    [InlineData("A a,", "a value is missing after ','")]
    [InlineData("A a,,b", "a value is missing after ','")]
    [InlineData("A ,a", "a value is missing before ','")]
    [InlineData("A -Name:", "a value is missing after '-Name:'")]
    [InlineData("A @{ a = 1", "the table '@{ a = 1' is not closed")]
    [InlineData("A @{ a = b }", "the value of 'a' in a table needs quotes: 'b'")]
    [InlineData("A @{ a }", "'=' is missing after the key 'a'")]
    [InlineData("A @{ a = }", "a value is missing for the key 'a'")]
    [InlineData("A @{ = 1 }", "a key is missing")]
    [InlineData("A @{ a = 1; A = 2 }", "the key 'A' is twice")]
    [InlineData("A @{ a = 1 b = 2 }", "';' is missing")]
    [InlineData("A `u{zz}", "'`u{zz' names no character")]
    [InlineData("A\nB", "a line break stands between two commands")]
    [InlineData("A \0", "the line has a NUL character")]
    public void What_is_not_well_formed_is_told(string line, string message)
    {
        var error = Assert.Throws<UsageException>(() => Tokenizer.Tokenize(line));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A |\n B")]
    [InlineData("A\n | B\n")]
    [InlineData("A # remark\n | B")]
    [InlineData("\n A|B \r\n")]
    public void A_pipeline_may_go_on_in_the_next_line(string line) =>
        Assert.Equal(["A", "|", "B"], Tokenizer.Tokenize(line).Select(t => t.Text));

    [Fact]
    public void Any_text_in_single_quotes_comes_back_as_it_was() =>
        Check.QuickThrowOnFailure(Prop.ForAll<string>(text =>
            text is null || text.Contains('\0') || Equals(Value("A '" + DoubleAll(text, "'‘’‚‛") + "'"), text)));

    [Fact]
    public void Any_text_in_double_quotes_comes_back_as_it_was() =>
        Check.QuickThrowOnFailure(Prop.ForAll<string>(text =>
            text is null || text.Contains('\0') || Equals(Value("A \"" + Escape(text) + "\""), text)));

    [Fact]
    public void Any_list_of_quoted_texts_comes_back_as_it_was() =>
        Check.QuickThrowOnFailure(Prop.ForAll<string[]>(texts =>
            texts is null || texts.Length < 2 || texts.Any(t => t is null || t.Contains('\0'))
            || List("A " + string.Join(",", texts.Select(t => "'" + DoubleAll(t, "'‘’‚‛") + "'"))).SequenceEqual(texts)));

    [Fact]
    public void No_line_makes_the_tokenizer_fail_in_another_way_than_it_says() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Elements("'\"`$@{}(),;|&<>-:=#% \n\r\tabA1\u2018\u201d\ud83c".ToCharArray()).ArrayOf().ToArbitrary(),
            characters =>
            {
                try
                {
                    return Tokenizer.Tokenize(new string(characters)) is not null;
                }
                catch (UsageException)
                {
                    return true;
                }
            }));

    private static object? Value(string line) => ((LiteralArgument)Assert.IsType<ValueToken>(Tokenizer.Tokenize(line)[1]).Argument).Value;

    private static object?[] List(string line) => Assert.IsType<object?[]>(Value(line));

    private static string[] Texts(string line) => Tokenizer.Tokenize(line).Select(t => t.Text).ToArray();

    private static string DoubleAll(string text, string quotes) => string.Concat(text.Select(c => quotes.Contains(c) ? $"{c}{c}" : c.ToString()));

    private static string Escape(string text) => string.Concat(text.Select(c => "\"“”„`$".Contains(c) ? $"`{c}" : c.ToString()));
}
