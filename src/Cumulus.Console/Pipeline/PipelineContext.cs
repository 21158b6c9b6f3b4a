using Cumulus.Console.Binding;
using Cumulus.Console.Rendering;
using Cumulus.PowerShell;

namespace Cumulus.Console.Pipeline;

/// <summary>What the cmdlets of one line share.</summary>
internal sealed class PipelineContext(Terminal terminal, CumulusSession session, StreamAction errorAction)
{
    public Terminal Terminal { get; } = terminal;

    public CumulusSession Session { get; } = session;

    /// <summary>For cmdlets that were told nothing else.</summary>
    public StreamAction ErrorAction { get; } = errorAction;

    public ProgressLine Progress { get; } = new(terminal);

    /// <summary>Errors that were written so far.</summary>
    public int Errors { get; private set; }

    public void CountError() => Errors++;

    public void Report(string commandName, CmdletError error, bool withTrace)
    {
        CountError();
        ErrorText.Write(Terminal, commandName, error, withTrace);
    }
}
