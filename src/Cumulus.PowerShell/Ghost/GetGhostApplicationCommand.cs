using System.Management.Automation;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>The applications in the state.</summary>
[Cmdlet(VerbsCommon.Get, "GhostApplication")]
[OutputType(typeof(StoredApplication))]
public sealed class GetGhostApplicationCommand : ApplicationCmdlet
{
    protected override async Task ProcessAsync(CancellationToken stop) => WriteObjects(await FindAsync(stop));
}
