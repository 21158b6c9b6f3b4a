namespace Cumulus.Engine.Configuration;

/// <summary>The values of <c>log-level</c>.</summary>
public enum LogLevel
{
    Debug,
    Info,
    Warning,
    Error,
}
