using System.Text.RegularExpressions;

namespace Cumulus.Packager;

/// <summary>What <c>Cumulus.psd1</c> says, as far as packages repeat it.</summary>
internal sealed partial class ModuleManifest(string text)
{
    public string Version => Value("ModuleVersion");

    public string Author => Value("Author");

    public string Copyright => Value("Copyright");

    public string Description => Value("Description");

    /// <summary>Null as long as the project has no public address.</summary>
    public string? ProjectUri => text.Contains("ProjectUri", StringComparison.Ordinal) ? Value("ProjectUri") : null;

    public string ReleaseNotes => Value("ReleaseNotes");

    public IReadOnlyList<string> Tags => List("Tags");

    public IReadOnlyList<string> Cmdlets => List("CmdletsToExport");

    private string Value(string name) =>
        Regex.Match(text, $@"(?m)^\s*{name}\s*=\s*'((?:[^']|'')*)'") is { Success: true } found
            ? found.Groups[1].Value.Replace("''", "'", StringComparison.Ordinal)
            : throw new InvalidDataException($"Cumulus.psd1 has no {name}.");

    private string[] List(string name) =>
        Regex.Match(text, $@"(?s)\b{name}\s*=\s*@\((.*?)\)") is { Success: true } found
            ? [.. Quoted().Matches(found.Groups[1].Value).Select(m => m.Groups[1].Value)]
            : throw new InvalidDataException($"Cumulus.psd1 has no {name}.");

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
