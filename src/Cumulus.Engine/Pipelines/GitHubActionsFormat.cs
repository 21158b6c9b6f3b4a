using System.Text;

namespace Cumulus.Engine.Pipelines;

/// <summary>Workflow commands of GitHub Actions: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions.</summary>
/// <param name="summaryFile">As in <c>GITHUB_STEP_SUMMARY</c>; null: there is none, and summaries are left out.</param>
/// <param name="outputFile">As in <c>GITHUB_OUTPUT</c>; null: there is none, and outputs are left out.</param>
/// <param name="newDelimiter">Text that no value contains.</param>
public sealed class GitHubActionsFormat(string? summaryFile, string? outputFile, Func<string> newDelimiter) : IPipelineFormat
{
    public string GroupEnd => "::endgroup::";

    public string Group(string title) => $"::group::{Data(title)}";

    public string Error(PipelineIssue issue) => Issue("error", issue);

    public string Warning(PipelineIssue issue) => Issue("warning", issue);

    public PipelineMessage Output(string name, string value, bool secret)
    {
        string[] mask = secret ? [.. value.Split('\n').Where(line => line.Trim().Length > 0).Select(line => $"::add-mask::{Data(line.TrimEnd('\r'))}")] : [];
        if (outputFile is null) return new PipelineMessage(mask);
        string delimiter = newDelimiter();
        return new PipelineMessage(mask, new PipelineFile(outputFile, $"{name}<<{delimiter}\n{value}\n{delimiter}\n", Append: true));
    }

    public PipelineMessage Summary(string markdown) =>
        summaryFile is null ? new PipelineMessage([]) : new PipelineMessage([], new PipelineFile(summaryFile, markdown + "\n", Append: true));

    /// <remarks>The runner takes a line that begins with <c>::</c>, and <c>##[</c> anywhere in a line: actions/runner, ActionCommand.cs.</remarks>
    public string Plain(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (string line in text.Split('\n'))
        {
            string trimmed = line.TrimStart();
            result.Append(trimmed.StartsWith("::", StringComparison.Ordinal) ? line.Replace("::", ": :", StringComparison.Ordinal) : line).Append('\n');
        }

        return result.Replace("##[", "# #[").ToString(0, result.Length - 1);
    }

    private static string Issue(string kind, PipelineIssue issue) =>
        $"::{kind} title={Property(issue.Code is { } code ? $"{issue.Title}: {code}" : issue.Title)}::{Data(issue.Message)}";

    // actions/toolkit, packages/core/src/command.ts: escapeData and escapeProperty.
    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
