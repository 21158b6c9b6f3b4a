using System.Management.Automation;
using Cumulus.Engine.Hosts;

namespace Cumulus.PowerShell;

/// <summary>On a host: makes an install that waits to be confirmed one that stays.</summary>
[Cmdlet(VerbsLifecycle.Confirm, "InstalledBundle", SupportsShouldProcess = true)]
public sealed class ConfirmInstalledBundleCommand : CumulusCmdlet
{
    /// <summary>Folder that stands for the host's root. Default: the variable CUMULUS_ROOT, else the host itself.</summary>
    [Parameter]
    public string? RootPath { get; set; }

    protected override async Task EndAsync(CancellationToken stop)
    {
        string? root = HostParameters.Root(RootPath is { } path ? ResolvePath(path) : null);
        if (!ShouldProcess(root ?? "this host", "Confirm the installed bundles")) return;
        var request = new RestoreRequest { RootPath = root, Log = WriteVerbose, Warn = WriteWarning };
        IReadOnlyList<InstalledRecord> confirmed = await new BundleInstaller(store: null).ConfirmAsync(request, stop);
        WriteVerbose(confirmed.Count == 0 ? "No install waits to be confirmed." : $"Confirmed: {string.Join(", ", confirmed.Select(b => $"{b.Name} {b.Version}"))}.");
    }
}
