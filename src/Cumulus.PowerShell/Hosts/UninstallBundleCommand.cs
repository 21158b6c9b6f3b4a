using System.Management.Automation;
using Cumulus.Engine.Hosts;

namespace Cumulus.PowerShell;

/// <summary>On a host: removes installed bundles, all of them or none, and brings back what was there before them.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "Bundle", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(UninstalledBundle), typeof(FileChange), typeof(PlannedScript))]
public sealed class UninstallBundleCommand : CumulusCmdlet
{
    private readonly List<(string? Root, string Name)> _chosen = [];

    /// <summary>Names of bundles; wildcards are fine.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstalledBundleCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Folder that stands for the host's root. Default: the variable CUMULUS_ROOT, else the host itself.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RootPath { get; set; }

    /// <summary>A stop script that fails is a warning.</summary>
    [Parameter]
    public SwitchParameter IgnoreStopFailure { get; set; }

    /// <summary>Limit of each init script, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 300;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        string? root = HostParameters.Root(RootPath is { Length: > 0 } path ? ResolvePath(path) : null);
        _chosen.AddRange(Name.Select(n => (root, n)));
        return Task.CompletedTask;
    }

    protected override async Task EndAsync(CancellationToken stop)
    {
        foreach (var host in _chosen.GroupBy(c => c.Root))
        {
            await UninstallAsync(new UninstallRequest
            {
                Names = [.. host.Select(c => c.Name).Distinct()],
                RootPath = host.Key,
                ScriptTimeLimit = TimeSpan.FromSeconds(TimeoutSec),
                IgnoreStopFailure = IsSet(IgnoreStopFailure),
                Log = WriteVerbose,
                Warn = WriteWarning,
            }, stop);
        }
    }

    private async Task UninstallAsync(UninstallRequest request, CancellationToken stop)
    {
        HostInventory inventory = await HostInventory.ReadAsync(request.RootPath, stop);
        string names = string.Join(", ", inventory.Find(request.Names).Select(b => $"{b.Name} {b.Version}"));
        if (names.Length == 0)
        {
            WriteWarning($"{inventory.Paths.WorkingFolder} has no such bundle, and nothing was removed.");
            return;
        }

        if (ShouldProcess(request.RootPath ?? "this host", $"Uninstall {names}"))
        {
            WriteObjects(await new BundleInstaller(store: null).UninstallAsync(request, stop));
            return;
        }

        InstallPlan plan = await BundleInstaller.PlanAsync(request, stop);
        WriteObjects(plan.StopScripts);
        WriteObjects(plan.Changes);
        WriteObjects(plan.StartScripts);
    }
}
