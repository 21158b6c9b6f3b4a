using Cumulus.PowerShell;

namespace Cumulus.Console.Rendering;

/// <summary>An error for a person: who and what, what to do next, and the id that a script or a search can rely on.</summary>
internal static class ErrorText
{
    private const string Indent = "  ";

    public static void Write(Terminal terminal, string commandName, CmdletError error, bool withTrace)
    {
        string[] message = CellText.Lines(error.Message);
        terminal.WriteErrorLine($"{commandName}: {message[0]}", Style.Failed);
        foreach (string line in message.Skip(1))
        {
            terminal.WriteErrorLine(Indent + line, Style.Failed);
        }

        foreach (string line in error.Advice is { Length: > 0 } advice ? CellText.Lines(advice) : [])
        {
            terminal.WriteErrorLine(Indent + line);
        }

        terminal.WriteErrorLine($"{Indent}(error id {error.ErrorId})", Style.Dim);
        if (withTrace)
        {
            WriteTrace(terminal, error.Exception);
        }
    }

    public static void Write(Terminal terminal, UsageException error) =>
        terminal.WriteErrorLine($"{error.Subject ?? "cumulus"}: {string.Join(' ', CellText.Lines(error.Message))}", Style.Failed);

    private static void WriteTrace(Terminal terminal, Exception exception)
    {
        foreach (string line in exception.ToString().Split('\n'))
        {
            terminal.WriteErrorLine("DEBUG: " + line.TrimEnd('\r'), Style.Dim);
        }
    }
}
