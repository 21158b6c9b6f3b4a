using System.Management.Automation;
using Cumulus.LocalCloud;

namespace Cumulus.PowerShell;

/// <summary>How a local AWS stands: where it is, what was asked of it, which time it has.</summary>
[Cmdlet(VerbsCommon.Get, "LocalCloud")]
[OutputType(typeof(LocalCloudStatus))]
public sealed class GetLocalCloudCommand : LocalCloudCmdlet
{
    /// <summary>Folder of the cloud. Default: that of the one this session started, else the usual one.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string? Path { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using LocalCloudClient client = OpenCloud(Path);
        WriteObject(await client.GetStatusAsync(stop));
    }
}
