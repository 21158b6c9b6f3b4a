using System.Management.Automation;
using Cumulus.PowerShell;

namespace Cumulus.Fixture;

[Cmdlet(VerbsDiagnostic.Resolve, "FixturePath")]
public sealed class ResolveFixturePathCommand : CumulusCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = "";

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        await Task.Yield();
        WriteObject(new ResolvedPath(ResolvePath(Path), Host.CurrentFolder, IsSet(Force), IsBound(nameof(Force))));
    }
}
