namespace Cumulus.Engine.Jobs;

public enum JobIfBusy
{
    /// <summary>Take the turn after those that came before.</summary>
    Wait,

    /// <summary>End at once when another job of the subject waits or works.</summary>
    Fail,
}

/// <summary>A job to run.</summary>
public sealed record JobRequest
{
    /// <summary>Name of the command, such as <c>New-GhostImage</c>.</summary>
    public required string Command { get; init; }

    /// <summary>What it is about, as parts with <c>/</c> between that documents may be called by; one job of a subject works at a time.</summary>
    public required string Subject { get; init; }

    /// <summary>What the command was given. Values that look like secrets are masked.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    public string User { get; init; } = Environment.UserName;

    public string Host { get; init; } = Environment.MachineName;

    /// <summary>Texts that must not reach log or record, besides those that look like secrets.</summary>
    public IReadOnlyCollection<string?> Secrets { get; init; } = [];

    public JobIfBusy IfBusy { get; init; } = JobIfBusy.Wait;

    /// <summary>Of the wait for the turn.</summary>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Of the work (G-19); null: what the work sets itself.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <summary>Gets each line of the log at once.</summary>
    public Action<JobLine>? OnLine { get; init; }
}
