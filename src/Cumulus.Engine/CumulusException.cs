namespace Cumulus.Engine;

/// <summary>What sort of failure this is, in words that a front end maps to its own categories.</summary>
public enum FailureKind
{
    /// <summary>What the user gave cannot be right: a value, a file's content, a name.</summary>
    InvalidInput,

    /// <summary>Something that the user named does not exist.</summary>
    NotFound,

    /// <summary>It exists already, with other content, or somebody else is at it.</summary>
    Conflict,

    /// <summary>The caller may not do this.</summary>
    AccessDenied,

    /// <summary>A wait ran out of its limit. What was started may still go on.</summary>
    Timeout,

    /// <summary>A service or a tool that is needed could not be reached or is not installed.</summary>
    Unavailable,

    /// <summary>The work was tried and failed: a stack, a host, a script.</summary>
    OperationFailed,

    /// <summary>Content is not what it says it is: a wrong digest, a hostile archive.</summary>
    SecurityViolation,
}

/// <summary>
/// An expected failure: it says what went wrong, of which thing, and what to do next. Anything else that escapes
/// the engine is a bug and is reported as one.
/// </summary>
/// <param name="errorId">Stable id, one of <see cref="ErrorIds"/>; scripts may match on it.</param>
/// <param name="message">One sentence or two for a person, with the names of the things concerned. Never a secret.</param>
public class CumulusException(string errorId, FailureKind kind, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public string ErrorId { get; } = errorId;

    public FailureKind Kind { get; } = kind;

    /// <summary>The work had begun, and was taken back: it touched what it was to change, unlike a failure before.</summary>
    public bool WasUndone { get; internal set; }

    /// <summary>What the user named: an environment, a stack, a path. Null when there is no one thing.</summary>
    public object? Target { get; init; }

    /// <summary>What to do next, as one sentence; null when there is nothing better than the message.</summary>
    public string? Advice { get; init; }
}
