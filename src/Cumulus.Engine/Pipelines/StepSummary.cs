using System.Globalization;
using System.Text;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Hosts;

namespace Cumulus.Engine.Pipelines;

/// <summary>What a command did, as tables in markdown: stacks, bundles, hosts. Other records are left out.</summary>
/// <remarks>A new kind of result gets a table by a case in <see cref="Add(object)"/>.</remarks>
public sealed class StepSummary
{
    private readonly List<(string Table, string[] Columns, string[] Cells)> _rows = [];
    private readonly List<(string Name, string Value)> _outputs = [];

    public bool IsEmpty => _rows.Count == 0;

    /// <summary>Values for later steps: what stacks put out as STACK_OUTPUT, and the version that was published or deployed.</summary>
    public IReadOnlyList<(string Name, string Value)> Outputs => _outputs;

    public void Add(object record)
    {
        switch (record)
        {
            case StackDeployment stack:
                Row("Stacks", ["Stack", "Action", "Status", "Version", "Took", "Reason"],
                    stack.StackName, stack.Action.ToString().ToLowerInvariant(), stack.Status, stack.Version, Span(stack.Took), stack.FailureReason);
                foreach (HostUpdate host in stack.Hosts)
                {
                    Row("Hosts", ["Instance", "Stack", "Status", "Exit code"],
                        host.InstanceId, host.Stack, host.Status, host.ExitCode?.ToString(CultureInfo.InvariantCulture));
                }

                foreach ((string key, string value) in stack.Outputs) Output($"{stack.Name}_{key}", value);
                Output("version", stack.Version);
                break;
            case StackRemoval removal:
                Row("Stacks removed", ["Stack", "Status", "Took"], removal.StackName, removal.Status, Span(removal.Took));
                break;
            case PublishedBundle bundle:
                Row("Bundles", ["Bundle", "Version", "State", "Size", "Key"],
                    bundle.Name, bundle.Version, bundle.State.ToString().ToLowerInvariant(), Size(bundle.Size), $"s3://{bundle.Bucket}/{bundle.Key}");
                Output("version", bundle.Version);
                break;
            case InstalledBundle bundle:
                Row("Bundles installed", ["Bundle", "Version", "From", "State", "Files", "Changed"],
                    bundle.Name, bundle.Version, bundle.From, bundle.State.ToString().ToLowerInvariant(), Number(bundle.Files), Number(bundle.Changed));
                break;
        }
    }

    /// <summary>A part below a heading of its own.</summary>
    /// <param name="failures">What failed, each as one text.</param>
    public string ToMarkdown(string title, IReadOnlyList<string> failures)
    {
        var text = new StringBuilder($"### {Cell(title)}\n");
        foreach (string failure in failures) text.Append("\n> **Failed:** ").Append(Cell(failure)).Append('\n');
        foreach (var table in _rows.GroupBy(r => r.Table))
        {
            string[] columns = table.First().Columns;
            text.Append("\n**").Append(table.Key).Append("**\n\n| ").AppendJoin(" | ", columns).Append(" |\n|")
                .AppendJoin('|', columns.Select(_ => " --- ")).Append("|\n");
            foreach (var row in table) text.Append("| ").AppendJoin(" | ", row.Cells).Append(" |\n");
        }

        return text.ToString();
    }

    private void Row(string table, string[] columns, params string?[] cells) => _rows.Add((table, columns, Array.ConvertAll(cells, Cell)));

    private void Output(string name, string? value)
    {
        if (value is null) return;
        string safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        _outputs.RemoveAll(o => o.Name == safe);
        _outputs.Add((safe, value));
    }

    // A pipe would begin another cell, a line another row, and < a tag.
    private static string Cell(string? text) =>
        (text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .ReplaceLineEndings(" ").Trim();

    private static string Span(TimeSpan took) => took.TotalMinutes >= 1 ? $"{(int)took.TotalMinutes}m{took.Seconds:00}s" : $"{took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)}s";

    private static string Size(long bytes) => $"{(bytes / 1_000_000.0).ToString("0.0", CultureInfo.InvariantCulture)} MB";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
