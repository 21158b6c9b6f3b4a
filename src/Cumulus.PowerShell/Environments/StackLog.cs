using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>
/// What the log of one stack's operation tells: each resource once when it begins, once when it fails, and the stack when it turns back. All the rest is for -Verbose.
/// </summary>
internal sealed class StackLog
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>A resource's failure has been told, with its reason.</summary>
    public bool ToldFailure { get; private set; }

    /// <summary>As far as the stack was seen.</summary>
    public StackProgress? Progress { get; set; }

    public bool IsNews(StackEventRecord stackEvent)
    {
        if (StackFailure.IsOfStackItself(stackEvent, stackEvent.StackId))
        {
            if (!stackEvent.Status.EndsWith("ROLLBACK_IN_PROGRESS", StringComparison.Ordinal)) return false;

            // On the way back the same resources begin again.
            _told.Clear();
            return true;
        }

        // A resource says two or three times that it is in progress; a reason may stand at any of them.
        bool fails = stackEvent.Status.EndsWith("_FAILED", StringComparison.Ordinal);
        if (!fails && !stackEvent.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal)) return false;
        ToldFailure |= fails;
        return _told.Add($"{stackEvent.Status} {stackEvent.LogicalId}");
    }
}
