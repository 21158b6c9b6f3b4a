using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.PowerShell;

namespace Cumulus.Fixture;

/// <summary>Sets the session's region when one is given, and writes the region that the session has.</summary>
[Cmdlet(VerbsOther.Use, "Session")]
public sealed class UseSessionCommand : CumulusCmdlet
{
    [Parameter(Position = 0)]
    public string? Region { get; set; }

    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        await Task.Yield();
        if (IsBound(nameof(Region)))
            Session.Connection = new AwsConnection { Region = Region };
        WriteObject(Session.Connection?.Region ?? "none");
    }
}
