namespace Cumulus.Engine.Hosts;

/// <summary>An install that had begun to change the host and took it all back. What ends before that is a plain <see cref="CumulusException"/>.</summary>
public sealed class InstallUndoneException(string errorId, FailureKind kind, string message, Exception cause) : CumulusException(errorId, kind, message, cause);
