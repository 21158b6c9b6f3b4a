using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.LocalCloud;

namespace Cumulus.PowerShell;

/// <summary>The instances of a local AWS: folder, address, and how the boot went.</summary>
[Cmdlet(VerbsCommon.Get, "LocalCloudHost")]
[OutputType(typeof(LocalCloudHost))]
public sealed class GetLocalCloudHostCommand : LocalCloudCmdlet
{
    /// <summary>Folder of the cloud. Default: that of the one this session started, else the usual one.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public string? Path { get; set; }

    /// <summary>Wait until at least one instance lives and all have booted; one whose boot failed is an error.</summary>
    [Parameter]
    public SwitchParameter WaitForBoot { get; set; }

    /// <summary>Limit of the wait, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 300;

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using LocalCloudClient client = OpenCloud(Path);
        if (!IsSet(WaitForBoot))
        {
            WriteObjects(await client.GetHostsAsync(stop));
            return;
        }

        foreach (LocalCloudHost host in await client.WaitForHostsAsync(1, TimeSpan.FromSeconds(TimeoutSec), stop))
        {
            WriteObject(host);
            if (host.BootExitCode != 0) WriteFailure(BootFailed(host));
        }
    }

    private static CumulusException BootFailed(LocalCloudHost host)
    {
        // The reason seldom stands in the very last line: an error is followed by its advice.
        IEnumerable<string> last = File.Exists(host.BootLog) ? File.ReadLines(host.BootLog).Select(line => line.Trim()).Where(line => line.Length > 0).TakeLast(4) : [];
        string how = host.BootNote ?? $"its user data exited {host.BootExitCode}: {string.Join(" | ", last)}";
        return new CumulusException(ErrorIds.LocalCloudHostsNotReady, FailureKind.OperationFailed, $"{host.InstanceId} did not boot: {how}")
        {
            Target = host.InstanceId,
            Advice = $"See {host.BootLog}.",
        };
    }
}
