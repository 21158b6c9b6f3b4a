namespace Cumulus.Engine.Pipelines;

/// <summary>What one session says to its build service. Groups do not nest there, so one is open at a time.</summary>
/// <param name="files">Writes a file that the service reads.</param>
public sealed class PipelineLog(IPipelineFormat format, Action<PipelineFile> files)
{
    private string? _group;

    /// <summary>A log of the files of this machine.</summary>
    public static PipelineLog On(IPipelineFormat format) => new(format, file =>
    {
        if (file.Append) File.AppendAllText(file.Path, file.Text);
        else File.WriteAllText(file.Path, file.Text);
    });

    /// <summary>The text without secrets, and with nothing that the service takes for a command.</summary>
    public string Clean(string text, SecretRedaction secrets) => format.Plain(secrets.Clean(text));

    /// <summary>One change, in the group of the command that made it.</summary>
    public IEnumerable<string> Change(string title, string text)
    {
        if (_group != title)
        {
            foreach (string line in EndGroup()) yield return line;
            _group = title;
            yield return format.Group(title);
        }

        yield return text;
    }

    /// <summary>Nothing when no group is open.</summary>
    public IEnumerable<string> EndGroup()
    {
        if (_group is null) yield break;
        _group = null;
        yield return format.GroupEnd;
    }

    /// <summary>As <see cref="EndGroup()"/>, if it is this one's.</summary>
    public IEnumerable<string> EndGroup(string title) => _group == title ? EndGroup() : [];

    /// <summary>Outside of any group, where it is seen without unfolding.</summary>
    public IEnumerable<string> Error(PipelineIssue issue) => [.. EndGroup(), format.Error(issue)];

    public string Warning(PipelineIssue issue) => format.Warning(issue);

    /// <summary>Writes tables and outputs of a command.</summary>
    /// <exception cref="IOException">A file that the service named cannot be written.</exception>
    public IEnumerable<string> Summarize(string title, StepSummary summary, IReadOnlyList<string> failures, SecretRedaction secrets)
    {
        if (summary.IsEmpty && failures.Count == 0) return [];
        List<string> lines = [.. Send(format.Summary(Clean(summary.ToMarkdown(title, failures), secrets)))];
        foreach ((string name, string value) in summary.Outputs) lines.AddRange(Send(format.Output(name, value, SecretRedaction.IsSecretName(name))));
        return lines;
    }

    private IReadOnlyList<string> Send(PipelineMessage message)
    {
        if (message.File is { } file) files(file);
        return message.Lines;
    }
}
