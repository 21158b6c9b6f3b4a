using System.Management.Automation;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Hosts.Service;
using Cumulus.Engine.Processes;

namespace Cumulus.PowerShell;

/// <summary>On a host: takes away what Register-BundleHandler put there, and nothing else.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "BundleHandler", SupportsShouldProcess = true)]
[OutputType(typeof(BundleHandlerFile))]
public sealed class UnregisterBundleHandlerCommand : CumulusCmdlet
{
    /// <summary>Folder that stands for the host's root; nothing is stopped then.</summary>
    [Parameter]
    public string? RootPath { get; set; }

    /// <summary>Remove files that were changed since they were registered, too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task EndAsync(CancellationToken stop)
    {
        HostPaths paths = HostPaths.For(RootPath is null ? null : ResolvePath(RootPath), OperatingSystem.IsWindows());
        var registrar = new HandlerRegistrar(paths, new ProcessRunner(), HandlerModule.HasServiceManager, WriteVerbose);
        IReadOnlyList<string> registered = registrar.Registered();
        if (registered.Count == 0) WriteWarning($"No bundle handler is registered on {paths.Root ?? "this host"}.");
        if (!ShouldProcess(paths.Root ?? "this host", $"Unregister the bundle handler ({string.Join(", ", registered)})")) return;
        foreach (string path in await registrar.UnregisterAsync(IsSet(Force), WriteWarning, stop)) WriteObject(new BundleHandlerFile(path, "Removed"));
    }
}
