using System.Collections.Concurrent;

namespace Cumulus.PowerShell.Tests;

/// <summary>A front end that writes down what it is asked for, and on which thread.</summary>
internal sealed class RecordingHost : ICmdletHost
{
    private readonly ConcurrentQueue<object?> _entries = [];
    private readonly ConcurrentDictionary<int, bool> _threads = [];

    public IReadOnlyList<object?> Entries => [.. _entries];

    public IEnumerable<CmdletError> Errors => Entries.OfType<CmdletError>();

    public ICollection<int> Threads => _threads.Keys;

    public string CurrentFolder => "/here";

    public CumulusSession Session { get; } = new();

    /// <summary>Runs before an entry is written down; may throw.</summary>
    public Action<object?> OnWrite { get; set; } = _ => { };

    public void WriteObject(object? value, bool enumerateCollection) => Record(value);

    public void WriteError(CmdletError error) => Record(error);

    public void WriteWarning(string text) => Record("warning: " + text);

    public void WriteVerbose(string text) => Record("verbose: " + text);

    public void WriteDebug(string text) => Record("debug: " + text);

    public void WriteInformation(string text) => Record("information: " + text);

    public void WriteProgress(CmdletProgress progress) => Record(progress);

    public void WriteStatus(string text) => Record("status: " + text);

    public bool ShouldProcess(string target, string action)
    {
        Record($"{action} {target}?");
        return true;
    }

    public bool ShouldContinue(string query, string caption)
    {
        Record(query);
        return false;
    }

    public string ResolvePath(string path)
    {
        Record("path " + path);
        return CurrentFolder + "/" + path;
    }

    public bool IsSwitchOn(string parameterName) => parameterName == "Force";

    public bool IsBound(string parameterName) => parameterName == "Force";

    private void Record(object? entry)
    {
        _threads.TryAdd(Environment.CurrentManagedThreadId, true);
        OnWrite(entry);
        _entries.Enqueue(entry);
    }
}
