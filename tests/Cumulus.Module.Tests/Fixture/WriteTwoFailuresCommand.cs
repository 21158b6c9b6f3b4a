using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.PowerShell;

namespace Cumulus.Fixture;

/// <summary>Writes two failures and tells what it saw while it wrote them.</summary>
[Cmdlet(VerbsCommunications.Write, "TwoFailures")]
public sealed class WriteTwoFailuresCommand : CumulusCmdlet
{
    [Parameter]
    public Probe Probe { get; set; } = new();

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            WriteFailure(new CumulusException(ErrorIds.StackNotFound, FailureKind.NotFound, "first"));
            WriteFailure(new CumulusException(ErrorIds.StackNotFound, FailureKind.NotFound, "second"));
            Probe.Steps.Enqueue("both written");
        }
        catch (Exception e)
        {
            Probe.Steps.Enqueue(e.GetType().Name);
            throw;
        }
    }
}
