using System.Text;
using System.Text.RegularExpressions;

namespace Cumulus.Engine.Processes;

/// <summary>
/// Cuts what a program writes into lines that can be shown and logged, whatever it is: bytes that are no text, or gigabytes without a
/// line end, take no more memory than one line, and no line can drive a terminal.
/// </summary>
/// <param name="exact">The characters are left as they are, and only a line feed ends a line: for what a program reads.</param>
internal sealed partial class OutputLines(bool exact = false)
{
    /// <summary>A longer line is given in pieces of this many characters.</summary>
    public const int LongestLine = 4096;

    private readonly StringBuilder _line = new();
    private bool _afterReturn;

    /// <summary>The lines that these characters end. A carriage return ends one too, as bars of progress write it.</summary>
    public IReadOnlyList<string> Feed(ReadOnlySpan<char> text)
    {
        var lines = new List<string>();
        foreach (char c in text)
        {
            bool secondOfPair = c == '\n' && _afterReturn;
            _afterReturn = c == '\r' && !exact;
            if (secondOfPair) continue;
            bool ends = c == '\n' || _afterReturn;
            if (!ends) _line.Append(c);
            if (ends || _line.Length == LongestLine) lines.Add(Take());
        }

        return lines;
    }

    /// <summary>What stands after the last line end; null when nothing does.</summary>
    public string? Rest() => _line.Length == 0 ? null : Take();

    private string Take()
    {
        string line = exact ? _line.ToString() : Colours().Replace(_line.ToString(), "");
        _line.Clear();
        return !exact && line.Any(IsUnfit) ? string.Create(line.Length, line, (to, from) =>
        {
            for (int i = 0; i < from.Length; i++) to[i] = IsUnfit(from[i]) ? '\uFFFD' : from[i];
        }) : line;
    }

    private static bool IsUnfit(char c) => char.IsControl(c) && c != '\t';

    [GeneratedRegex(@"\x1B\[[0-9;:]*[A-Za-z]", RegexOptions.CultureInvariant)]
    private static partial Regex Colours();
}
