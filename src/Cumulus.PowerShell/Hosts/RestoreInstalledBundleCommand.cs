using System.Management.Automation;
using Cumulus.Engine.Hosts;

namespace Cumulus.PowerShell;

/// <summary>On a host: goes back to an earlier version from what the host keeps, without a network; also puts right what an interrupted install left.</summary>
[Cmdlet(VerbsData.Restore, "InstalledBundle", DefaultParameterSetName = "Version", SupportsShouldProcess = true)]
[OutputType(typeof(InstalledBundle))]
public sealed class RestoreInstalledBundleCommand : CumulusCmdlet
{
    /// <summary>Bundles that go back; the others stay. Default: all.</summary>
    [Parameter(Position = 0, ParameterSetName = "Version")]
    [ArgumentCompleter(typeof(InstalledBundleCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Version to go back to. Default: the one before the installed one.</summary>
    [Parameter(ParameterSetName = "Version")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeptVersionCompleter))]
    public string? Version { get; set; }

    /// <summary>Go back only if the install had to be confirmed and was not in its time.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Unconfirmed")]
    public SwitchParameter Unconfirmed { get; set; }

    /// <summary>Folder that stands for the host's root. Default: the variable CUMULUS_ROOT, else the host itself.</summary>
    [Parameter]
    public string? RootPath { get; set; }

    /// <summary>Command for the shell, or URL, that tells whether the earlier version works; if it does not, the installed one stays.</summary>
    [Parameter(ParameterSetName = "Version")]
    [ValidateNotNullOrEmpty]
    public string? HealthCheck { get; set; }

    /// <summary>Limit of the health check with all its tries, in seconds.</summary>
    [Parameter(ParameterSetName = "Version")]
    [ValidateRange(1, 86400)]
    public int HealthCheckTimeoutSec { get; set; } = 60;

    /// <summary>A stop script of the installed version that fails is a warning.</summary>
    [Parameter]
    public SwitchParameter IgnoreStopFailure { get; set; }

    /// <summary>Limit of each init script, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 300;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task EndAsync(CancellationToken stop)
    {
        string? root = HostParameters.Root(RootPath is { } path ? ResolvePath(path) : null);
        var request = new RestoreRequest
        {
            Version = Version,
            Names = Name ?? [],
            RootPath = root,
            ScriptTimeLimit = TimeSpan.FromSeconds(TimeoutSec),
            IgnoreStopFailure = IsSet(IgnoreStopFailure),
            HealthCheck = HostParameters.Health(HealthCheck, HealthCheckTimeoutSec),
            Log = WriteVerbose,
            Warn = WriteWarning,
        };
        string what = IsSet(Unconfirmed) ? "an unconfirmed install" : Name is { Length: > 0 } names ? string.Join(", ", names) : "all bundles";
        if (!ShouldProcess(root ?? "this host", Version is { } version ? $"Restore {what} of version {version}" : IsSet(Unconfirmed) ? $"Take back {what}" : $"Restore {what} of the version before")) return;
        var installer = new BundleInstaller(store: null);
        WriteObjects(IsSet(Unconfirmed) ? await installer.RevertUnconfirmedAsync(request, stop) ?? [] : await installer.RestoreAsync(request, stop));
    }
}
