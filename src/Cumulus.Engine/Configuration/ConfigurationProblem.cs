namespace Cumulus.Engine.Configuration;

/// <summary>Something to say about one place of a configuration file.</summary>
/// <param name="Line">From 1; 0 when the place is the whole file.</param>
/// <param name="Option">The option it is about, such as <c>environment: stage / region</c>; null when about the file.</param>
public sealed record ConfigurationProblem(string File, int Line, string? Option, string Message)
{
    /// <summary>From 1; 0 when only the line is known.</summary>
    public int Column { get; init; }

    /// <summary>Nothing can be done with the configuration until it is put right.</summary>
    public bool IsError { get; init; }

    /// <summary><c>Error</c> or <c>Warning</c>.</summary>
    public string Severity => IsError ? "Error" : "Warning";

    /// <summary>The known name that is nearest to a name that is not; null when none is near, or when it is about something else.</summary>
    public string? Suggestion { get; init; }

    /// <summary><c>file:line: option: text</c>, in YAML <c>file:line:column: option: text</c>.</summary>
    public override string ToString()
    {
        string place = (Line, Column) switch { (0, _) => File, (_, 0) => $"{File}:{Line}", _ => $"{File}:{Line}:{Column}" };
        return Option is null ? $"{place}: {Message}" : $"{place}: {Option}: {Message}";
    }
}
