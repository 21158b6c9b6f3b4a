using System.Management.Automation;
using Cumulus.PowerShell;

namespace Cumulus.Fixture;

/// <summary>Waits in one block until it is stopped, and then takes its time to clean up.</summary>
[Cmdlet(VerbsLifecycle.Wait, "Stop")]
public sealed class WaitStopCommand : CumulusCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public int Record { get; set; }

    [Parameter(Mandatory = true)]
    public Block Block { get; set; }

    [Parameter(Mandatory = true)]
    public Probe Probe { get; set; } = new();

    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override Task BeginAsync(CancellationToken stop) => RunAsync(Block.Begin, stop);

    protected override Task ProcessAsync(CancellationToken stop) => RunAsync(Block.Process, stop);

    protected override Task EndAsync(CancellationToken stop) => RunAsync(Block.End, stop);

    private async Task RunAsync(Block block, CancellationToken stop)
    {
        Probe.Steps.Enqueue($"{block}");
        if (block != Block)
            return;

        try
        {
            Probe.Started.Set();
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        }
        finally
        {
            WriteVerbose("cleaning up");
            Probe.WaitForCleanUp();
            await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            Probe.Steps.Enqueue("cleaned up");
        }
    }
}
