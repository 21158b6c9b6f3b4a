using System.Management.Automation;
using Cumulus.Engine.Hosts;

namespace Cumulus.PowerShell;

/// <summary>On a host: what Cumulus installed there.</summary>
[Cmdlet(VerbsCommon.Get, "InstalledBundle")]
[OutputType(typeof(HostBundle), typeof(InstalledFile))]
public sealed class GetInstalledBundleCommand : CumulusCmdlet
{
    /// <summary>Names of bundles; wildcards are fine. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InstalledBundleCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Folder that stands for the host's root. Default: the variable CUMULUS_ROOT, else the host itself.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RootPath { get; set; }

    /// <summary>Write every file, link and folder of the bundles instead.</summary>
    [Parameter]
    public SwitchParameter ListFiles { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        HostInventory inventory = await HostInventory.ReadAsync(HostParameters.Root(RootPath is { Length: > 0 } path ? ResolvePath(path) : null), stop);
        if (inventory.Caution is { } caution) WriteWarning(caution);
        IReadOnlyList<InstalledRecord> found = inventory.Find(Name);
        if (found.Count == 0) WriteVerbose($"{inventory.Paths.WorkingFolder} has no such bundle; {inventory.Installed.Bundles.Count} are installed.");
        if (IsSet(ListFiles)) WriteObjects(found.SelectMany(inventory.Files));
        else WriteObjects(await inventory.DescribeAsync(found, WriteWarning, stop));
    }
}
