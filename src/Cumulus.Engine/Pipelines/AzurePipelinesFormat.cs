namespace Cumulus.Engine.Pipelines;

/// <summary>Logging commands of Azure Pipelines: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands.</summary>
/// <param name="newSummaryFile">Full path of a file that is not there yet, and that lives until the job's end.</param>
public sealed class AzurePipelinesFormat(Func<string> newSummaryFile) : IPipelineFormat
{
    public string GroupEnd => "##[endgroup]";

    public string Group(string title) => $"##[group]{OneLine(title)}";

    public string Error(PipelineIssue issue) => Issue("error", issue);

    public string Warning(PipelineIssue issue) => Issue("warning", issue);

    public PipelineMessage Output(string name, string value, bool secret) =>
        new([$"##vso[task.setvariable variable={Property(name)};isoutput=true{(secret ? ";issecret=true" : "")}]{Data(value)}"]);

    public PipelineMessage Summary(string markdown)
    {
        string file = newSummaryFile();
        return new PipelineMessage([$"##vso[task.uploadsummary]{file}"], new PipelineFile(file, markdown + "\n", Append: false));
    }

    /// <remarks>The agent looks for its commands anywhere in a line.</remarks>
    public string Plain(string text) =>
        text.Replace("##vso[", "# #vso[", StringComparison.OrdinalIgnoreCase).Replace("##[", "# #[", StringComparison.Ordinal);

    private static string Issue(string kind, PipelineIssue issue)
    {
        string code = issue.Code is { } id ? $";code={Property(id)}" : "";
        return $"##vso[task.logissue type={kind}{code}]{Data($"{issue.Title}: {issue.Message}")}";
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Data(string text) =>
        text.Replace("%", "%AZP25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(";", "%3B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal);
}
