namespace Cumulus.Engine.Configuration.Ini;

/// <summary>
/// Reads the INI dialect of the old program (Python 2's SafeConfigParser, section 3 of the old behaviour): <c>=</c> or <c>:</c> after a name,
/// continuation lines by indentation, <c>;</c> after white space as a comment on the first line of a value, <c>#</c>, <c>;</c> and <c>rem</c>
/// comment lines. Put right: an indented <c>#</c> or <c>;</c> line is a comment too (D-17).
/// </summary>
internal sealed class IniReader
{
    private readonly string _file;
    private readonly ProblemCollector _problems;
    private readonly List<IniSection> _sections = [];
    private IniOption? _option;
    private bool _strayReported;

    private IniReader(string file, ProblemCollector problems) => (_file, _problems) = (file, problems);

    public static IniDocument Read(string text, string file, ProblemCollector problems)
    {
        var reader = new IniReader(file, problems);
        int number = 0;
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start);
            int next = end < 0 ? text.Length : end + 1;
            reader.ReadLine(text[start..(end < 0 ? text.Length : end)], start, ++number);
            start = next;
        }

        return new IniDocument(file, reader._sections);
    }

    private void ReadLine(string line, int offset, int number)
    {
        string trimmed = line.Trim();
        if (trimmed.Length == 0) return;
        bool indented = char.IsWhiteSpace(line[0]);
        if (trimmed[0] is '#' or ';')
        {
            if (indented && _option is not null) _option.IndentedComment ??= number;
        }
        else if (indented && _option is not null)
        {
            if (trimmed[0] == '[' && trimmed.EndsWith(']'))
                _problems.Warn(new Place(_file, number), null, $"This looks like a section but is indented, so it is part of the value of '{_option.Name}'.");
            _option.Lines.Add(new IniLine(number, trimmed, offset + line.IndexOf(trimmed, StringComparison.Ordinal)));
        }
        else if (indented)
        {
            ReportOnce(number, "The line is indented, but there is no option above whose value it could continue. Sections and options begin in the first column.");
        }
        else if (!IsRem(line))
        {
            ReadHeaderOrOption(line, trimmed, offset, number);
        }
    }

    internal static bool IsRem(string line) =>
        line.StartsWith("rem", StringComparison.OrdinalIgnoreCase) && (line.Length == 3 || char.IsWhiteSpace(line[3]));

    private void ReadHeaderOrOption(string line, string trimmed, int offset, int number)
    {
        if (trimmed[0] == '[')
        {
            ReadHeader(trimmed, number);
        }
        else if (_sections.Count == 0)
        {
            ReportOnce(number, "There is text before the first [section].");
        }
        else
        {
            ReadOption(line, offset, number);
        }
    }

    // One line of a misplaced block is enough.
    private void ReportOnce(int number, string message)
    {
        if (!_strayReported) _problems.Error(new Place(_file, number), null, message);
        _strayReported = true;
    }

    private void ReadHeader(string trimmed, int number)
    {
        _option = null;
        _strayReported = false;
        int close = trimmed.IndexOf(']');
        string name = close < 0 ? trimmed[1..].Trim() : trimmed[1..close].Trim();
        if (close < 0) _problems.Error(new Place(_file, number), null, "A section needs a closing ']'.");
        else if (name.Length == 0) _problems.Error(new Place(_file, number), null, "A section needs a name.");
        else if (trimmed[(close + 1)..].Trim() is { Length: > 0 } rest && rest[0] is not ('#' or ';'))
            _problems.Warn(new Place(_file, number), null, "What follows the ']' is ignored.");

        // Kept even when wrong, so that its options are not laid at the door of the section before.
        _sections.Add(new IniSection(name, number, []));
    }

    private void ReadOption(string line, int offset, int number)
    {
        int separator = line.AsSpan().IndexOfAny('=', ':');
        string name = separator < 0 ? "" : line[..separator].Trim().ToLowerInvariant();
        if (name.Length == 0)
        {
            // The line is not quoted: it may be the broken half of a secret.
            _problems.Error(new Place(_file, number), null, separator < 0
                ? "This line is no 'name = value'. A further line of the value above must be indented."
                : "There is no option name before the separator.");
            _option = null;
            return;
        }

        int start = separator + 1;
        while (start < line.Length && char.IsWhiteSpace(line[start])) start++;
        string value = line[start..CommentStart(line, separator, start, number, name)].TrimEnd();
        _option = new IniOption(name, number, []) { EmptyStart = offset + start, EmptyLength = value.Length };
        if (value is not ("" or "\"\"")) _option.Lines.Add(new IniLine(number, value, offset + start));
        _sections[^1].Options.Add(_option);
    }

    /// <summary>Where the first line of a value ends. Only the first <c>;</c> is looked at, as before, so <c>a; b ; c</c> is a whole value.</summary>
    private int CommentStart(string line, int separator, int start, int number, string name)
    {
        int semicolon = line.IndexOf(';', start);
        if (semicolon <= separator + 1 || !char.IsWhiteSpace(line[semicolon - 1])) return line.Length;
        if (semicolon == start)
            _problems.Warn(new Place(_file, number), name, "The value is empty: ';' after white space starts a comment. The old program took the comment for the value.");
        return semicolon;
    }
}
