namespace Cumulus.Console;

/// <summary>
/// Where a run reads and writes. It knows whether a person looks at each of the streams, and it keeps the one progress line
/// out of the way of everything else.
/// </summary>
public sealed class Terminal
{
    /// <summary>Used where the width is unknown: nothing is cut.</summary>
    public const int Unlimited = int.MaxValue;

    private string? _progress;

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public TextReader In { get; init; } = TextReader.Null;

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public bool InIsTerminal { get; init; }

    /// <summary>Columns of the terminal, asked anew each time: people resize windows.</summary>
    public Func<int> Columns { get; init; } = () => Unlimited;

    /// <summary>False when the person said <c>NO_COLOR</c>.</summary>
    public bool Colours { get; init; } = true;

    /// <summary>Columns that a table on standard output may take.</summary>
    public int OutWidth => OutIsTerminal ? Math.Max(Columns(), 20) : Unlimited;

    public void WriteLine(string line, Style style = Style.Plain)
    {
        ClearProgress();
        Out.WriteLine(Styled(line, style, OutIsTerminal));
    }

    public void WriteErrorLine(string line, Style style = Style.Plain)
    {
        ClearProgress();
        Out.Flush();
        Error.WriteLine(Styled(line, style, ErrorIsTerminal));
        Error.Flush();
    }

    /// <summary>Shows a question and waits for the answer; null at the end of the input.</summary>
    public string? Ask(string question)
    {
        ClearProgress();
        Out.Flush();
        Error.Write(question);
        Error.Flush();
        return In.ReadLine();
    }

    /// <summary>Rewrites the progress line; nothing where nobody would see it move. Null takes it away.</summary>
    public void ShowProgress(string? text)
    {
        if (text is null || !ErrorIsTerminal)
        {
            ClearProgress();
            return;
        }

        int width = Math.Max(Columns(), 20) - 1;
        string line = text.Length > width ? text[..(width - 1)] + "…" : text;
        if (line != _progress)
        {
            Out.Flush();
            Error.Write("\r" + Styled(line, Style.Dim, isTerminal: true) + "\u001b[K");
            Error.Flush();
            _progress = line;
        }
    }

    public void Flush()
    {
        ClearProgress();
        Out.Flush();
        Error.Flush();
    }

    private void ClearProgress()
    {
        if (_progress is not null)
        {
            Error.Write("\r\u001b[K");
            Error.Flush();
            _progress = null;
        }
    }

    private string Styled(string text, Style style, bool isTerminal) =>
        Colours && isTerminal && style != Style.Plain && text.Length > 0 ? $"\u001b[{(int)style}m{text}\u001b[0m" : text;
}

/// <summary>How a line looks on a terminal; the numbers are the terminal's own.</summary>
public enum Style
{
    Plain = 0,
    Bold = 1,
    Dim = 2,
    Failed = 31,
    Header = 32,
    Warned = 33,
}
