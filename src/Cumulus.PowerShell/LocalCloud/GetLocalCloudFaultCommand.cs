using System.Management.Automation;
using Cumulus.Engine.Configuration;
using Cumulus.LocalCloud;

namespace Cumulus.PowerShell;

/// <summary>The faults that are set in a local AWS, and how often each has happened.</summary>
[Cmdlet(VerbsCommon.Get, "LocalCloudFault")]
[OutputType(typeof(LocalCloudFault))]
public sealed class GetLocalCloudFaultCommand : LocalCloudCmdlet
{
    /// <summary>Ids; wildcards are fine. Default: all.</summary>
    [Parameter(Position = 0)]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Folder of the cloud. Default: that of the one this session started, else the usual one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Path { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using LocalCloudClient client = OpenCloud(Path);
        WriteObjects((await client.GetFaultsAsync(stop)).Where(fault => Id.Any(pattern => NamePattern.Matches(pattern, fault.Id!))));
    }
}
