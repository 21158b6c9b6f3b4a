using System.Globalization;
using System.Text;

namespace Cumulus.Console.CommandLine;

/// <summary>Reads a line from left to right: quoted text, words, constants; it refuses by name what PowerShell would evaluate.</summary>
internal sealed class LineReader(string line)
{
    /// <summary>What <see cref="Current"/> and <see cref="Next"/> are beyond the end. The line itself has none.</summary>
    public const char End = '\0';

    // PowerShell takes the typographic forms that word processors put in for the plain ones.
    private const string SingleQuotes = "'\u2018\u2019\u201a\u201b";
    private const string DoubleQuotes = "\"\u201c\u201d\u201e";
    private const string Dashes = "-\u2013\u2014\u2015";

    public int At { get; set; }

    public char Current => At < line.Length ? line[At] : End;

    public char Next => At + 1 < line.Length ? line[At + 1] : End;

    public string Rest => line[At..];

    public bool AtQuote => IsQuote(Current);

    public bool AtTable => Current == '@' && Next == '{';

    public bool AtParameter => StartsParameter(line, At);

    public bool AtBlank => Current == End || char.IsWhiteSpace(Current);

    public string Since(int start) => line[start..At];

    public bool Follows(string text) => string.CompareOrdinal(line, At, text, 0, text.Length) == 0;

    /// <summary>Whether the words of a line that start with a dash name parameters: <c>-Name</c> does, <c>-1</c> does not.</summary>
    public static bool StartsParameter(string text, int at)
    {
        if (at + 1 >= text.Length || !Dashes.Contains(text[at]))
        {
            return false;
        }

        char first = text[at + 1];
        return char.IsLetter(first) || first is '_' or '?'
            || (Dashes.Contains(first) && at + 2 < text.Length && char.IsLetter(text[at + 2]));
    }

    public void SkipSpaces()
    {
        while (char.IsWhiteSpace(Current))
        {
            At++;
        }
    }

    /// <summary>One or more values with commas between them.</summary>
    public List<object?> ReadList(Func<object?> readValue)
    {
        var values = new List<object?> { readValue() };
        while (true)
        {
            int end = At;
            SkipSpaces();
            if (Current != ',')
            {
                At = end;
                return values;
            }

            At++;
            SkipSpaces();
            if (Current is End or '|' or ',')
            {
                throw new UsageException("a value is missing after ','");
            }

            values.Add(readValue());
        }
    }

    /// <summary><c>$true</c>, <c>$false</c> and <c>$null</c>, the only words with a dollar that mean something here.</summary>
    public bool TryReadConstant(out object? value)
    {
        value = null;
        foreach (var (name, constant) in new (string, object?)[] { ("$true", true), ("$false", false), ("$null", null) })
        {
            int end = At + name.Length;
            bool whole = end >= line.Length || char.IsWhiteSpace(line[end]) || line[end] is ',' or '|' or '}' or ';';
            if (whole && string.Compare(line, At, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0)
            {
                At = end;
                value = constant;
                return true;
            }
        }

        return false;
    }

    /// <summary>Everything up to a blank, a comma or a pipe; quotes inside it belong to it.</summary>
    public string ReadWord()
    {
        var word = new StringBuilder();
        while (!AtBlank && Current is not (',' or '|') && !(Current == '`' && Next is '\n' or '\r'))
        {
            if (Current == '`')
            {
                word.Append(ReadEscaped());
            }
            else if (AtQuote)
            {
                word.Append(ReadQuoted());
            }
            else
            {
                Refuse();
                word.Append(line[At++]);
            }
        }

        return word.ToString();
    }

    /// <summary>The name of a parameter, after its dash.</summary>
    public string ReadName()
    {
        int start = At;
        while (!AtBlank && !AtQuote && Current is not (':' or '|' or ','))
        {
            Refuse();
            At++;
        }

        return Since(start);
    }

    public string ReadQuoted() => SingleQuotes.Contains(Current) ? ReadSingleQuoted() : ReadDoubleQuoted();

    /// <exception cref="UsageException">The current character asks for more than commands and values.</exception>
    public void Refuse()
    {
        switch (Current)
        {
            case ';': throw Refused(";", "a second statement");
            case '&': throw Refused(Next == '&' ? "&&" : "&", "a second statement or a background job");
            case '>' or '<': throw Refused(Current.ToString(), "a redirection");
            case '(' or ')': throw Refused(Current.ToString(), "an expression");
            case '{' or '}': throw Refused(Current.ToString(), "a script block");
            case '$' when StartsVariable(): throw Refused(Variable(), "a variable or an expression");
        }
    }

    public static UsageException Refused(string what, string meaning) =>
        new($"'{what}' is {meaning}: this is no shell language; put it in single quotes if it is meant as text");

    private string ReadSingleQuoted()
    {
        int start = At++;
        var text = new StringBuilder();
        while (At < line.Length)
        {
            char c = line[At++];
            if (!SingleQuotes.Contains(c))
            {
                text.Append(c);
            }
            else if (SingleQuotes.Contains(Current))
            {
                text.Append(c);
                At++;
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
        int start = At++;
        var text = new StringBuilder();
        while (At < line.Length)
        {
            if (Current == '`')
            {
                text.Append(ReadEscaped());
            }
            else if (Current == '$' && StartsVariable())
            {
                throw Refused(Variable(), "a variable or an expression, in double quotes too");
            }
            else if (!DoubleQuotes.Contains(Current))
            {
                text.Append(line[At++]);
            }
            else if (DoubleQuotes.Contains(Next))
            {
                text.Append(Current);
                At += 2;
            }
            else
            {
                At++;
                return text.ToString();
            }
        }

        throw NotClosed(start);
    }

    private string ReadEscaped()
    {
        char c = Next;
        At = Math.Min(At + 2, line.Length);
        return c switch
        {
            End => "`",
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
        int end = line.IndexOf('}', At);
        string digits = end < 0 ? line[(At + 1)..] : line[(At + 1)..end];
        if (end < 0
            || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
            || !Rune.TryCreate(code, out var rune))
        {
            throw new UsageException($"'`u{{{digits}' names no character");
        }

        At = end + 1;
        return rune.ToString();
    }

    private bool StartsVariable() => char.IsLetterOrDigit(Next) || Next is '_' or '(' or '{' or '?' or '^' or '$' or ':';

    private string Variable()
    {
        int end = At + 2;
        while (end < line.Length && Next is not ('(' or '{') && (char.IsLetterOrDigit(line[end]) || line[end] is '_' or ':'))
        {
            end++;
        }

        return line[At..end];
    }

    private static bool IsQuote(char c) => SingleQuotes.Contains(c) || DoubleQuotes.Contains(c);

    private UsageException NotClosed(int start) => new($"the quote that begins {line[start..]} is not closed");
}
