namespace Cumulus.Console;

/// <summary>
/// Where a run reads and writes. It knows whether a person looks at each of the streams, and it keeps the one progress line
/// out of the way of everything else. Safe from any thread.
/// </summary>
public sealed class Terminal
{
    /// <summary>Used where the width is unknown: nothing is cut.</summary>
    public const int Unlimited = int.MaxValue;

    private const int Least = 20;
    private const int Usual = 80;

    private readonly object _gate = new();
    private string? _progress;

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public TextReader In { get; init; } = TextReader.Null;

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    public bool InIsTerminal { get; init; }

    /// <summary>Columns of the terminal, asked anew each time: people resize windows. 0 where it does not know.</summary>
    public Func<int> Columns { get; init; } = () => Unlimited;

    /// <summary>False when the person said <c>NO_COLOR</c>.</summary>
    public bool Colours { get; init; } = true;

    /// <summary>Columns that a table on standard output may take.</summary>
    public int OutWidth => OutIsTerminal ? Width : Unlimited;

    private int Width => Columns() is > 0 and var columns ? Math.Max(columns, Least) : Unlimited;

    public void WriteLine(string line, Style style = Style.Plain)
    {
        lock (_gate)
        {
            ClearProgress();
            Out.WriteLine(Styled(line, style, OutIsTerminal));
        }
    }

    public void WriteErrorLine(string line, Style style = Style.Plain)
    {
        lock (_gate)
        {
            ClearProgress();
            Out.Flush();
            Error.WriteLine(Styled(line, style, ErrorIsTerminal));
            Error.Flush();
        }
    }

    /// <summary>Shows a question and waits for the answer; null at the end of the input.</summary>
    public string? Ask(string question)
    {
        lock (_gate)
        {
            ClearProgress();
            Out.Flush();
            Error.Write(question);
            Error.Flush();
            return In.ReadLine();
        }
    }

    /// <summary>Rewrites the progress line; nothing where nobody would see it move. Null takes it away.</summary>
    public void ShowProgress(string? text)
    {
        lock (_gate)
        {
            if (text is null || !ErrorIsTerminal)
            {
                ClearProgress();
                return;
            }

            int width = (Width == Unlimited ? Usual : Width) - 1;
            string line = text.Length > width ? text[..(width - 1)] + "…" : text;
            if (line != _progress)
            {
                Out.Flush();
                Error.Write("\r" + Styled(line, Style.Dim, isTerminal: true) + "\u001b[K");
                Error.Flush();
                _progress = line;
            }
        }
    }

    /// <summary>Sends on what was written, and leaves the progress line where it is.</summary>
    public void FlushOutput()
    {
        lock (_gate)
        {
            Out.Flush();
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            ClearProgress();
            Out.Flush();
            Error.Flush();
        }
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
