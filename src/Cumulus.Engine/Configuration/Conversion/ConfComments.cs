using Cumulus.Engine.Configuration.Ini;

namespace Cumulus.Engine.Configuration.Conversion;

/// <summary>The comments of a <c>.conf</c> file, each with the section or option that it stands before, in or beside.</summary>
internal sealed class ConfComments
{
    private readonly Dictionary<int, List<string>> _byLine = [];

    public ConfComments(string text, IniDocument document)
    {
        string[] lines = text.Split('\n');
        (int First, int Last)[] places =
        [
            .. document.Sections.SelectMany(s => s.Options.Select(o => (o.Line, o.Lines.Count == 0 ? o.Line : o.Lines[^1].Number)).Prepend((s.Line, s.Line))),
        ];
        for (int number = 1; number <= lines.Length; number++)
        {
            if (Comment(lines[number - 1]) is not { } comment) continue;
            int owner = places.FirstOrDefault(p => number <= p.Last, (First: int.MaxValue, Last: 0)).First;
            Add(owner, comment);
        }

        foreach (IniOption option in document.Sections.SelectMany(s => s.Options)) AddInline(option, text);
    }

    /// <summary>Of the section or option that begins in the line.</summary>
    public IReadOnlyList<string> Of(int line) => _byLine.TryGetValue(line, out List<string>? comments) ? comments : [];

    /// <summary>What stands after the last option.</summary>
    public IReadOnlyList<string> Last => Of(int.MaxValue);

    private void Add(int owner, string comment)
    {
        if (!_byLine.TryGetValue(owner, out List<string>? comments)) _byLine.Add(owner, comments = []);
        comments.Add(comment);
    }

    private void AddInline(IniOption option, string text)
    {
        // A value whose first line is empty has no place to look behind.
        if (option.Lines is [var first, ..] && first.Number != option.Line) return;
        int start = option.ValueStart + option.ValueLength, end = text.IndexOf('\n', start);
        string rest = text[start..(end < 0 ? text.Length : end)].Trim();
        if (rest.StartsWith(';')) Add(option.Line, rest[1..].Trim());
    }

    // As the reader tells comments.
    private static string? Comment(string line)
    {
        string trimmed = line.Trim();
        if (trimmed.Length > 0 && trimmed[0] is '#' or ';') return trimmed[1..].Trim();
        return IniReader.IsRem(line) ? trimmed[3..].Trim() : null;
    }
}
