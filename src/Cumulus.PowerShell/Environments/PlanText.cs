using System.Text;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>A plan as lines, for a question.</summary>
internal static class PlanText
{
    // More than this nobody reads in a question.
    private const int MaxLines = 60;

    public static string Of(IReadOnlyList<PlannedChange> changes)
    {
        var text = new StringBuilder();
        int lines = 0;
        foreach (IGrouping<string, PlannedChange> stack in changes.GroupBy(c => c.Heading))
        {
            text.AppendLine(stack.Key);
            foreach (PlannedChange change in stack.Where(c => !c.IsNothing))
            {
                if (++lines > MaxLines) continue;
                string replace = change.Replacement is "" or "no" ? "" : $"  REPLACE: {change.Replacement}";
                string lost = change.IsDataLost ? "  DATA IS LOST" : "";
                text.AppendLine($"  {change.Action,-7} {change.Name} ({change.Type}){replace}{lost}  {change.Because}".TrimEnd());
            }
        }

        if (lines > MaxLines) text.AppendLine($"  ... and {lines - MaxLines} more (Compare-Environment shows all)");
        return text.ToString().TrimEnd();
    }
}
