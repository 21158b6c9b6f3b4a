namespace Cumulus.Engine.Jobs;

public enum JobStatus
{
    /// <summary>Written down, and waits for its turn.</summary>
    Init,

    /// <summary>At work.</summary>
    Started,

    Done,

    Failed,

    /// <summary>Ended before it changed anything: a condition was not met, or its turn never came.</summary>
    Aborted,

    /// <summary>Stopped by somebody.</summary>
    Cancelled,
}
