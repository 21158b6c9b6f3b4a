using Cumulus.Console.Binding;
using Cumulus.Console.Catalog;
using Cumulus.Console.CommandLine;
using Cumulus.Console.Help;
using Cumulus.Console.Rendering;
using Cumulus.Console.Scripts;
using Cumulus.Engine;
using Cumulus.PowerShell;

namespace Cumulus.Console;

/// <summary>The program <c>cumulus</c>, from its arguments to its exit code.</summary>
public sealed class ConsoleApp(ConsoleSettings settings)
{
    private readonly Lazy<CommandCatalog> _catalog = new(() => new CommandCatalog(settings.CmdletAssemblies));

    /// <param name="stop">Ctrl+C: what runs is told, its clean-up is awaited.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public int Run(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken stop)
    {
        try
        {
            return Dispatch(ShellTokens.Of(arguments).ToList(), null, terminal, stop);
        }
        catch (UsageException e)
        {
            ErrorText.Write(terminal, e);
            return ExitCodes.Usage;
        }
        catch (Exception e)
        {
            ErrorText.Write(terminal, "cumulus", ErrorMap.Map(e), withTrace: false);
            return ExitCodes.Failure;
        }
        finally
        {
            terminal.Flush();
        }
    }

    private int Dispatch(List<Token> tokens, OutputFormat? outerFormat, Terminal terminal, CancellationToken stop)
    {
        var format = OutputOption.Take(tokens) ?? outerFormat;
        switch (tokens)
        {
            case []:
                throw new UsageException("a command is missing; 'cumulus help' lists them");
            case [ParameterToken { Name: "-version" or "version" or "v" }]:
                terminal.WriteLine($"cumulus {settings.Version}");
                return ExitCodes.Success;
            case [ParameterToken { Name: "?" or "h" or "-help" or "help" }, ..]:
            case [ValueToken { Text: "help" }, ..]:
                WriteHelp(tokens.Skip(1).ToList(), terminal);
                return ExitCodes.Success;
            case [ParameterToken file, ..] when file.Name.Equals("File", StringComparison.OrdinalIgnoreCase):
                return RunScript(file, tokens.Skip(1).ToList(), format, terminal, stop);
            case [ValueToken { Argument: ShellArgument { Text: var text } }] when text.Any(c => char.IsWhiteSpace(c) || c == '|'):
                return Dispatch(Tokenizer.Tokenize(text).ToList(), format, terminal, stop);
            default:
                return RunLine(CommandSyntax.Split(tokens), format, terminal, stop);
        }
    }

    private int RunLine(IReadOnlyList<CommandSyntax> line, OutputFormat? format, Terminal terminal, CancellationToken stop)
    {
        if (line.FirstOrDefault(c => c.Arguments.Any(a => a is ParameterToken { Name: "?" })) is { } asked)
        {
            Help(terminal).Write(_catalog.Value.Get(asked.Name));
            return ExitCodes.Success;
        }

        var runner = Runner(terminal);
        return runner.Run(runner.Bind(line), format, StreamAction.Continue, stop);
    }

    private int RunScript(ParameterToken option, List<Token> rest, OutputFormat? format, Terminal terminal, CancellationToken stop)
    {
        var path = option.Attached ?? (rest.FirstOrDefault() as ValueToken)?.Argument ?? throw new UsageException("a path is missing after -File");
        int taken = option.Attached is null ? 1 : 0;
        if (rest.Count > taken)
        {
            throw new UsageException($"'{rest[taken].Text}' follows the script's path; a script takes no arguments");
        }

        return new ScriptRunner(Runner(terminal), _catalog.Value, terminal).Run(path.Text, format, stop);
    }

    private void WriteHelp(List<Token> topics, Terminal terminal)
    {
        if (topics.Count > 1)
        {
            throw new UsageException($"help takes one topic, not '{topics[1].Text}' too");
        }

        var help = Help(terminal);
        if (topics.Count == 0)
        {
            help.WriteOverview();
        }
        else
        {
            help.WriteTopic(topics[0].Text);
        }
    }

    private LineRunner Runner(Terminal terminal) => new(_catalog.Value, new FormatViews(settings.FormatFile), terminal);

    private HelpRenderer Help(Terminal terminal) => new(_catalog.Value, new HelpPages(settings.HelpFolder), terminal);
}
