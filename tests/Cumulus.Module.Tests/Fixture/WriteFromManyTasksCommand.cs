using System.Management.Automation;
using Cumulus.PowerShell;

namespace Cumulus.Fixture;

/// <summary>Tasks that write side by side.</summary>
[Cmdlet(VerbsCommunications.Write, "FromManyTasks")]
public sealed class WriteFromManyTasksCommand : CumulusCmdlet
{
    [Parameter]
    public int Tasks { get; set; } = 50;

    [Parameter]
    public int Each { get; set; } = 20;

    protected override Task EndAsync(CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(() => WriteObjects(Enumerable.Range(task * Each, Each)), stop)));
}
