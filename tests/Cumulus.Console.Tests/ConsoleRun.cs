using Cumulus.Console.Tests.Fixtures;

namespace Cumulus.Console.Tests;

/// <summary>One run of the program with the fixture cmdlets, in this process.</summary>
public sealed record ConsoleRun(int ExitCode, string Out, string Error)
{
    public string[] OutLines => Lines(Out);

    public string[] ErrorLines => Lines(Error);

    public static ConsoleRun Of(params string[] arguments) => With(new Surroundings(), arguments);

    public static ConsoleRun With(Surroundings surroundings, params string[] arguments)
    {
        using var output = surroundings.Out ?? new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal
        {
            Out = output,
            Error = error,
            In = new StringReader(surroundings.Input),
            InIsTerminal = surroundings.IsTerminal,
            OutIsTerminal = surroundings.IsTerminal,
            ErrorIsTerminal = surroundings.IsTerminal,
            Colours = surroundings.Colours,
            Columns = () => surroundings.Columns,
        };
        var app = new ConsoleApp(new ConsoleSettings
        {
            CmdletAssemblies = [typeof(NewFruitCmdlet).Assembly],
            FormatFile = surroundings.FormatFile,
            HelpFolder = surroundings.HelpFolder,
            Version = "1.2.3",
        });
        int exitCode = app.Run(arguments, terminal, surroundings.Stop);
        return new ConsoleRun(exitCode, output.ToString(), error.ToString());
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

public sealed record Surroundings
{
    public bool IsTerminal { get; init; }

    public bool Colours { get; init; }

    public int Columns { get; init; } = 80;

    public string Input { get; init; } = "";

    public string? FormatFile { get; init; }

    public string? HelpFolder { get; init; }

    /// <summary>Takes the place of a plain text.</summary>
    public StringWriter? Out { get; init; }

    public CancellationToken Stop { get; init; }
}
