namespace Cumulus.Engine.Jobs;

/// <summary>A condition for the work is not met, and nothing was changed: the job ends as <see cref="JobStatus.Aborted"/>.</summary>
public sealed class JobAbortedException(string errorId, FailureKind kind, string message, Exception? innerException = null)
    : CumulusException(errorId, kind, message, innerException);
