using System.Globalization;
using Cumulus.PowerShell;

namespace Cumulus.Console.Rendering;

/// <summary>The progress of all cmdlets of a line as one line that is rewritten in place.</summary>
internal sealed class ProgressLine(Terminal terminal)
{
    private const int BarLength = 20;

    private readonly SortedDictionary<int, CmdletProgress> _running = [];

    public void Show(CmdletProgress progress)
    {
        if (progress.Completed)
        {
            _running.Remove(progress.Id);
        }
        else
        {
            _running[progress.Id] = progress;
        }

        terminal.ShowProgress(_running.Count == 0 ? null : string.Join("   ", _running.Values.Select(Text)));
    }

    public void Clear()
    {
        _running.Clear();
        terminal.ShowProgress(null);
    }

    private static string Text(CmdletProgress progress)
    {
        var parts = new List<string> { progress.Activity };
        if (progress.PercentComplete is { } percent)
        {
            percent = Math.Clamp(percent, 0, 100);
            int filled = percent * BarLength / 100;
            parts.Add($"[{new string('#', filled)}{new string('.', BarLength - filled)}] {percent.ToString(CultureInfo.InvariantCulture)}%");
        }

        parts.Add(progress.Status);
        parts.Add(progress.CurrentOperation ?? "");
        return CellText.Of(string.Join("  ", parts.Where(p => p.Length > 0)));
    }
}
