using System.Text;

namespace Cumulus.Console.Rendering;

/// <summary>Lays out rows of text in columns. Where the width is known, the widest columns give way first.</summary>
internal static class Table
{
    private const int Least = 8;

    /// <returns>The widths; null when the columns cannot be fitted in so that one could still read them.</returns>
    public static int[]? Widths(IReadOnlyList<Column> columns, IReadOnlyList<string[]> rows, int available)
    {
        int[] widths = columns.Select((c, i) => Math.Max(c.Header.Length, rows.Max(r => r[i].Length))).ToArray();
        if (available == Terminal.Unlimited)
        {
            return widths;
        }

        int excess = widths.Sum() + widths.Length - 1 - available;
        while (excess > 0)
        {
            int widest = Widest(columns, widths);
            if (widths[widest] <= Math.Max(Least, columns[widest].Header.Length))
            {
                return null;
            }

            widths[widest]--;
            excess--;
        }

        return widths;
    }

    public static string Line(IReadOnlyList<Column> columns, int[] widths, IReadOnlyList<string> cells, bool cut)
    {
        var line = new StringBuilder();
        for (int i = 0; i < columns.Count; i++)
        {
            string cell = cut && cells[i].Length > widths[i] ? cells[i][..(widths[i] - 1)] + "…" : cells[i];
            line.Append(i == 0 ? "" : " ").Append(columns[i].RightAligned ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
        }

        return line.ToString().TrimEnd();
    }

    // A column that is wider than its view wants it gives way before one that is not.
    private static int Widest(IReadOnlyList<Column> columns, int[] widths) => Enumerable.Range(0, widths.Length)
        .OrderByDescending(i => widths[i] > columns[i].PreferredWidth)
        .ThenByDescending(i => widths[i])
        .First();
}
