using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Ini;

namespace Cumulus.Engine.Hosts;

/// <summary>Changes <c>metadata.conf</c> without disturbing what people wrote around it.</summary>
public static class HostMetadataWriter
{
    /// <summary>
    /// The text with another version and nothing else changed: blanks, comments, line ends and order stay. Where the section has no version of its own,
    /// a line is added after its header.
    /// </summary>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.NameInvalid"/> of the version; <see cref="ErrorIds.MetadataInvalid"/>: no section <c>[metadata]</c>, or its version is of several lines.
    /// </exception>
    public static string WithVersion(string text, string version, string file = "metadata.conf")
    {
        NameRules.Require("version", version);
        var problems = new ProblemCollector();
        var section = new HostMetadataSection(text, file, problems);
        IniOption? option = section.FindOwn("version");
        if (section.First is null) problems.Error(new Place(file, 0), null, "There is no section [metadata].");
        if (option is { Lines: [_, var second, ..] }) problems.Error(new Place(file, second.Number), "metadata / version", "The value is of several lines.");
        problems.ThrowIfAny(ErrorIds.MetadataInvalid, "host's metadata");
        return option is null ? WithNewLine(text, section.First!.Line, $"version = {version}") : Replaced(text, option, version);
    }

    /// <summary>Puts another version into the file, which is there as a whole at every instant and keeps its mode.</summary>
    /// <exception cref="CumulusException">As <see cref="WithVersion"/>.</exception>
    /// <exception cref="IOException">The file or its folder cannot be written.</exception>
    public static async Task SaveVersionAsync(string path, string version, CancellationToken cancellationToken)
    {
        string text = await File.ReadAllTextAsync(path, cancellationToken);
        string changed = WithVersion(text, version, path);
        if (changed == text) return;
        string beside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.Copy(path, beside);
            await File.WriteAllTextAsync(beside, changed, cancellationToken);
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static string Replaced(string text, IniOption option, string version)
    {
        int end = option.ValueStart + option.ValueLength;
        string value = option.ValueLength == 0 && option.ValueStart < text.Length && text[option.ValueStart] == ';' ? version + " " : version;
        return text[..option.ValueStart] + value + text[end..];
    }

    private static string WithNewLine(string text, int afterLine, string line)
    {
        int at = 0;
        for (int n = 0; n < afterLine && at < text.Length; n++)
        {
            int end = text.IndexOf('\n', at);
            at = end < 0 ? text.Length : end + 1;
        }

        string lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string before = at > 0 && text[at - 1] != '\n' ? lineEnd : "";
        return text[..at] + before + line + lineEnd + text[at..];
    }
}
