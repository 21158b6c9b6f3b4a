namespace Cumulus.Engine.Configuration.Ini;

/// <summary>The sections of an INI file in the order of the file; a name may come more than once.</summary>
internal sealed record IniDocument(string File, IReadOnlyList<IniSection> Sections);

/// <param name="Name">As written between the brackets, trimmed.</param>
internal sealed record IniSection(string Name, int Line, List<IniOption> Options);

/// <summary>An option with its value before interpolation.</summary>
/// <param name="Name">In lower case: option names are compared without case.</param>
/// <param name="Lines">The lines of the value that are not empty, trimmed, comments taken out.</param>
internal sealed record IniOption(string Name, int Line, List<IniLine> Lines)
{
    /// <summary>Where the value of one line stands in the text of the file; its place when it is empty.</summary>
    public int ValueStart => Lines is [var line, ..] ? line.Start : EmptyStart;

    public int ValueLength => Lines is [var line, ..] ? line.Text.Length : EmptyLength;

    public int EmptyStart { get; init; }

    public int EmptyLength { get; init; }

    /// <summary>The first comment line inside the value; null when there is none.</summary>
    public int? IndentedComment { get; set; }

    public string RawText => string.Join('\n', Lines.Select(l => l.Text));
}

/// <param name="Start">Where the text stands in the text of the file.</param>
internal readonly record struct IniLine(int Number, string Text, int Start);
