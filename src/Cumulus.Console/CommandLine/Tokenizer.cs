using System.Collections;
using System.Globalization;

namespace Cumulus.Console.CommandLine;

/// <summary>
/// Tokens of a quoted line or of a line of a script, by PowerShell's rules for arguments: quotes, backtick, lists with commas,
/// hashtables. What PowerShell would evaluate (variables, sub-expressions, several statements, redirections) is refused by
/// name, so that a line never means something else here than there.
/// </summary>
public sealed class Tokenizer
{
    private readonly LineReader _reader;
    private readonly List<Token> _tokens = [];
    private bool _valuesOnly;

    private Tokenizer(string line) => _reader = new LineReader(line);

    // Where the name of a command stands, a comma makes no list.
    private bool AtCommand => _tokens.Count == 0 || _tokens[^1] is PipeToken;

    /// <exception cref="UsageException">A quote or a brace is not closed, or the line asks for more than commands and values.</exception>
    public static IReadOnlyList<Token> Tokenize(string line)
    {
        if (line.Contains(LineReader.End))
        {
            throw new UsageException("the line has a NUL character");
        }

        var tokenizer = new Tokenizer(line);
        while (tokenizer.SkipBlanks())
        {
            tokenizer.ReadToken();
        }

        return tokenizer._tokens;
    }

    /// <summary>A hashtable that came as one argument of the process.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static Hashtable ParseTable(string text)
    {
        var reader = new LineReader(text.Trim());
        if (!reader.AtTable)
        {
            throw new UsageException($"'{text}' is no table: write @{{ key = 'value' }}");
        }

        var table = new TableReader(reader).Read();
        return reader.Rest.Length == 0 ? table : throw new UsageException($"'{reader.Rest}' follows the end of a table");
    }

    /// <returns>False at the end of the line.</returns>
    private bool SkipBlanks()
    {
        while (_reader.Current != LineReader.End)
        {
            if (_reader.Current == '#')
            {
                SkipComment();
            }
            else if (_reader.Current == '`' && _reader.Next is '\n' or '\r')
            {
                _reader.At++;
                SkipLineBreak();
            }
            else if (_reader.Current is '\n' or '\r')
            {
                SkipLineBreak();
                CheckLineBreak();
            }
            else if (char.IsWhiteSpace(_reader.Current))
            {
                _reader.At++;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private void SkipComment()
    {
        while (_reader.Current is not (LineReader.End or '\n' or '\r'))
        {
            _reader.At++;
        }
    }

    private void SkipLineBreak() => _reader.At += _reader.Current == '\r' && _reader.Next == '\n' ? 2 : 1;

    // As in PowerShell: a pipe at the end of a line, or at the start of the next, goes on with the pipeline.
    private void CheckLineBreak()
    {
        string rest = _reader.Rest.TrimStart();
        if (!AtCommand && rest.Length > 0 && rest[0] is not ('|' or '#'))
        {
            throw new UsageException("a line break stands between two commands; this takes one pipeline at a time");
        }
    }

    private void ReadToken()
    {
        if (_reader.Current == '|')
        {
            ReadPipe();
        }
        else if (_reader.Follows("--%"))
        {
            throw LineReader.Refused("--%", "a switch of PowerShell's own parser");
        }
        else if (!_valuesOnly && _reader.AtParameter)
        {
            ReadParameter();
        }
        else if (!_valuesOnly && ReadEndOfParameters())
        {
            _valuesOnly = true;
            _tokens.Add(new EndOfParametersToken());
        }
        else
        {
            _tokens.Add(new ValueToken(AtCommand ? Literal([ReadElement()]) : Literal(_reader.ReadList(ReadElement))));
        }
    }

    private void ReadPipe()
    {
        if (_reader.Next == '|')
        {
            throw LineReader.Refused("||", "a second statement");
        }

        _reader.At++;
        _valuesOnly = false;
        _tokens.Add(new PipeToken());
    }

    private bool ReadEndOfParameters()
    {
        int start = _reader.At;
        if (_reader.Follows("--"))
        {
            _reader.At += 2;
            if (_reader.AtBlank)
            {
                return true;
            }

            _reader.At = start;
        }

        return false;
    }

    private void ReadParameter()
    {
        _reader.At++;
        string name = _reader.ReadName();
        if (_reader.Current != ':')
        {
            _tokens.Add(new ParameterToken(name, null, "-" + name));
            return;
        }

        _reader.At++;
        if (!SkipBlanks())
        {
            throw new UsageException($"a value is missing after '-{name}:'");
        }

        var attached = Literal(_reader.ReadList(ReadElement));
        _tokens.Add(new ParameterToken(name, attached, $"-{name}:{attached.Text}"));
    }

    private object? ReadElement()
    {
        switch (_reader.Current)
        {
            case ',':
                throw new UsageException("a value is missing before ','");
            case '@' when _reader.AtTable:
                return new TableReader(_reader).Read();
            case '@':
                throw LineReader.Refused("@" + _reader.Next, "an array expression or splatting");
        }

        return _reader.AtQuote ? ReadQuoted()
            : _reader.TryReadConstant(out object? constant) ? constant
            : _reader.ReadWord();
    }

    private string ReadQuoted()
    {
        string text = _reader.ReadQuoted();
        return _reader.AtBlank || _reader.Current is '|' or ',' or ';' or '&' or '>'
            ? text
            : throw new UsageException($"'{_reader.Current}' follows a closing quote directly: put a blank between, or quote the whole value");
    }

    private static LiteralArgument Literal(List<object?> values) =>
        new(string.Join(',', values.Select(TextOf)), values.Count == 1 ? values[0] : values.ToArray());

    private static string TextOf(object? value) => value switch
    {
        null => "$null",
        bool truth => truth ? "$true" : "$false",
        Hashtable => "@{...}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
