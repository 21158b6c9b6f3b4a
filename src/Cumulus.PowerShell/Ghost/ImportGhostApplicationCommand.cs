using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>Reads definitions from files, YAML or JSON, and those that Ghost's API gives, and keeps them. An application that is there already is changed with -Update only.</summary>
[Cmdlet(VerbsData.Import, "GhostApplication", SupportsShouldProcess = true)]
[OutputType(typeof(StoredApplication))]
public sealed class ImportGhostApplicationCommand : GhostCmdlet
{
    /// <summary>Files; wildcards are fine.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    public string[] Path { get; set; } = [];

    /// <summary>Change applications that are there. A file that was exported from an older revision is refused.</summary>
    [Parameter]
    public SwitchParameter Update { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        foreach (string path in Path.SelectMany(p => DefinitionFile.Matching(ResolvePath(p))))
        {
            try
            {
                DefinitionReading reading = await DefinitionFile.ReadAsync(path, stop);
                foreach (var warning in reading.Warnings) WriteWarning(warning.ToString());
                await KeepAsync(reading.Require(), reading.Revision, stop);
            }
            catch (CumulusException e)
            {
                WriteFailure(e, path);
            }
        }
    }

    private async Task KeepAsync(GhostApplication application, int? revision, CancellationToken stop)
    {
        var store = new ApplicationStore(await StateAsync(application.Env, stop), TimeProvider.System);
        StoredApplication? there = IsSet(Update) ? await store.FindAsync(application.Key, stop) : null;
        if (!ShouldProcess(application.Key.Path, there is null ? "Define the application" : "Change the application")) return;
        WriteObject(there is null
            ? await store.CreateAsync(application, Caller, stop)
            : await store.UpdateAsync(application, revision ?? there.Revision, Caller, stop));
    }
}
