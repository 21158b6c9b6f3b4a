namespace Cumulus.Engine.Jobs;

/// <summary>A job at work, for the work itself.</summary>
public sealed class RunningJob
{
    private readonly Dictionary<string, string> _result = [];

    internal RunningJob(string id, JobLog log, CancellationToken stop) => (Id, Log, Stop) = (id, log, stop);

    public string Id { get; }

    public JobLog Log { get; }

    /// <summary>Set when the work has to end: Ctrl+C, <c>Stop-GhostJob</c> from anywhere, the time limit, or the turn was lost. Clean-up runs under a token of its own.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Others may have taken the turn: the work writes nothing any more, and cleans nothing up either.</summary>
    public bool IsTurnLost => Lost?.Invoke() == true;

    internal Func<bool>? Lost { get; set; }

    /// <summary>How it ended, in a sentence, when it went well.</summary>
    public string? Message { get; set; }

    internal IReadOnlyDictionary<string, string> Result => _result;

    /// <summary>Something that came out, such as <c>ami</c>.</summary>
    public void SetResult(string name, string value) => _result[name] = value;
}
