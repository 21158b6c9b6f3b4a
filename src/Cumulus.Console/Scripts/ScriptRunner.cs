using System.Text.RegularExpressions;
using Cumulus.Console.Binding;
using Cumulus.Console.Catalog;
using Cumulus.Console.CommandLine;
using Cumulus.Console.Rendering;

namespace Cumulus.Console.Scripts;

/// <summary>
/// Runs a file of commands: headings are shown, each command is shown before it runs, all share one session, and the first
/// failure ends the run. The same file runs in PowerShell; what only the console knows is refused.
/// </summary>
internal sealed partial class ScriptRunner(LineRunner runner, CommandCatalog catalog, Terminal terminal)
{
    private bool _started;

    /// <returns>One of <see cref="ExitCodes"/>, that of the first command that failed.</returns>
    /// <exception cref="UsageException">A line cannot be run as it stands; nothing of the file was run.</exception>
    public int Run(string path, OutputFormat? format, CancellationToken stop)
    {
        var steps = ScriptEntry.Parse(Read(path)).Select(entry => (entry, run: Prepare(path, entry, format))).ToList();
        foreach (var (entry, run) in steps)
        {
            Show(entry);
            int exitCode = run(stop);
            if (stop.IsCancellationRequested)
            {
                return ExitCodes.Stopped;
            }

            if (exitCode != ExitCodes.Success)
            {
                return exitCode;
            }
        }

        return ExitCodes.Success;
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"-File: {e.Message}");
        }
    }

    private Func<CancellationToken, int> Prepare(string path, ScriptEntry entry, OutputFormat? format)
    {
        if (entry.IsHeading)
        {
            return _ => ExitCodes.Success;
        }

        try
        {
            var tokens = Tokenizer.Tokenize(entry.Text);
            if (tokens.Count == 0)
            {
                throw new UsageException("a command is missing");
            }

            if (!IsCmdlet(tokens[0].Text))
            {
                return Native(tokens);
            }

            if (OutputOption.Take(tokens.ToList()) is not null)
            {
                throw new UsageException("-Output is the console's own; in a script, which PowerShell may run too, it goes beside -File");
            }

            var line = runner.Bind(CommandSyntax.Split(tokens));
            return stop => runner.Run(line, format, StreamAction.Stop, stop);
        }
        catch (UsageException e)
        {
            throw new UsageException($"{path}:{entry.Line}", e.Subject is null ? e.Message : $"{e.Subject}: {e.Message}");
        }
    }

    private bool IsCmdlet(string word) => catalog.Find(word) is not null || VerbNoun().IsMatch(word);

    private Func<CancellationToken, int> Native(IReadOnlyList<Token> tokens)
    {
        if (tokens.Any(t => t is PipeToken))
        {
            throw new UsageException($"'{tokens[0].Text}' is a program, and programs cannot be piped here");
        }

        string name = tokens[0].Text;
        var arguments = tokens.Skip(1).Select(t => t.Text).ToList();
        return stop =>
        {
            terminal.Flush();
            string program = NativeProgram.Find(
                name,
                Environment.GetEnvironmentVariable("PATH"),
                Environment.GetEnvironmentVariable("PATHEXT"),
                OperatingSystem.IsWindows(),
                File.Exists) ?? throw new UsageException($"there is no program '{name}' on PATH, and no command of that name");
            int exitCode = NativeProgram.Run(program, arguments, stop);
            if (exitCode == 0 || stop.IsCancellationRequested)
            {
                return ExitCodes.Success;
            }

            terminal.WriteErrorLine($"{name}: it ended with exit code {exitCode}", Style.Failed);
            return ExitCodes.Failure;
        };
    }

    private void Show(ScriptEntry entry)
    {
        if (_started)
        {
            terminal.WriteLine("");
        }

        _started = true;
        if (entry.IsHeading)
        {
            terminal.WriteLine(entry.Text, Style.Bold);
            return;
        }

        foreach (string line in entry.Text.Split('\n'))
        {
            terminal.WriteLine("> " + line, Style.Dim);
        }

        terminal.FlushOutput();
    }

    [GeneratedRegex("^[A-Z][A-Za-z]+-[A-Z][A-Za-z0-9]+$")]
    private static partial Regex VerbNoun();
}
