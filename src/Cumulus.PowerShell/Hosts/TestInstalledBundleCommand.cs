using System.Management.Automation;
using Cumulus.Engine.Hosts;

namespace Cumulus.PowerShell;

/// <summary>On a host: reads every file of installed bundles and compares it with what was installed.</summary>
[Cmdlet(VerbsDiagnostic.Test, "InstalledBundle")]
[OutputType(typeof(InstalledBundleTest))]
public sealed class TestInstalledBundleCommand : CumulusCmdlet
{
    /// <summary>Names of bundles; wildcards are fine. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(InstalledBundleCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Folder that stands for the host's root. Default: the variable CUMULUS_ROOT, else the host itself.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? RootPath { get; set; }

    /// <summary>Files that nobody installed do not count, such as logs that a service writes beside its program.</summary>
    [Parameter]
    public SwitchParameter IgnoreExtra { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        HostInventory inventory = await HostInventory.ReadAsync(HostParameters.Root(RootPath is { Length: > 0 } path ? ResolvePath(path) : null), stop);
        if (inventory.Caution is { } caution) WriteWarning(caution);
        IReadOnlyList<InstalledRecord> found = inventory.Find(Name);
        if (found.Count == 0) WriteWarning($"{inventory.Paths.WorkingFolder} has no such bundle, and nothing was tested.");
        var tester = new InstalledBundleTester(inventory, IsSet(IgnoreExtra));
        foreach (InstalledRecord record in found)
        {
            WriteProgress(new CmdletProgress(1, "Testing installed bundles", record.Name));
            InstalledBundleTest test = await tester.TestAsync(record, stop);
            WriteObject(test);
            if (!test.IsValid) WriteFailure(InstalledBundleTester.Failure(test));
        }
    }

    protected override Task EndAsync(CancellationToken stop)
    {
        WriteProgress(new CmdletProgress(1, "Testing installed bundles", "done", Completed: true));
        return Task.CompletedTask;
    }
}
