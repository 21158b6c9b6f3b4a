namespace Cumulus.Console;

/// <summary>What the process says when it ends. A caller may rely on these numbers.</summary>
public static class ExitCodes
{
    /// <summary>No error was written.</summary>
    public const int Success = 0;

    /// <summary>At least one error was written.</summary>
    public const int Failure = 1;

    /// <summary>The line could not be understood; nothing was run.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl+C (or <c>SIGTERM</c>), after clean-up.</summary>
    public const int Stopped = 130;
}
