using System.Management.Automation;
using Cumulus.LocalCloud;

namespace Cumulus.PowerShell;

/// <summary>Stops a local AWS: its hosts, its processes, its files.</summary>
[Cmdlet(VerbsLifecycle.Stop, "LocalCloud", SupportsShouldProcess = true)]
public sealed class StopLocalCloudCommand : LocalCloudCmdlet
{
    /// <summary>Folder of the cloud. Default: that of the one this session started, else the usual one.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string? Path { get; set; }

    /// <summary>Leave logs and hosts' files there.</summary>
    [Parameter]
    public SwitchParameter Keep { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        string path = CloudPath(Path);
        if (!ShouldProcess(path, "Stop the local cloud")) return;
        await LocalCloudLauncher.StopAsync(path, IsSet(Keep), stop);
        WriteVerbose($"stopped the local cloud in {path}");
        if (path != Session.LocalCloudPath) return;

        // A session must not go on from a cloud that is gone to the account that the SDK finds.
        Session.LocalCloudPath = null;
        Session.Connection = null;
    }
}
