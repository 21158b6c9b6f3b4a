using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>Writes definitions to files, as YAML or JSON that Import-GhostApplication reads.</summary>
[Cmdlet(VerbsData.Export, "GhostApplication", SupportsShouldProcess = true)]
[OutputType(typeof(string), typeof(ExportedApplication))]
public sealed class ExportGhostApplicationCommand : ApplicationCmdlet
{
    /// <summary>Folder for the files, NAME-ENV-ROLE[-COLOUR].yml; made when it is not there. Default: the text is output.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>yaml or json.</summary>
    [Parameter]
    [ValidateSet("yaml", "json")]
    public string Format { get; set; } = "yaml";

    /// <summary>Write each script as a file of its own beside the definition.</summary>
    [Parameter]
    public SwitchParameter ScriptFile { get; set; }

    /// <summary>Write over files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        var form = new ExportForm(Format == "json", IsSet(ScriptFile) && Path is not null);
        foreach (StoredApplication application in await FindAsync(stop))
        {
            IReadOnlyList<ExportFile> files = DefinitionExport.Of(application, form);
            if (Path is null)
            {
                WriteObject(files[0].Content);
                continue;
            }

            string folder = ResolvePath(Path);
            string[] there = [.. files.Select(f => System.IO.Path.Combine(folder, f.Name)).Where(File.Exists)];
            if (there.Length > 0 && !IsSet(Force))
            {
                WriteFailure(new CumulusException(ErrorIds.FileExists, FailureKind.Conflict, $"{there[0]} is there already.") { Target = there[0], Advice = "Give -Force to write over it." });
                continue;
            }

            string target = System.IO.Path.Combine(folder, files[0].Name);
            if (!ShouldProcess(target, $"Write the definition of {application.Definition.Key}")) continue;
            foreach (ExportFile file in files)
            {
                string path = System.IO.Path.Combine(folder, file.Name);
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                await File.WriteAllTextAsync(path, file.Content, stop);
            }

            WriteObject(new ExportedApplication(application.Name, application.Env, application.Role, application.Colour, application.Revision, target));
        }
    }
}
