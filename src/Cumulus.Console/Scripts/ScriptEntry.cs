namespace Cumulus.Console.Scripts;

/// <summary>A heading or a command of a script.</summary>
/// <param name="Line">Number of its first line, from 1.</param>
internal sealed record ScriptEntry(int Line, string Text, bool IsHeading)
{
    /// <summary>
    /// One command a line; it goes on in the next where it ends with a pipe or a backtick. A line that starts with <c>#</c> is a
    /// heading; blank lines are nothing.
    /// </summary>
    /// <exception cref="UsageException">The last command is not finished.</exception>
    public static IReadOnlyList<ScriptEntry> Parse(string text)
    {
        var entries = new List<ScriptEntry>();
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.StartsWith('#'))
            {
                entries.Add(new ScriptEntry(i + 1, line.TrimStart('#').Trim(), IsHeading: true));
            }
            else if (line.Length > 0)
            {
                int first = i;
                while (GoesOn(lines[i]))
                {
                    i++;
                    if (i == lines.Length)
                    {
                        throw new UsageException($"line {first + 1}: the command goes on after the end of the file");
                    }
                }

                entries.Add(new ScriptEntry(first + 1, string.Join('\n', lines[first..(i + 1)]).Trim(), IsHeading: false));
            }
        }

        return entries;
    }

    private static bool GoesOn(string line) => line.TrimEnd().EndsWith('|') || line.EndsWith('`');
}
