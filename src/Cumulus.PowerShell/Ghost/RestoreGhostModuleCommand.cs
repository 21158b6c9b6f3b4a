using System.Management.Automation;
using Cumulus.Engine.Ghost.Instances;

namespace Cumulus.PowerShell;

/// <summary>On an instance: goes back to the release of a module before the installed one. Needs no network.</summary>
[Cmdlet(VerbsData.Restore, "GhostModule", SupportsShouldProcess = true)]
[OutputType(typeof(InstalledModule))]
public sealed class RestoreGhostModuleCommand : CumulusCmdlet
{
    /// <summary>Names of modules.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Take back only what this deployment installed; where something else is installed, nothing is done.</summary>
    [Parameter]
    public string? Deployment { get; set; }

    /// <summary>Folder that stands for the host's root. Default: the variable CUMULUS_ROOT, else the host itself.</summary>
    [Parameter]
    public string? RootPath { get; set; }

    /// <summary>Command for the shell, or URL, that tells whether the earlier release works; if it does not, the installed one stays.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HealthCheck { get; set; }

    /// <summary>Limit of the health check with all its tries, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int HealthCheckTimeoutSec { get; set; } = 60;

    /// <summary>Limit of each script, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 1800;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        string? root = HostParameters.Root(RootPath is { } path ? ResolvePath(path) : null);
        foreach (string name in Name)
        {
            if (!ShouldProcess(root ?? "this host", $"Take back module {name}")) continue;
            var request = new ModuleRestoreRequest
            {
                Module = name,
                Deployment = Deployment,
                RootPath = root,
                HealthCheck = HostParameters.Health(HealthCheck, HealthCheckTimeoutSec),
                ScriptTimeLimit = TimeSpan.FromSeconds(TimeoutSec),
                Log = WriteVerbose,
                Warn = WriteWarning,
            };
            WriteObject(await new ModuleInstaller(store: null).RestoreAsync(request, stop));
        }
    }
}
