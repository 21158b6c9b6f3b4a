using System.Management.Automation;
using Cumulus.LocalCloud;

namespace Cumulus.PowerShell;

/// <summary>Ends faults of a local AWS: from now on what they made fail does as it would.</summary>
[Cmdlet(VerbsCommon.Remove, "LocalCloudFault", SupportsShouldProcess = true)]
[OutputType(typeof(LocalCloudFault))]
public sealed class RemoveLocalCloudFaultCommand : LocalCloudCmdlet
{
    /// <summary>Ids; wildcards are fine. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Folder of the cloud. Default: that of the one this session started, else the usual one.</summary>
    [Parameter]
    public string? Path { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using LocalCloudClient client = OpenCloud(Path);
        foreach (string id in Id)
        {
            if (ShouldProcess(id == "*" ? "all faults" : id, "Remove from the local cloud")) WriteObjects(await client.RemoveFaultsAsync(id, stop));
        }
    }
}
