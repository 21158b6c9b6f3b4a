using System.Management.Automation;
using Cumulus.PowerShell;

namespace Cumulus.Fixture;

/// <summary>Writes numbers for as long as somebody takes them.</summary>
[Cmdlet(VerbsCommunications.Write, "Endless")]
public sealed class WriteEndlessCommand : CumulusCmdlet
{
    [Parameter]
    public Probe Probe { get; set; } = new();

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        try
        {
            for (var i = 1; ; i++)
                WriteObject(i);
        }
        catch (OperationCanceledException)
        {
            Probe.Steps.Enqueue($"cancelled, token set: {stop.IsCancellationRequested}");
            throw;
        }
        finally
        {
            await Task.Yield();
            Probe.Steps.Enqueue("cleaned up");
        }
    }
}
