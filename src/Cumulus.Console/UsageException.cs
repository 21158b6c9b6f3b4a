namespace Cumulus.Console;

/// <summary>The line cannot be run as it stands: one sentence for the person who typed it. Nothing has been run.</summary>
/// <param name="subject">Who says so: a cmdlet's name, or null for the program itself.</param>
public sealed class UsageException(string? subject, string message) : Exception(message)
{
    public UsageException(string message)
        : this(null, message)
    {
    }

    /// <summary>The cmdlet that was misused; null when no cmdlet is concerned.</summary>
    public string? Subject { get; } = subject;
}
