using System.Reflection;

namespace Cumulus.Console;

/// <summary>What a console is made of.</summary>
public sealed record ConsoleSettings
{
    /// <summary>Where the cmdlet classes are.</summary>
    public required IReadOnlyList<Assembly> CmdletAssemblies { get; init; }

    /// <summary>The module's format file; null or absent when there is none.</summary>
    public string? FormatFile { get; init; }

    /// <summary>Folder of the help pages, <c>Verb-Noun.md</c>; null or absent when there are none.</summary>
    public string? HelpFolder { get; init; }

    public required string Version { get; init; }
}
