namespace Cumulus.Console.Help;

/// <summary>Breaks text at blanks.</summary>
internal static class TextWrap
{
    /// <param name="hanging">Indent of all lines but the first.</param>
    public static IEnumerable<string> Lines(string text, int width, int indent, int hanging)
    {
        // Code is set in already, and stays as it is.
        if (text.StartsWith("    ", StringComparison.Ordinal))
        {
            return [new string(' ', indent) + text];
        }

        var lines = new List<string>();
        string line = new(' ', indent);
        bool empty = true;
        foreach (string word in text.Split(' '))
        {
            if (!empty && line.Length + 1 + word.Length > width)
            {
                lines.Add(line);
                line = new string(' ', hanging);
                empty = true;
            }

            line += empty ? word : " " + word;
            empty = false;
        }

        lines.Add(line.TrimEnd());
        return lines;
    }
}
