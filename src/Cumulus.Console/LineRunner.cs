using Cumulus.Console.Binding;
using Cumulus.Console.Catalog;
using Cumulus.Console.CommandLine;
using Cumulus.Console.Pipeline;
using Cumulus.Console.Rendering;
using Cumulus.PowerShell;

namespace Cumulus.Console;

/// <summary>Runs lines, one after the other, in one session.</summary>
internal sealed class LineRunner(CommandCatalog catalog, FormatViews views, Terminal terminal)
{
    private readonly CumulusSession _session = CumulusSession.Start();

    /// <summary>Binds a whole line before anything of it runs.</summary>
    /// <exception cref="UsageException">It cannot be run as it stands.</exception>
    public IReadOnlyList<BoundCommand> Bind(IReadOnlyList<CommandSyntax> line) => line
        .Select((syntax, i) => ParameterBinder.Bind(catalog.Get(syntax.Name), syntax.Arguments, recordsFollow: i > 0))
        .ToList();

    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public int Run(IReadOnlyList<BoundCommand> line, OutputFormat? format, StreamAction errorAction, CancellationToken stop)
    {
        IRecordWriter writer = format is OutputFormat.Json or OutputFormat.Yaml
            ? new DocumentWriter(terminal, yaml: format == OutputFormat.Yaml)
            : new RecordTextWriter(terminal, views, format);
        using var output = new IdleSettling(writer, terminal, TimeProvider.System);
        int exitCode = PipelineRunner.Run(line, new PipelineContext(terminal, _session, errorAction), output.Write, stop);
        output.Complete();
        terminal.Flush();
        return exitCode;
    }
}
