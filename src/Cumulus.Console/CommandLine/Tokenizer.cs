using System.Collections;
using System.Globalization;
using System.Text;

namespace Cumulus.Console.CommandLine;

/// <summary>
/// Tokens of a quoted line or of a line of a script, by PowerShell's rules for arguments: quotes, backtick, lists with commas,
/// hashtables. What PowerShell would evaluate (variables, sub-expressions, several statements, redirections) is refused by
/// name, so that a line never means something else here than there.
/// </summary>
public sealed class Tokenizer
{
    private const string SingleQuotes = "'\u2018\u2019\u201a\u201b";
    private const string DoubleQuotes = "\"\u201c\u201d\u201e";
    private const string Dashes = "-\u2013\u2014\u2015";

    private readonly string _line;
    private readonly List<Token> _tokens = [];
    private bool _valuesOnly;
    private int _at;

    private Tokenizer(string line) => _line = line;

    private char Current => _at < _line.Length ? _line[_at] : '\0';

    private char Next => _at + 1 < _line.Length ? _line[_at + 1] : '\0';

    /// <exception cref="UsageException">A quote or a brace is not closed, or the line asks for more than commands and values.</exception>
    public static IReadOnlyList<Token> Tokenize(string line)
    {
        if (line.Contains('\0'))
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
        var tokenizer = new Tokenizer(text.Trim());
        if (!tokenizer.AtTable)
        {
            throw new UsageException($"'{text}' is no table: write @{{ key = 'value' }}");
        }

        var table = tokenizer.ReadTable();
        return tokenizer._at == tokenizer._line.Length
            ? table
            : throw new UsageException($"'{tokenizer._line[tokenizer._at..]}' follows the end of a table");
    }

    internal static bool StartsParameter(string text, int at)
    {
        if (at + 1 >= text.Length || !Dashes.Contains(text[at]))
        {
            return false;
        }

        char first = text[at + 1];
        return char.IsLetter(first) || first is '_' or '?'
            || (Dashes.Contains(first) && at + 2 < text.Length && char.IsLetter(text[at + 2]));
    }

    private bool AtTable => Current == '@' && Next == '{';

    /// <returns>False at the end of the line.</returns>
    private bool SkipBlanks()
    {
        while (_at < _line.Length)
        {
            if (Current == '#')
            {
                SkipComment();
            }
            else if (Current == '`' && Next is '\n' or '\r')
            {
                _at++;
                SkipLineBreak();
            }
            else if (Current is '\n' or '\r')
            {
                SkipLineBreak();
                CheckLineBreak();
            }
            else if (char.IsWhiteSpace(Current))
            {
                _at++;
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
        while (_at < _line.Length && Current is not ('\n' or '\r'))
        {
            _at++;
        }
    }

    private void SkipLineBreak() => _at += Current == '\r' && Next == '\n' ? 2 : 1;

    // As in PowerShell: a pipe at the end of a line, or at the start of the next, goes on with the pipeline.
    private void CheckLineBreak()
    {
        string rest = _line[_at..].TrimStart();
        if (_tokens.Count > 0 && _tokens[^1] is not PipeToken && rest.Length > 0 && rest[0] is not ('|' or '#'))
        {
            throw new UsageException("a line break stands between two commands; this takes one pipeline at a time");
        }
    }

    private void ReadToken()
    {
        if (Current == '|')
        {
            ReadPipe();
        }
        else if (!_valuesOnly && StartsParameter(_line, _at))
        {
            ReadParameter();
        }
        else if (!_valuesOnly && Rest("--") && (_at + 2 == _line.Length || char.IsWhiteSpace(_line[_at + 2])))
        {
            _at += 2;
            _valuesOnly = true;
            _tokens.Add(new EndOfParametersToken());
        }
        else if (Rest("--%"))
        {
            throw Refused("--%", "a switch of PowerShell's own parser");
        }
        else
        {
            _tokens.Add(new ValueToken(ReadArgument()));
        }
    }

    private void ReadPipe()
    {
        if (Next == '|')
        {
            throw Refused("||", "a second statement");
        }

        _at++;
        _valuesOnly = false;
        _tokens.Add(new PipeToken());
    }

    private void ReadParameter()
    {
        int start = _at++;
        while (Current is not ('\0' or ':' or '|' or ',' or ';' or '&') && !char.IsWhiteSpace(Current) && !IsQuote(Current))
        {
            Refuse();
            _at++;
        }

        string name = _line[(start + 1).._at];
        if (Current != ':')
        {
            _tokens.Add(new ParameterToken(name, null, "-" + name));
            return;
        }

        _at++;
        if (!SkipBlanks())
        {
            throw new UsageException($"a value is missing after '-{name}:'");
        }

        var attached = ReadArgument();
        _tokens.Add(new ParameterToken(name, attached, $"-{name}:{attached.Text}"));
    }

    private LiteralArgument ReadArgument()
    {
        var values = ReadList(ReadElement);
        string text = string.Join(',', values.Select(TextOf));
        return new LiteralArgument(text, values.Count == 1 ? values[0] : values.ToArray());
    }

    private List<object?> ReadList(Func<object?> readElement)
    {
        var values = new List<object?> { readElement() };
        while (true)
        {
            int end = _at;
            SkipSpaces();
            if (Current != ',')
            {
                _at = end;
                return values;
            }

            _at++;
            SkipSpaces();
            if (Current is '\0' or '|' or ',')
            {
                throw new UsageException("a value is missing after ','");
            }

            values.Add(readElement());
        }
    }

    private void SkipSpaces()
    {
        while (char.IsWhiteSpace(Current))
        {
            _at++;
        }
    }

    private object? ReadElement()
    {
        if (IsQuote(Current))
        {
            string text = ReadQuoted();
            CheckEndOfQuoted();
            return text;
        }

        if (AtTable)
        {
            return ReadTable();
        }

        if (Current == '@')
        {
            throw Refused("@" + Next, "an array expression or splatting");
        }

        if (Current == ',')
        {
            throw new UsageException("a value is missing before ','");
        }

        return TryReadConstant(out object? constant) ? constant : ReadWord();
    }

    private void CheckEndOfQuoted()
    {
        if (Current is not ('\0' or '|' or ',' or ';' or '}' or '&' or '>') && !char.IsWhiteSpace(Current))
        {
            throw new UsageException($"'{Current}' follows a closing quote directly: put a blank between, or quote the whole value");
        }
    }

    private bool TryReadConstant(out object? value)
    {
        value = null;
        foreach (var (name, constant) in new (string, object?)[] { ("$true", true), ("$false", false), ("$null", null) })
        {
            int end = _at + name.Length;
            bool whole = end >= _line.Length || char.IsWhiteSpace(_line[end]) || _line[end] is ',' or '|' or '}' or ';';
            if (whole && string.Compare(_line, _at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0)
            {
                _at = end;
                value = constant;
                return true;
            }
        }

        return false;
    }

    private string ReadWord()
    {
        var word = new StringBuilder();
        while (Current is not ('\0' or ',' or '|') && !char.IsWhiteSpace(Current))
        {
            if (Current == '`')
            {
                word.Append(ReadEscaped());
            }
            else if (IsQuote(Current))
            {
                word.Append(ReadQuoted());
            }
            else
            {
                Refuse();
                word.Append(_line[_at++]);
            }
        }

        return word.ToString();
    }

    private void Refuse()
    {
        switch (Current)
        {
            case ';': throw Refused(";", "a second statement");
            case '&': throw Refused(Next == '&' ? "&&" : "&", "a second statement or a background job");
            case '>' or '<': throw Refused(Current.ToString(), "a redirection");
            case '(' or ')': throw Refused(Current.ToString(), "an expression");
            case '{' or '}': throw Refused(Current.ToString(), "a script block");
            case '$' when StartsVariable(_at): throw Refused(VariableAt(_at), "a variable or an expression");
        }
    }

    private string ReadQuoted() => SingleQuotes.Contains(Current) ? ReadSingleQuoted() : ReadDoubleQuoted();

    private string ReadSingleQuoted()
    {
        int start = _at++;
        var text = new StringBuilder();
        while (_at < _line.Length)
        {
            char c = _line[_at++];
            if (!SingleQuotes.Contains(c))
            {
                text.Append(c);
            }
            else if (_at < _line.Length && SingleQuotes.Contains(_line[_at]))
            {
                text.Append(c);
                _at++;
            }
            else
            {
                return text.ToString();
            }
        }

        throw NotClosed(start);
    }

    private string ReadDoubleQuoted()
    {
        int start = _at++;
        var text = new StringBuilder();
        while (_at < _line.Length)
        {
            if (Current == '`')
            {
                text.Append(ReadEscaped());
            }
            else if (Current == '$' && StartsVariable(_at))
            {
                throw Refused(VariableAt(_at), "a variable or an expression, in double quotes too; use single quotes for the text itself");
            }
            else if (!DoubleQuotes.Contains(Current))
            {
                text.Append(_line[_at++]);
            }
            else if (DoubleQuotes.Contains(Next))
            {
                text.Append(Current);
                _at += 2;
            }
            else
            {
                _at++;
                return text.ToString();
            }
        }

        throw NotClosed(start);
    }

    private string ReadEscaped()
    {
        char c = Next;
        _at = Math.Min(_at + 2, _line.Length);
        return c switch
        {
            '\0' when _at == _line.Length => "`",
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            '0' => "\0",
            'a' => "\a",
            'b' => "\b",
            'f' => "\f",
            'v' => "\v",
            'e' => "\u001b",
            'u' when Current == '{' => ReadCodePoint(),
            _ => c.ToString(),
        };
    }

    private string ReadCodePoint()
    {
        int end = _line.IndexOf('}', _at);
        string digits = end < 0 ? _line[(_at + 1)..] : _line[(_at + 1)..end];
        if (end < 0
            || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
            || !Rune.TryCreate(code, out var rune))
        {
            throw new UsageException($"'`u{{{digits}' names no character");
        }

        _at = end + 1;
        return rune.ToString();
    }

    private Hashtable ReadTable()
    {
        int start = _at;
        _at += 2;
        var table = new Hashtable(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            while (char.IsWhiteSpace(Current) || Current == ';')
            {
                _at++;
            }

            if (Current == '\0')
            {
                throw new UsageException($"the table '{_line[start..]}' is not closed with '}}'");
            }

            if (Current == '}')
            {
                _at++;
                return table;
            }

            ReadEntry(table);
        }
    }

    private void ReadEntry(Hashtable table)
    {
        string key = IsQuote(Current) ? ReadQuoted() : ReadBare();
        SkipSpaces();
        if (key.Length == 0 || Current != '=')
        {
            throw new UsageException(key.Length == 0
                ? $"a key is missing in a table before '{_line[_at..]}'"
                : $"'=' is missing after the key '{key}' of a table");
        }

        _at++;
        SkipSpaces();
        var values = ReadList(() => ReadTableValue(key));
        if (table.ContainsKey(key))
        {
            throw new UsageException($"the key '{key}' is twice in a table");
        }

        table.Add(key, values.Count == 1 ? values[0] : values.ToArray());
        SkipSpacesInLine();
        if (Current is not (';' or '}' or '\0' or '\n' or '\r'))
        {
            throw new UsageException($"';' is missing in a table before '{_line[_at..]}'");
        }
    }

    private void SkipSpacesInLine()
    {
        while (Current is ' ' or '\t')
        {
            _at++;
        }
    }

    private object? ReadTableValue(string key)
    {
        if (IsQuote(Current))
        {
            return ReadQuoted();
        }

        if (AtTable)
        {
            return ReadTable();
        }

        if (TryReadConstant(out object? constant))
        {
            return constant;
        }

        Refuse();
        string word = ReadBare();
        return Number(word)
            ?? throw new UsageException(word.Length == 0
                ? $"a value is missing for the key '{key}' of a table"
                : $"the value of '{key}' in a table needs quotes: '{word}'");
    }

    private string ReadBare()
    {
        int start = _at;
        while (Current is not ('\0' or '=' or ';' or ',' or '}' or '{' or '|') && !char.IsWhiteSpace(Current) && !IsQuote(Current))
        {
            _at++;
        }

        return _line[start.._at];
    }

    private static object? Number(string word)
    {
        var culture = CultureInfo.InvariantCulture;
        if (int.TryParse(word, NumberStyles.AllowLeadingSign, culture, out int integer))
        {
            return integer;
        }

        if (long.TryParse(word, NumberStyles.AllowLeadingSign, culture, out long big))
        {
            return big;
        }

        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(word, style, culture, out double real) ? real : null;
    }

    private bool Rest(string text) => string.CompareOrdinal(_line, _at, text, 0, text.Length) == 0;

    private bool StartsVariable(int at) =>
        at + 1 < _line.Length && (char.IsLetterOrDigit(_line[at + 1]) || _line[at + 1] is '_' or '(' or '{' or '?' or '^' or '$' or ':');

    private string VariableAt(int at)
    {
        int end = at + 2;
        while (end < _line.Length && (char.IsLetterOrDigit(_line[end]) || _line[end] is '_' or ':'))
        {
            end++;
        }

        return _line[at..end];
    }

    private static bool IsQuote(char c) => SingleQuotes.Contains(c) || DoubleQuotes.Contains(c);

    private static string TextOf(object? value) => value switch
    {
        null => "$null",
        bool truth => truth ? "$true" : "$false",
        Hashtable => "@{...}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private UsageException NotClosed(int start) => new($"the quote that begins {_line[start..]} is not closed");

    private static UsageException Refused(string what, string meaning) =>
        new($"'{what}' is {meaning}: this is no shell language; put it in single quotes if it is meant as text");
}
