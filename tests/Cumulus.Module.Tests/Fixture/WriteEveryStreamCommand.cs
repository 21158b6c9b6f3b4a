using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.PowerShell;

namespace Cumulus.Fixture;

/// <summary>Writes to every stream from a pool thread, in every block.</summary>
[Cmdlet(VerbsCommunications.Write, "EveryStream")]
public sealed class WriteEveryStreamCommand : CumulusCmdlet
{
    [Parameter(ValueFromPipeline = true)]
    public string Name { get; set; } = "record";

    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override Task BeginAsync(CancellationToken stop) => WriteAsync("begin");

    protected override Task ProcessAsync(CancellationToken stop) => WriteAsync(Name);

    protected override Task EndAsync(CancellationToken stop) => WriteAsync("end");

    private async Task WriteAsync(string text)
    {
        await Task.Yield();
        WriteObject(text);
        WriteObjects([1, 2]);
        WriteVerbose(text);
        WriteWarning(text);
        WriteInformation(text);
        Host.WriteDebug(text);
        WriteProgress(new CmdletProgress(7, "Writing", text, PercentComplete: 50, CurrentOperation: "now"));
        WriteProgress(new CmdletProgress(7, "Writing", Status: "", Completed: true));
        WriteFailure(new CumulusException(ErrorIds.StackNotFound, FailureKind.NotFound, $"No stack '{text}'.") { Advice = "Create it." }, text);
    }
}
