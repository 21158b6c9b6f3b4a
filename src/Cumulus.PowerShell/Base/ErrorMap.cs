using Cumulus.Engine;

namespace Cumulus.PowerShell;

/// <summary>
/// Exceptions to error records. Expected failures keep their own words; everything else is a bug and says so.
/// </summary>
internal static class ErrorMap
{
    private const string BugAdvice =
        "Please report it with the output of Get-Error (in the console: of the same command with -Debug) and what you did.";

    /// <param name="target">What the command was at work on, for an exception that names nothing itself.</param>
    public static CmdletError Map(Exception exception, object? target = null) => exception switch
    {
        CumulusException e => new(e, e.ErrorId, Category(e.Kind), e.Target ?? target, e.Message, e.Advice, IsBug: false),
        OperationCanceledException e => Expected(e, ErrorIds.OperationTimedOut, "OperationTimeout", target,
            $"The operation was given up before it ended, and not by you: {e.Message}", "Run the command again; what it had started may still go on."),
        // The runtime puts the full name of an assembly where a path would be.
        FileNotFoundException { FileName: { } name } e when name.Contains(", Version=", StringComparison.Ordinal) =>
            Expected(e, ErrorIds.ModuleIncomplete, "NotInstalled", name.Split(',')[0],
                $"Cumulus is not installed completely: {name.Split(',')[0]}.dll is missing.", "Install Cumulus again and start a new session."),
        FileNotFoundException e => Expected(e, ErrorIds.FileNotFound, "ObjectNotFound", e.FileName ?? target, e.Message),
        DirectoryNotFoundException e => Expected(e, ErrorIds.FileNotFound, "ObjectNotFound", target, e.Message),
        UnauthorizedAccessException e => Expected(e, ErrorIds.FileAccessDenied, "PermissionDenied", target, e.Message,
            "Check the owner and the mode of the file and of its folder."),
        IOException e => Expected(e, ErrorIds.FileOperationFailed, "ResourceUnavailable", target, e.Message),
        _ => new(exception, ErrorIds.UnexpectedError, "NotSpecified", target,
            $"This is a bug in Cumulus, not a mistake of yours ({exception.GetType().Name}): {exception.Message}", BugAdvice, IsBug: true),
    };

    private static CmdletError Expected(
        Exception exception, string id, string category, object? target, string message, string? advice = null) =>
        new(exception, id, category, target, message, advice, IsBug: false);

    private static string Category(FailureKind kind) => kind switch
    {
        FailureKind.InvalidInput => "InvalidArgument",
        FailureKind.NotFound => "ObjectNotFound",
        FailureKind.Conflict => "ResourceExists",
        FailureKind.AccessDenied => "PermissionDenied",
        FailureKind.Timeout => "OperationTimeout",
        FailureKind.Unavailable => "ResourceUnavailable",
        FailureKind.OperationFailed => "InvalidResult",
        FailureKind.SecurityViolation => "SecurityError",
        _ => "NotSpecified",
    };
}
