namespace Cumulus.Engine.Processes;

/// <summary>A program to run to its end.</summary>
public sealed record ProcessRequest
{
    public required string FileName { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Arguments as one text, instead of the list: for <c>cmd.exe</c>, which has quoting rules of its own.</summary>
    public string? CommandLine { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>Variables on top of the own environment; a null value takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>After this the program and its children are killed.</summary>
    public required TimeSpan TimeLimit { get; init; }

    /// <summary>Gets each line of both streams as it comes, one at a time, on some other thread.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>The lines are read by a program, and not shown: no character is replaced, and nothing but a line feed ends one.</summary>
    public bool IsExact { get; init; }
}
