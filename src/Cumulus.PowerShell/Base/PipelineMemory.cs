namespace Cumulus.PowerShell;

/// <summary>
/// What has been said while a pipeline runs, so that each of its commands need not say it again. All commands of a pipeline have begun before the first of
/// them goes, so it is forgotten when the last one has gone.
/// </summary>
internal sealed class PipelineMemory
{
    private readonly object _lock = new();
    private readonly HashSet<object> _running = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _said = [];

    public void Enter(object command)
    {
        lock (_lock) _running.Add(command);
    }

    public void Leave(object command)
    {
        lock (_lock)
        {
            if (_running.Remove(command) && _running.Count == 0) _said.Clear();
        }
    }

    /// <summary>True the first time.</summary>
    public bool IsNew(string text)
    {
        lock (_lock) return _said.Add(text);
    }
}
